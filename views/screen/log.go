package screen

import (
	"slices"
	"strconv"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/table"
	"tacho/views/theme"
)

// entry is a line of the log: a notice, a mark, or a remark on a recording.
type entry struct {
	at   time.Duration
	kind string
	text string
	warn bool
}

// entries are all lines of the log, newest first.
func entries(s *snap.Snapshot, st *State) []entry {
	var all []entry
	for _, n := range s.Notices {
		kind := "info"
		if n.Warn {
			kind = "warn"
		}
		all = append(all, entry{n.At, kind, n.Text, n.Warn})
	}
	for _, m := range s.Marks {
		switch m.Kind {
		case snap.MarkLoad, snap.MarkNote, snap.MarkHold, snap.MarkSLO, snap.MarkPhase: // the others have notices
			all = append(all, entry{m.At, string(m.Kind), m.Text, false})
		}
	}
	for _, e := range s.ErrorGroups {
		all = append(all, entry{e.LastAt, "error", errorLine(e), true})
	}
	slices.SortStableFunc(all, func(a, b entry) int {
		switch {
		case a.at > b.at:
			return -1
		case a.at < b.at:
			return 1
		}
		return 0
	})
	if t := st.Replay.Timeline; t != nil {
		head := []entry{{-1, "file", "made by " + t.Origin + " in " + t.Dir, false}}
		if t.Check != "" {
			head = append(head, entry{-1, "check", t.Check, false})
		}
		for _, d := range t.Differ {
			head = append(head, entry{-1, "differs", d, true})
		}
		for _, m := range t.Missing {
			head = append(head, entry{-1, "file", m, true})
		}
		all = append(head, all...)
	}
	return all
}

// errorLine tells of failures of one cause, as of the last of them.
func errorLine(e snap.ErrorGroup) string {
	text := e.Kind
	if e.Code != 0 {
		text += " " + strconv.Itoa(e.Code)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Count > 1 {
		text += ", the last of " + figure.Count(e.Count)
	}
	return text
}

// logPage lists what happened, and the whole text of the line under the cursor
// where it does not fit.
func logPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	all := entries(s, st)
	rows := filterEntries(all, st.Log.Filter)
	l := logList(rows, len(all), st)
	key := func(i int) uint64 { return hash(rows[i].text, rows[i].at.String()) }
	st.Log.settle(l.Len, key)
	st.Log.Cursor = st.Log.Fit(l.Len, table.Rows(r.H-1))
	var list, below cells.Rect
	if list, below = under(r, max(l.Len+2, 3)); len(rows) == 0 {
		without(g, below, s, th, st)
	}
	if i := st.Log.At; i < len(rows) && r.H >= 10 && below.H == 0 {
		if room := r.W - 20; cells.Width(rows[i].text) > room {
			h := min(r.H/2, 1+len(cells.Wrap(rows[i].text, r.W-2)))
			list.H -= h
			detail(g, cells.Rect{X: r.X, Y: r.Y + list.H, W: r.W, H: h}, "All of it", []string{rows[i].text}, 0, th)
		}
	}
	drawList(g, list, "Log", []string{filterNote(st.Log.Filter, len(rows), len(all)), "newest first"}, l, &st.Log, key, th)
	if i := st.Log.At; below.H > 0 && i < len(rows) { // all of the line, and what the run was like then
		if text := rows[i].text; cells.Width(text) > below.W-20 {
			h := min(1+len(cells.Wrap(text, below.W-2)), below.H/2)
			detail(g, cells.Rect{X: below.X, Y: below.Y, W: below.W, H: h}, "All of it", []string{rows[i].text}, 0, th)
			below.Y, below.H = below.Y+h, below.H-h
		}
		plotGrid(g, below, s, th, st, momentOf(s, rows[i].at), plotTTFT, plotInFlight, plotITL, plotTokens)
	}
}

func logList(rows []entry, all int, st *State) *table.List {
	l := &table.List{Len: len(rows), Sort: -1, Select: true, Empty: "nothing worth a line has happened yet", Columns: []table.Column{
		{Head: "at", Width: 9}, {Head: " kind", Width: 8, Left: true}, {Head: "what", Width: 10, Left: true, Grow: true},
	}}
	if all > 0 {
		l.Empty = "no line is found by /" + st.Log.Filter
	}
	l.Cell = func(row, col int) table.Cell {
		e := rows[row]
		role := theme.Label
		if e.warn {
			role = theme.Warn
		}
		switch col {
		case 0:
			if e.at < 0 {
				return table.Cell{}
			}
			return table.Cell{Text: figure.Clock(e.at), Role: theme.Dim}
		case 1:
			return table.Cell{Text: " " + e.kind, Role: role}
		}
		return table.Cell{Text: e.text, Role: role}
	}
	return l
}

func filterEntries(all []entry, filter string) []entry {
	q := table.ParseQuery(filter, nil)
	if q.Empty() {
		return all
	}
	var out []entry
	for _, e := range all {
		if q.Match(e.kind+" "+e.text, nil) {
			out = append(out, e)
		}
	}
	return out
}
