package screen

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/table"
	"tacho/views/theme"
)

func errorKeys(s *snap.Snapshot) func(int) uint64 {
	return func(i int) uint64 {
		e := &s.ErrorGroups[i]
		return hash(e.Kind, strconv.Itoa(e.Code), e.Message)
	}
}

// errorsPage groups failures by cause, with a sample of the one under the
// cursor.
func errorsPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	ls := &st.Errors
	l := table.ErrorList(s)
	key := errorKeys(s)
	ls.settle(l.Len, key)
	ls.Cursor = ls.Fit(l.Len, table.Rows(r.H-1))
	var sample []string
	if ls.At < len(s.ErrorGroups) {
		sample = errorDetail(&s.ErrorGroups[ls.At])
	}
	if st.Expanded = st.Expanded && sample != nil; st.Expanded {
		st.ExpandedTop = detail(g, r, "Error "+strconv.Itoa(ls.At+1)+" of "+strconv.Itoa(l.Len), sample, st.ExpandedTop, th)
		return
	}
	st.ExpandedTop = 0
	list := r
	if sample != nil && r.H >= 10 {
		list.H = min(l.Len+2, r.H*3/5)
		detail(g, cells.Rect{X: r.X, Y: r.Y + list.H, W: r.W, H: r.H - list.H}, "Sample", sample, 0, th)
	}
	drawList(g, list, "Errors", []string{errorNote(s)}, l, ls, key, th)
}

// errorDetail is all that is known of a cause.
func errorDetail(e *snap.ErrorGroup) []string {
	head := e.Kind
	if e.Code != 0 {
		head += " " + strconv.Itoa(e.Code)
	}
	lines := []string{head + ", " + figure.Counted(e.Count, "time") + ", last at " + figure.Clock(e.LastAt)}
	if e.Message != "" {
		lines = append(lines, e.Message)
	}
	if e.Sample != "" && e.Sample != e.Message {
		return append(lines, "body of one of them:", e.Sample)
	}
	return append(lines, "no answer body is at hand")
}
