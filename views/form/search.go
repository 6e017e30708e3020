package form

import "tacho/views/table"

// search finds fields by words in their name, group, help or value.
func search(d *Data, filter string) []Place {
	q := table.ParseQuery(filter, nil)
	seen := map[string]bool{}
	var out []Place
	for i := range d.Groups {
		g := &d.Groups[i]
		for j := range g.Fields {
			f := &g.Fields[j]
			if !seen[f.Name] && q.Match(g.Name+" "+f.Name+" "+f.Help+" "+f.Value, nil) {
				seen[f.Name] = true
				out = append(out, Place{i, j})
			}
		}
	}
	return out
}
