package app

import (
	"tacho/engine/snap"
	"tacho/profiles"
)

// settings lists the options of a run with where each value came from, in the
// order of the option table. Options that have no value are left out.
func settings(p *profiles.Profile, o *profiles.Origins) []snap.Setting {
	names := map[profiles.Origin]string{profiles.FromDefault: "default", profiles.FromFile: "file", profiles.FromFlag: "flag"}
	var out []snap.Setting
	for _, f := range profiles.Fields {
		if f.Refuse != "" || f.Flag == "" {
			continue
		}
		if v := f.Get(p); v != "" {
			out = append(out, snap.Setting{Group: f.Group, Name: "--" + f.Flag, Value: v, Origin: names[o.Of(f)], Help: f.Help, Default: f.Default, Unit: f.Unit})
		}
	}
	return out
}
