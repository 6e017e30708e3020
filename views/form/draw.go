package form

import (
	"strconv"
	"strings"

	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/screen"
	"tacho/views/theme"
)

// groupsW is the width of the list of groups, wideW that on a large screen, where
// their names need not be cut; below narrowW only one of the two lists is shown.
const (
	groupsW = 25
	wideW   = 34
	largeW  = 150
	narrowW = 72
	tallH   = 24
	// helpW is the width of the list from which each option has its help
	// beside it, from helpAt on.
	helpW  = 120
	helpAt = 70
)

// Draw draws the form into a cleared grid, and returns the state with its
// cursors brought into what there is to point at.
func Draw(g *cells.Grid, d *Data, th *theme.Theme, st State, keys, run []panel.Key) State {
	w, h := g.Size()
	st.Group = max(0, min(st.Group, len(d.Groups)-1))
	if w < screen.MinW || h < screen.MinH {
		g.Text(0, 0, w, d.Title, th.Style(theme.Text))
		if h > 1 {
			g.Text(0, 1, w, "needs "+strconv.Itoa(screen.MinW)+"x"+strconv.Itoa(screen.MinH), th.Style(theme.Dim))
		}
		return st
	}
	head(g, w, d, th)
	if st.Flash != "" {
		role := theme.Accent
		if st.FlashWarn {
			role = theme.Warn
		}
		g.Text(1, 1, w-2, st.Flash, th.Style(role))
	}
	body := cells.Rect{X: 0, Y: 2, W: w, H: h - 3}
	line := cells.Wrap(d.Command, w-2)
	commandH := min(1+len(line), max(2, body.H/4))
	command(g, cells.Rect{X: 0, Y: h - 1 - commandH, W: w, H: commandH}, line, th)
	body.H -= commandH
	helpH := 0
	tall := w >= narrowW && body.H >= tallH // help stands under the fields, beside the groups
	if body.H >= 10 && !tall {
		helpH = min(6, body.H/3)
		body.H -= helpH
	}
	fields := body
	if w >= narrowW {
		left := groupsW
		if w >= largeW {
			left = wideW
		}
		groups(g, cells.Rect{X: 0, Y: body.Y, W: left, H: body.H}, d, th, &st)
		fields.X, fields.W = left+1, w-left-1
	} else if st.OnGroups {
		groups(g, body, d, th, &st)
		fields.W = 0
	}
	places := Places(d, &st)
	below := cells.Rect{X: fields.X, W: fields.W}
	if tall {
		below.H = max(fields.H-len(places)-1, fields.H/3)
		fields.H -= below.H
		below.Y = fields.Y + fields.H
	}
	st.Fields.Cursor = st.Fields.Fit(len(places), fields.H-1)
	if fields.W > 0 {
		list(g, fields, d, places, th, &st)
	}
	if tall {
		under(g, below, d, places, th, &st)
	}
	if helpH > 0 {
		about(g, cells.Rect{X: 0, Y: body.Y + body.H, W: w, H: helpH}, d, places, th, &st)
	}
	switch p := st.Prompt; {
	case p.Label != "":
		panel.Prompt(g, 0, h-1, w, p.Label, p.Text, p.At, p.Hint, th)
	default:
		panel.Footer(g, 0, h-1, w, nil, "", keys, th)
	}
	switch {
	case st.Help:
		st.HelpTop = panel.Help(g, keys, st.HelpTop, "", th)
	case st.Choosing && st.Fields.At < len(places):
		choose(g, &d.Groups[places[st.Fields.At].Group].Fields[places[st.Fields.At].Field], th, &st)
	case st.AskRun:
		panel.Question(g, "Start this run?", cells.Wrap(d.Command, min(w-6, 70)), run, th)
	}
	return st
}

func head(g *cells.Grid, w int, d *Data, th *theme.Theme) {
	seg := panel.Seg{Text: th.Glyphs.OK + " ready", Role: theme.Good}
	if n := d.Problems(); n > 0 {
		seg = panel.Seg{Text: th.Glyphs.Warn + " " + strconv.Itoa(n) + " problems", Role: theme.Warn}
		if n == 1 {
			seg.Text = th.Glyphs.Warn + " 1 problem"
		}
	}
	start := panel.LineRight(g, w-1, 0, w/2, []panel.Seg{seg}, th)
	end := g.Text(0, 0, 7, " tacho ", th.Style(theme.Badge))
	g.Text(end+1, 0, start-end-3, d.Title, th.Style(theme.Strong))
}

func command(g *cells.Grid, r cells.Rect, lines []string, th *theme.Theme) {
	screen.Rule(g, r, "The same from the command line", nil, th)
	for i := range min(len(lines), r.H-1) {
		text := lines[i]
		if i == r.H-2 && i < len(lines)-1 {
			text += " " + strings.Join(lines[i+1:], " ") // cut at the edge
		}
		g.Text(r.X+1, r.Y+1+i, r.W-2, text, th.Style(theme.Text))
	}
}

func groups(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme, st *State) {
	title := "Groups"
	if st.OnGroups {
		title = th.Glyphs.Bullet + " " + title
	}
	room := r.H - 1
	top := max(0, min(st.Group-room/2, len(d.Groups)-room))
	screen.Rule(g, r, title, nil, th)
	for i := range min(room, len(d.Groups)-top) {
		gr, y := &d.Groups[top+i], r.Y+1+i
		role := theme.Label
		if top+i == st.Group {
			role = theme.Strong
		}
		note, noteRole := "", theme.Dim
		if n := gr.set(); n > 0 {
			note = strconv.Itoa(n)
		}
		if gr.problems() > 0 {
			note, noteRole = th.Glyphs.Warn+" "+strconv.Itoa(gr.problems()), theme.Warn
		}
		at := g.Right(r.X+r.W-1, y, 5, note, th.Style(noteRole))
		g.Text(r.X+1, y, at-r.X-2, gr.Name, th.Style(role))
		if top+i == st.Group && st.OnGroups {
			g.Tint(cells.Rect{X: r.X, Y: y, W: r.W, H: 1}, reverse)
		} else if top+i == st.Group {
			g.Text(r.X, y, 1, th.Glyphs.Bullet, th.Style(theme.Accent))
		}
	}
}

func reverse(s cells.Style) cells.Style { return s.With(cells.Reverse) }

// nameW is the width of the fields' names in a list: that of the longest, if
// that leaves room for values.
func nameW(w int, d *Data, places []Place) int {
	longest := 0
	for _, p := range places {
		longest = max(longest, len(d.Groups[p.Group].Fields[p.Field].Name))
	}
	return max(18, min(longest+1, w*3/5))
}

func list(g *cells.Grid, r cells.Rect, d *Data, places []Place, th *theme.Theme, st *State) {
	title := ""
	switch {
	case st.Fields.Filter != "":
		title = "/" + st.Fields.Filter
	case len(d.Groups) > 0:
		title = d.Groups[st.Group].Name
	}
	if !st.OnGroups {
		title = th.Glyphs.Bullet + " " + title
	}
	room := r.H - 1
	note := st.Fields.Span(len(places), room)
	if st.Fields.Filter != "" {
		note = strconv.Itoa(len(places)) + " found"
	}
	screen.Rule(g, r, title, panel.Note(note), th)
	if len(places) == 0 {
		g.Text(r.X+1, r.Y+1, r.W-2, "no option is found", th.Style(theme.Dim))
	}
	nw := nameW(r.W, d, places)
	for i := range min(room, len(places)-st.Fields.Top) {
		p := places[st.Fields.Top+i]
		here := st.Fields.Top+i == st.Fields.At && !st.OnGroups
		field(g, cells.Rect{X: r.X, Y: r.Y + 1 + i, W: r.W, H: 1}, &d.Groups[p.Group].Fields[p.Field], nw, here, th, st)
	}
}

// field draws one option: name in a width, value, unit, and what is wrong with it.
func field(g *cells.Grid, r cells.Rect, f *Field, nw int, here bool, th *theme.Theme, st *State) {
	g.Text(r.X+1, r.Y, nw-1, f.Name, th.Style(theme.Label))
	x, end := r.X+1+nw, r.X+r.W-1
	if here && st.Editing {
		panel.Input(g, x, r.Y, end-x, st.Edit.Text, st.Edit.At, th)
		return
	}
	if r.W >= helpW && f.Problem == "" {
		end = r.X + max(helpAt, nw+24)
		g.Text(end+2, r.Y, r.X+r.W-end-3, f.Help, th.Style(theme.Dim))
	}
	value, role := shownValue(f)
	if f.Problem != "" { // the value is short when it is wrong, mostly
		x = g.Text(x, r.Y, (end-x)/2, value, th.Style(theme.Strong)) + 1
		g.Text(x, r.Y, end-x, th.Glyphs.Warn+" "+f.Problem, th.Style(theme.Warn))
	} else {
		at := end
		if f.Unit != "" && f.Value != "" {
			at = g.Right(end, r.Y, min(cells.Width(f.Unit), (end-x)/2), f.Unit, th.Style(theme.Dim)) - 1
		}
		g.Text(x, r.Y, at-x, value, th.Style(role))
	}
	if here {
		g.Tint(r, reverse)
	}
}

// shownValue is a field's value as it is shown.
func shownValue(f *Field) (string, theme.Role) {
	value, role := f.Value, theme.Dim
	if f.Set {
		role = theme.Strong
	}
	if value == "" {
		value = "–"
	}
	return value, role
}
