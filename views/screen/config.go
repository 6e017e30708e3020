package screen

import (
	"tacho/engine/snap"
	"tacho/views/cells"
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
	l, rows := configList(s, st)
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
	list := r
	if i := st.Config.At; i < len(rows) && r.H >= 8 && cells.Width(rows[i].Value) > valueRoom(r.W) {
		h := min(r.H/2, 1+len(cells.Wrap(rows[i].Value, r.W-2)))
		list.H -= h
		detail(g, cells.Rect{X: r.X, Y: r.Y + list.H, W: r.W, H: h}, rows[i].Name, []string{rows[i].Value}, 0, th)
	}
	drawList(g, list, "Configuration", notes, l, &st.Config, nil, th)
}

const nameRoom, originRoom = 32, 10

func valueRoom(w int) int { return w - 2 - nameRoom - originRoom - 1 }

func configList(s *snap.Snapshot, st *State) (*table.List, []setting) {
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
		return table.Cell{Text: x.Origin, Role: role}
	}
	return l, rows
}
