package profiles

func serviceFields() []*Field {
	return []*Field{
		choice(Field{Flag: "ui-type", Aliases: []string{"ui"}, Group: groupUI, Tier: 'A', Default: "dashboard", Choices: []string{"dashboard", "none", "simple"}, Ours: []string{"plain"},
			Help: "What is on the screen: the full console, lines of progress, nothing, or lines without any escape codes"},
			func(p *Profile) *Opt[string] { return &p.Runtime.UI }),
		choiceAs(Field{Flag: "log-level", Group: groupService, Tier: 'B', Default: "INFO",
			Choices: []string{"TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "SUCCESS", "ERROR", "CRITICAL"}, Help: "How much is logged"},
			func(p *Profile) *Opt[string] { return &p.Logging.Level }, asTyped),
		{Flag: "verbose", Short: "v", Group: groupService, Tier: 'B', Type: typeSwitch, Default: "False",
			Help: "Log at level DEBUG, with lines of progress instead of the full console", bind: binding{set: setVerbose}},
		seconds(Field{Flag: "stats-interval", Group: groupService, Tier: 'B', Help: "Time between two lines of live figures"},
			func(p *Profile) *Opt[float64] { return &p.Runtime.StatsInterval }, finite, atLeast(0.0), atMost(1000.0)),
		whole(Field{Flag: "workers-max", Aliases: []string{"max-workers"}, Group: groupWorkers, Tier: 'B',
			Note: "is recorded and caps nothing: requests here need no worker processes", Help: "Upper bound on AIPerf's worker processes; caps nothing here"},
			func(p *Profile) *Opt[int] { return &p.Runtime.Workers }, atLeast(1)),
	}
}

// setVerbose yields to an explicit quieter screen.
func setVerbose(p *Profile, args []string) error {
	on, err := readBool(args[len(args)-1])
	if err != nil || !on {
		return err
	}
	p.Logging.Level.Put("DEBUG")
	if p.Runtime.UI.V == "dashboard" {
		p.Runtime.UI.Put("simple")
	}
	return nil
}

func consoleFields() []*Field {
	return []*Field{
		whole(Field{Flag: "fps", Group: groupConsole, Tier: '+', Unit: "frames/s", Default: "0", Help: "How often the screen is drawn; 0 suits it to the line"},
			func(p *Profile) *Opt[int] { return &p.Console.FPS }, atLeast(0), atMost(60)),
		choiceAs(Field{Flag: "theme", Group: groupConsole, Tier: '+', Default: "auto", Choices: []string{"auto", "dark", "light", "mono", "high-contrast"}, Help: "Colours of the screen"},
			func(p *Profile) *Opt[string] { return &p.Console.Theme }, func(s string) string { return s }),
		choice(Field{Flag: "color", Group: groupConsole, Tier: '+', Default: "auto", Choices: []string{"auto", "always", "never"}, Help: "When to use colour"},
			func(p *Profile) *Opt[string] { return &p.Console.Color }),
		choice(Field{Flag: "glyphs", Group: groupConsole, Tier: '+', Default: "auto", Choices: []string{"auto", "braille", "blocks", "ascii"}, Help: "Characters that charts are drawn with; auto goes by the locale"},
			func(p *Profile) *Opt[string] { return &p.Console.Glyphs }),
		toggle(Field{Flag: "low-bandwidth", Group: groupConsole, Tier: '+', Help: "For slow lines: one look a second, charts that sweep"},
			func(p *Profile) *Opt[bool] { return &p.Console.LowBandwidth }),
		toggle(Field{Flag: "mouse", Group: groupConsole, Tier: '+', Help: "Take the wheel and clicks on the names of pages, and with them the terminal's own selection of text"},
			func(p *Profile) *Opt[bool] { return &p.Console.Mouse }),
		choice(Field{Flag: "on-hangup", Group: groupConsole, Tier: '+', Default: "detach", Choices: []string{"detach", "stop"},
			Help: "When the terminal goes: the run goes on and tacho attach brings its screen back, or it stops and is saved"},
			func(p *Profile) *Opt[string] { return &p.Console.OnHangup }),
		text(Field{Flag: "record", Group: groupConsole, Tier: '+', Type: typePath, Help: "Record the screen to a file that asciinema plays"},
			func(p *Profile) *Opt[string] { return &p.Console.Record }),
		text(Field{Flag: "against", Aliases: []string{"ghost"}, Group: groupConsole, Tier: '+', Type: typePath,
			Help: "An earlier run, by its folder, its tag or last, behind the charts of this one, with a running difference"},
			func(p *Profile) *Opt[string] { return &p.Console.Against }),
		choice(Field{Flag: "clock", Group: groupConsole, Tier: '+', Default: "precise", Choices: []string{"precise", "fast"},
			Help: "precise gives every chunk its own receive stamp; fast reads more at once, for over about 100,000 events/s and core"},
			func(p *Profile) *Opt[string] { return &p.Console.Clock }),
		number(Field{Flag: "price-per-hour", Group: groupConsole, Tier: '+', Unit: "money/h", Help: "What the machines that serve cost; the run then shows what a million tokens cost"},
			func(p *Profile) *Opt[float64] { return &p.Console.PricePerHour }, finite, above(0.0)),
		text(Field{Flag: "tag", Group: groupConsole, Tier: '+', Help: "A word to find the run by later"},
			func(p *Profile) *Opt[string] { return &p.Console.Tag }),
	}
}
