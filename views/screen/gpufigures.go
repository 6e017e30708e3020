package screen

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// gpuFigures shows the figures of a GPU that its user listed, in columns, and
// returns the lines that took. Of what has no room it says how many there are.
func gpuFigures(g *cells.Grid, r cells.Rect, list []snap.GPUFigure, th *theme.Theme) int {
	if len(list) == 0 || r.H < 1 {
		return 0
	}
	const longest, gap = 34, 3
	names, values := 0, 0
	for _, x := range list {
		names = max(names, cells.Width(x.Name))
		values = max(values, cells.Width(figureText(x, th)))
	}
	names = max(0, min(names, longest, (r.W+gap)/2-gap-1-values)) // two columns fit
	columns := max(1, (r.W+gap)/(names+1+values+gap))
	lines := min((len(list)+columns-1)/columns, r.H)
	room := lines * columns
	for i, x := range list[:min(room, len(list))] {
		at := r.X + i/lines*(names+1+values+gap)
		y := r.Y + i%lines
		if rest := len(list) - room + 1; i == room-1 && rest > 1 {
			g.Text(at, y, names+1+values, strconv.Itoa(rest)+" more, in the files", th.Style(theme.Dim))
			break
		}
		g.Text(at, y, names, x.Name, th.Style(theme.Dim))
		g.Right(at+names+1+values, y, values, figureText(x, th), th.Style(theme.Text))
	}
	return lines
}

// figureText is the number of a figure with its unit.
func figureText(x snap.GPUFigure, th *theme.Theme) string {
	text := figure.Num(x.Value)
	switch x.Unit {
	case "", "count":
		return text
	case "%":
		return text + x.Unit
	case "°C":
		return text + th.Glyphs.Degree + "C"
	}
	return text + " " + x.Unit
}
