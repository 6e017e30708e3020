package screen

import (
	"fmt"
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// runsTab is the page of several runs, which only they have.
var runsTab = panel.Tab{Key: "0", Name: "runs", Short: "runs", Least: "run"}

// AllPages are Pages and those that only some runs have.
var AllPages = append(append([]panel.Tab{}, Pages...), runsTab)

// tabs are the pages of a run for its footer.
func tabs(s *snap.Snapshot) []panel.Tab {
	if s.Several == nil {
		return Pages
	}
	return AllPages
}

// PageOf is the page of a number key.
func PageOf(key string) Page {
	if key == runsTab.Key {
		return PageRuns
	}
	n, _ := strconv.Atoi(key)
	return Page(n)
}

func (p Page) key() string {
	if p == PageRuns {
		return runsTab.Key
	}
	return strconv.Itoa(int(p))
}

// runsPage is the table of several runs; the one under way keeps in sight.
func runsPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	m := s.Several
	title, notes := "Runs", []string{"times in ms"}
	if m != nil {
		over := 0
		for i := range m.Cells {
			if c := m.Cells[i].State; c != snap.CellWaiting && c != snap.CellRunning {
				over++
			}
		}
		title = map[string]string{"sweep": "Sweep", "repeats": "Repeats", "search": "Search"}[m.Title]
		notes = append(notes, fmt.Sprintf("%d of %d done", over, len(m.Cells)))
		if m.Title == "search" {
			notes[1] = fmt.Sprintf("%d probes", over)
		}
		if m.Note != "" {
			notes = append(notes, m.Note)
		}
		if !st.RunsHeld && m.At >= 0 {
			st.Runs.At = m.At
		}
	}
	if st.Zoom && m != nil && len(m.Cells) > 0 {
		planes(g, r, m, st.Runs.At, th)
		return
	}
	l := table.RunList(m)
	list, below := r, cells.Rect{}
	if m != nil && len(m.Answer) > 0 && r.H >= leastRoom {
		lines := make([]panel.Seg, len(m.Answer))
		for i, text := range m.Answer {
			lines[i] = panel.Seg{Text: text, Role: theme.Text}
		}
		lines[0].Role = theme.Strong
		h := min(r.H/2, 1+lineCount(m.Answer, r.W-2))
		aside(g, cells.Rect{X: r.X, Y: r.Y, W: r.W, H: h}, "Answer", nil, lines, th)
		r.Y, r.H = r.Y+h, r.H-h
		list = r
	}
	if m != nil && len(m.Cells) > 0 {
		list, below = under(r, l.Len+2)
	}
	drawList(g, list, title, notes, l, &st.Runs, nil, th)
	planes(g, below, m, st.Runs.At, th)
}
