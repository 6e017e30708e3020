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
		var below cells.Rect
		r, below = under(r, lineCount(sample, r.W-2)+1)
		whatFailed(g, below, s, &s.ErrorGroups[ls.At], th, st)
		st.ExpandedTop = detail(g, r, "Error "+strconv.Itoa(ls.At+1)+" of "+strconv.Itoa(l.Len), sample, st.ExpandedTop, th)
		return
	}
	st.ExpandedTop = 0
	list := r
	if sample != nil && r.H >= 10 {
		list.H = min(l.Len+2, r.H*3/5)
		text := cells.Rect{X: r.X, Y: r.Y + list.H, W: r.W, H: r.H - list.H}
		var below cells.Rect
		if n := lineCount(sample, r.W-2) + 1; n+leastRoom <= text.H {
			text, below = under(text, n)
		}
		detail(g, text, "Sample", sample, 0, th)
		whatFailed(g, below, s, &s.ErrorGroups[ls.At], th, st)
	} else if sample == nil {
		var below cells.Rect
		if list, below = under(r, 3); below.H > 0 {
			plotGrid(g, below, s, th, st, stretch{}, plotRequests, plotInFlight, plotTTFT, plotTokens)
		}
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

// whatFailed shows when requests failed, and those at hand that did so from one
// cause.
func whatFailed(g *cells.Grid, r cells.Rect, s *snap.Snapshot, e *snap.ErrorGroup, th *theme.Theme, st *State) {
	if r.H < leastRoom {
		return
	}
	var rows []*snap.Request
	for _, q := range requestsOf(s, st, FailedOnes) {
		if q.Err != nil && q.Err.Kind.String() == e.Kind && q.Err.Code == e.Code {
			rows = append(rows, q)
		}
	}
	charts := r
	if len(rows) > 0 && r.H >= 2*leastRoom {
		var list cells.Rect
		list, charts = under(r, min(len(rows)+2, r.H/2))
		l, _ := table.RequestList(rows, table.Order{}, len(s.Run.SLOs) > 0)
		l.Select = false
		drawList(g, list, "Requests that failed so", []string{strconv.Itoa(len(rows)) + " at hand, newest first"}, l, new(ListState), nil, th)
	}
	plotGrid(g, charts, s, th, st, momentOf(s, e.LastAt), plotFailures, plotInFlight, plotTTFT, plotRequests)
}
