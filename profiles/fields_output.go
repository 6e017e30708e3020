package profiles

import "errors"

func outputFields() []*Field {
	return []*Field{
		text(Field{Flag: "output-artifact-dir", Aliases: []string{"artifact-dir"}, Group: groupOutput, Tier: 'A', Type: typePath, Default: "artifacts",
			Help: "Folder for all files of the run; without it a folder named after the run below artifacts"},
			func(p *Profile) *Opt[string] { return &p.Artifacts.Dir }),
		scalar(Field{Flag: "profile-export-prefix", Aliases: []string{"profile-export-file"}, Group: groupOutput, Tier: 'A', Type: typePath,
			Help: "Base name of the exported files; known endings are cut off"},
			func(p *Profile) *Opt[string] { return &p.Artifacts.Prefix }, readPrefix),
		exportLevel(),
		seconds(Field{Flag: "slice-duration", Group: groupOutput, Tier: 'A', Help: "Length of the time slices to export"},
			func(p *Profile) *Opt[float64] { return &p.Artifacts.SliceDuration }, finite, above(0.0)),
		toggle(Field{Flag: "export-outputs-json", Group: groupOutput, Tier: 'B', Help: "Write the answers to outputs.json"},
			func(p *Profile) *Opt[bool] { return &p.Artifacts.ExportOutputsJSON }),
		scalar(Field{Flag: "auto-plot", Negative: "no-auto-plot", Group: groupOutput, Tier: 'B', Type: typeSwitch,
			Help: "Draw pictures of the run when it is done, into plots in its folder; a section plot in a file asks for them too"},
			func(p *Profile) *Opt[bool] { return &p.Artifacts.AutoPlot }, readBool),
		toggle(Field{Flag: "plot-required", Group: groupOutput, Tier: 'C',
			Help: "Let the run fail, with exit code 1, when its pictures cannot be drawn"},
			func(p *Profile) *Opt[bool] { return &p.Artifacts.PlotRequired }),
		toggle(Field{Flag: "export-http-trace", Group: groupTrace, Tier: 'B',
			Help: "Put the socket times of each request into its record"},
			func(p *Profile) *Opt[bool] { return &p.Artifacts.Trace }),
		toggle(Field{Flag: "show-trace-timing", Group: groupTrace, Tier: 'B', Help: "Show how requests spent their time on the wire at the end"},
			func(p *Profile) *Opt[bool] { return &p.Artifacts.ShowTraceTiming }),
	}
}

// readPrefix takes a base name; of an absolute path only the last part counts,
// so that files stay inside the run's folder.
func readPrefix(s string) (string, error) {
	s, err := readText(s)
	if err != nil {
		return "", err
	}
	if s[0] == '/' {
		s = lastPart(s)
	}
	if CleanPrefix(s) == "" {
		return "", errors.New("leaves no name once the ending is cut off")
	}
	return s, nil
}

// exportLevel is one word for two switches.
func exportLevel() *Field {
	f := &Field{Flag: "export-level", Aliases: []string{"profile-export-level"}, Group: groupOutput, Tier: 'A', Type: typeChoice, Default: "records",
		Choices: []string{"summary", "records", "raw"}, Help: "What is written: the summary, also a record per request, also everything sent and received"}
	f.bind = binding{
		leaves: func(p *Profile) []leaf { return []leaf{&p.Artifacts.Records, &p.Artifacts.Raw} },
		set: func(p *Profile, args []string) error {
			level, err := pick(args[len(args)-1], f.Choices, asTyped)
			if err != nil {
				return err
			}
			p.Artifacts.Raw.Put(level == "raw")
			p.Artifacts.Records.Put(nil)
			if level != "summary" {
				p.Artifacts.Records.Put(Formats{"jsonl"})
			}
			return nil
		},
		values: func(p *Profile) []string { return []string{p.ExportLevel()} },
		check: func(l leaf) error {
			if o, ok := l.(*Opt[Formats]); ok {
				return checkFormats(o, "jsonl")
			}
			return nil
		},
	}
	return f
}

func checkFormats(o *Opt[Formats], known ...string) error {
	for i, s := range o.V {
		var err error
		if o.V[i], err = pick(s, known, asTyped); err != nil {
			return err
		}
	}
	return nil
}
