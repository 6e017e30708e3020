package form

import (
	"strconv"
	"strings"

	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/screen"
	"tacho/views/theme"
)

// under fills the room below the fields: what the one under the cursor means,
// what was chosen so far in all groups, and the groups that come next.
func under(g *cells.Grid, r cells.Rect, d *Data, places []Place, th *theme.Theme, st *State) {
	bottom := r.Y + r.H
	y := about(g, r, d, places, th, st) + 1
	if bottom-y >= 3 {
		y += chosen(g, cells.Rect{X: r.X, Y: y, W: r.W, H: bottom - y}, d, th) + 1
	}
	for i := st.Group + 1; i < len(d.Groups) && bottom-y >= 3 && st.Fields.Filter == ""; i++ {
		gr := &d.Groups[i]
		screen.Rule(g, cells.Rect{X: r.X, Y: y, W: r.W, H: 1}, gr.Name, nil, th)
		var next []Place
		for j := range gr.Fields {
			next = append(next, Place{i, j})
		}
		nw := nameW(r.W, d, next)
		for j := range min(len(next), bottom-y-1) {
			field(g, cells.Rect{X: r.X, Y: y + 1 + j, W: r.W, H: 1}, &gr.Fields[j], nw, false, th, st)
		}
		y += len(next) + 2
	}
}

// chosen lists the options that somebody chose, each once, and returns the lines
// it took.
func chosen(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme) int {
	var set []*Field
	seen := map[string]bool{}
	for i := range d.Groups {
		for j := range d.Groups[i].Fields {
			if f := &d.Groups[i].Fields[j]; f.Set && !seen[f.Name] {
				seen[f.Name] = true
				set = append(set, f)
			}
		}
	}
	screen.Rule(g, r, "Chosen so far", panel.Note(strconv.Itoa(len(set))), th)
	if len(set) == 0 {
		g.Text(r.X+1, r.Y+1, r.W-2, "nothing: all options are at their defaults", th.Style(theme.Dim))
		return 2
	}
	nw, room := 0, r.H-1
	for _, f := range set {
		nw = max(nw, len(f.Name))
	}
	nw = min(nw+2, r.W/2)
	for i, f := range set {
		y := r.Y + 1 + i
		if left := len(set) - i; i == room-1 && left > 1 {
			g.Text(r.X+1, y, r.W-2, strconv.Itoa(left)+" more", th.Style(theme.Dim))
			return r.H
		}
		value, role := shownValue(f)
		if f.Problem != "" {
			value, role = value+"  "+th.Glyphs.Warn+" "+f.Problem, theme.Warn
		} else if f.Unit != "" {
			value += " " + f.Unit
		}
		g.Text(r.X+1, y, nw-1, f.Name, th.Style(theme.Label))
		g.Text(r.X+1+nw, y, r.W-nw-2, value, th.Style(role))
	}
	return len(set) + 1
}

// about says what the field under the cursor means and what can be typed, and
// returns the line after it.
func about(g *cells.Grid, r cells.Rect, d *Data, places []Place, th *theme.Theme, st *State) int {
	screen.Rule(g, r, "", nil, th)
	if st.Fields.At >= len(places) {
		loose(g, r, d, th)
		return min(r.Y+1+len(d.Loose), r.Y+r.H)
	}
	p := places[st.Fields.At]
	f := &d.Groups[p.Group].Fields[p.Field]
	screen.Rule(g, r, f.Name, panel.Note(d.Groups[p.Group].Name), th)
	type line struct {
		text string
		role theme.Role
	}
	var lines []line
	if f.Problem != "" {
		lines = append(lines, line{th.Glyphs.Warn + " " + f.Problem, theme.Warn})
	}
	for _, text := range d.Loose {
		lines = append(lines, line{th.Glyphs.Warn + " " + text, theme.Warn})
	}
	lines = append(lines, line{f.Help, theme.Text})
	kind := f.Kind
	if f.Unit != "" {
		kind += ", " + f.Unit
	}
	if len(f.Choices) > 0 {
		kind = "one of " + strings.Join(f.Choices, ", ")
	}
	def := "no default"
	if f.Default != "" {
		def = "default " + f.Default
	}
	lines = append(lines, line{kind + "; " + def, theme.Dim})
	if f.Note != "" {
		lines = append(lines, line{f.Note, theme.Label})
	}
	y := r.Y + 1
	for _, l := range lines {
		for _, text := range cells.Wrap(l.text, r.W-2) {
			if y < r.Y+r.H {
				g.Text(r.X+1, y, r.W-2, text, th.Style(l.role))
				y++
			}
		}
	}
	return y
}

// loose shows problems that belong to no field.
func loose(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme) {
	for i, text := range d.Loose {
		if i+1 < r.H {
			g.Text(r.X+1, r.Y+1+i, r.W-2, th.Glyphs.Warn+" "+text, th.Style(theme.Warn))
		}
	}
}
