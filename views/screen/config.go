package screen

import (
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// setting is a line of the configuration; without a name it begins a group.
type setting struct{ snap.Setting }

// configPage lists the options of the run with where each comes from, under
// the command line that makes the same run.
func configPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if lines := cells.Wrap(st.Command, r.W-2); len(lines) > 0 && r.H >= 8 {
		h := min(1+len(lines), r.H/3)
		rule(g, r, "The same from the command line", nil, th)
		for i := range h - 1 {
			g.Text(r.X+1, r.Y+1+i, r.W-2, lines[i], th.Style(theme.Text))
		}
		r.Y, r.H = r.Y+h, r.H-h
	}
	l, rows := configList(s, st, r.W >= helpW)
	if l.Columns[0].Width+l.Columns[1].Width > r.W-2 { // no room for both: each gets its share
		l.Columns[0].Width = (r.W - 2) * 3 / 5
		l.Columns[1].Width = r.W - 2 - l.Columns[0].Width
	}
	st.Config.skip(len(rows), func(i int) bool { return rows[i].Name == "" })
	found := 0
	for i := range rows {
		if rows[i].Name != "" {
			found++
		}
	}
	notes := []string{filterNote(st.Config.Filter, found, len(s.Settings))}
	list, below := under(r, l.Len+2)
	if below.H == 0 && r.H >= 24 {
		list.H, below = r.H-aboutH, cells.Rect{X: r.X, Y: r.Y + r.H - aboutH, W: r.W, H: aboutH}
	}
	if i := st.Config.At; below.H > 0 && i < len(rows) {
		aboutRun(g, below, s, rows[i], th, st)
	} else if i < len(rows) && r.H >= 8 && cells.Width(rows[i].Value) > valueRoom(r.W) {
		h := min(r.H/2, 1+len(cells.Wrap(rows[i].Value, r.W-2)))
		list.H -= h
		detail(g, cells.Rect{X: r.X, Y: r.Y + list.H, W: r.W, H: h}, rows[i].Name, []string{rows[i].Value}, 0, th)
	}
	drawList(g, list, "Configuration", notes, l, &st.Config, nil, th)
}

const nameRoom, originRoom = 32, 10

// helpW is the width from which what an option means stands beside its value,
// aboutH the height of the closer look under a long list.
const (
	helpW  = 150
	aboutH = 11
)

func valueRoom(w int) int { return w - 2 - nameRoom - originRoom - 1 }

func configList(s *snap.Snapshot, st *State, help bool) (*table.List, []setting) {
	q := table.ParseQuery(st.Config.Filter, nil)
	var rows []setting
	group := ""
	for _, x := range s.Settings {
		if !q.Empty() && !q.Match(x.Group+" "+x.Name+" "+x.Value+" "+x.Origin, nil) {
			continue
		}
		if x.Group != group {
			group = x.Group
			rows = append(rows, setting{snap.Setting{Group: group}})
		}
		rows = append(rows, setting{x})
	}
	l := &table.List{Len: len(rows), Sort: -1, Select: true, Empty: "no settings are known of this run", Columns: []table.Column{
		{Head: "setting", Width: nameRoom, Left: true}, {Head: "value", Width: 10, Left: true, Grow: true}, {Head: "from", Width: originRoom, Left: true, Drop: 1},
	}}
	if help {
		l.Columns[1].Grow, l.Columns[1].Width = false, 50
		l.Columns = append(l.Columns, table.Column{Head: "what it is", Width: 20, Left: true, Grow: true})
	}
	if len(s.Settings) > 0 {
		l.Empty = "no setting is found by /" + st.Config.Filter
	}
	l.Rule = func(row int) (string, bool) { return rows[row].Group, rows[row].Name == "" }
	l.Cell = func(row, col int) table.Cell {
		x, role := rows[row], theme.Text
		if x.Origin == "default" {
			role = theme.Dim
		}
		switch col {
		case 0:
			return table.Cell{Text: x.Name, Role: theme.Label}
		case 1:
			return table.Cell{Text: x.Value, Role: role}
		}
		if col == 3 {
			return table.Cell{Text: x.Help, Role: theme.Dim}
		}
		return table.Cell{Text: x.Origin, Role: role}
	}
	return l, rows
}

// origins say who chose a value.
var origins = map[string]string{
	"flag":    "given on the command line",
	"file":    "from a profile or a configuration file, or as the files of the run have it",
	"default": "nobody chose it: the default",
}

// aboutRun looks closely at a setting, beside what else is known of the run.
func aboutRun(g *cells.Grid, r cells.Rect, s *snap.Snapshot, x setting, th *theme.Theme, st *State) {
	value := x.Value
	if x.Unit != "" {
		value += " " + x.Unit
	}
	from := origins[x.Origin]
	if x.Origin != "default" && x.Default != "" {
		from += "; the default is " + x.Default
	}
	facts := runFacts(s, st)
	if room := r.H - max(aboutH, len(facts)+1); room >= leastRoom { // the load that the options made
		r.H -= room
		plotGrid(g, cells.Rect{X: r.X, Y: r.Y + r.H, W: r.W, H: room}, s, th, st, stretch{}, plotInFlight, plotTokens)
	}
	about, right := r, r
	if r.W >= 100 {
		about.W = r.W/2 - 1
		right.X, right.W = r.X+about.W+1, r.W-about.W-1
	} else {
		right.H = 0
	}
	aside(g, about, x.Name, segs([]string{x.Group}), []panel.Seg{
		{Text: value, Role: theme.Strong}, {Text: x.Help, Role: theme.Text}, {Text: from, Role: theme.Dim},
	}, th)
	aside(g, right, "This run", nil, facts, th)
}

// runFacts are what is known of a run besides its options.
func runFacts(s *snap.Snapshot, st *State) []panel.Seg {
	var out []panel.Seg
	say := func(name, value string) {
		if value != "" {
			out = append(out, panel.Seg{Text: name + " " + value, Role: theme.Text})
		}
	}
	i := &s.Run
	if !i.StartWall.IsZero() {
		say("began", i.StartWall.Format("2006-01-02 15:04:05 MST"))
	}
	if t := st.Replay.Timeline; t != nil {
		say("made by", t.Origin)
	}
	say("files in", i.Dir)
	answers := "in one piece"
	if i.Streaming {
		answers = "streamed"
	}
	if i.Endpoint != "" {
		say("API", i.Endpoint+" at "+i.Host+", answers "+answers)
	}
	say("load", i.Load)
	say("tokens counted by", i.Tokenizer)
	say("stamps", i.Clock)
	for _, o := range i.SLOs {
		say("objective", o.String())
	}
	return out
}
