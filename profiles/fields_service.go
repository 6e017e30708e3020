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
		text(Field{Flag: "theme", Group: groupConsole, Tier: '+', Type: "name", Help: "Colours of the screen"},
			func(p *Profile) *Opt[string] { return &p.Console.Theme }),
		choice(Field{Flag: "color", Group: groupConsole, Tier: '+', Default: "auto", Choices: []string{"auto", "always", "never"}, Help: "When to use colour"},
			func(p *Profile) *Opt[string] { return &p.Console.Color }),
		text(Field{Flag: "tag", Group: groupConsole, Tier: '+', Help: "A word to find the run by later"},
			func(p *Profile) *Opt[string] { return &p.Console.Tag }),
	}
}

// fileFields are settings without an option.
func fileFields() []*Field {
	ph := func(at func(*Phase) *Opt[string]) func(*Profile) *Opt[string] { return in(KindProfiling, at) }
	return []*Field{
		fileOnly("Share of a model under the weighted strategy", func(p *Profile) *Opt[float64] {
			if len(p.Models.Items) == 0 {
				return &Opt[float64]{}
			}
			return &p.Models.Items[0].Weight
		}, readFloat, finite, atLeast(0.0), atMost(1.0)),
		fileOnly("Name of the dataset", func(p *Profile) *Opt[string] { return &p.Dataset().Name }, readText),
		fileOnly("Kind of dataset; only synthetic ones are built yet", func(p *Profile) *Opt[string] { return &p.Dataset().Type }, readDatasetType),
		fileOnly("Name of the phase", ph(func(p *Phase) *Opt[string] { return &p.Name }), readPhaseName),
		fileOnly("Role of the phase: warmup or profiling", ph(func(p *Phase) *Opt[string] { return &p.Kind }), readPhaseKind),
		fileOnly("Keep the phase out of the results; follows from its role", in(KindProfiling, func(p *Phase) *Opt[bool] { return &p.ExcludeFromResults }), readBool),
		summaryFormats(),
	}
}

func summaryFormats() *Field {
	f := many(Field{Group: groupFile, Help: "Formats of the summary, or false", Tier: 'B'},
		func(p *Profile) *Opt[Formats] { return &p.Artifacts.Summary }, func(args []string) (Formats, error) { return args, nil })
	f.bind.check = func(l leaf) error { return checkFormats(l.(*Opt[Formats]), "json", "csv") }
	return f
}
