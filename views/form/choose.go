package form

import (
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// choose draws the values that a field can take over the form.
func choose(g *cells.Grid, f *Field, th *theme.Theme, st *State) {
	_, h := g.Size()
	w := cells.Width(f.Name) + 6
	for _, c := range f.Choices {
		w = max(w, cells.Width(c)+8)
	}
	in := panel.Overlay(g, w, min(len(f.Choices)+2, h-2), f.Name, th)
	l := &table.List{Len: len(f.Choices), Sort: -1, Select: true, Columns: []table.Column{{Width: 4, Left: true, Grow: true}}}
	l.Cell = func(row, _ int) table.Cell {
		if c := f.Choices[row]; c == f.Value {
			return table.Cell{Text: th.Glyphs.On + " " + c, Role: theme.Strong}
		}
		return table.Cell{Text: "  " + f.Choices[row], Role: theme.Text}
	}
	st.Choice = l.Bare(g, in, st.Choice, th)
}
