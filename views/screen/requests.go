package screen

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// splitW is the width from which the request under the cursor is shown beside
// the list.
const splitW = 160

// closeH is the height from which a closer look at a request says enough.
const closeH = 16

var whichNames = [Whiches]string{"recent", "slowest", "failed"}

// requestsOf is one of the three lists.
func requestsOf(s *snap.Snapshot, st *State, w Which) []*snap.Request {
	l := st.Lists
	if l == nil {
		l = s.Requests
	}
	if l == nil {
		return nil
	}
	return [Whiches][]*snap.Request{l.Recent, l.Slowest, l.Failed}[w%Whiches]
}

// requestsPage lists requests, or shows one closely.
func requestsPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if st.Opened != nil {
		requestView(g, r, s, st, st.Opened, th)
		return
	}
	list := r
	if r.W >= splitW {
		list.W = 96
	}
	l, rows := requestList(s, st)
	var below cells.Rect
	if len(rows) == 0 {
		list.W = r.W
		list, below = under(list, 3)
		without(g, below, s, th, st)
	} else if r.W < splitW && r.H-l.Len-2 >= closeH { // the closer look has room under the list
		list, below = under(r, l.Len+2)
	}
	requestTable(g, list, s, th, st)
	if q := at(rows, st.Requests.At); below.H > 0 && q != nil {
		requestView(g, below, s, st, q, th)
		return
	}
	if q := at(rows, st.Requests.At); r.W >= splitW && q != nil {
		requestView(g, cells.Rect{X: r.X + list.W + 1, Y: r.Y, W: r.W - list.W - 1, H: r.H}, s, st, q, th)
	}
}

func at(rows []*snap.Request, i int) *snap.Request {
	if i < 0 || i >= len(rows) {
		return nil
	}
	return rows[i]
}

// requestList is the list in front, filtered and in order.
func requestList(s *snap.Snapshot, st *State) (*table.List, []*snap.Request) {
	all := requestsOf(s, st, st.Which)
	judged := len(s.Run.SLOs) > 0
	l, rows := table.RequestList(table.FilterRequests(all, st.Requests.Filter, judged), st.Requests.Order, judged)
	switch {
	case len(all) > 0:
		l.Empty = "no request is found by /" + st.Requests.Filter
	case st.Which == FailedOnes:
		l.Empty = "no request has failed"
	default:
		l.Empty = "no request has ended yet"
	}
	return l, rows
}

// RequestAt is the request under the cursor, nil without one.
func (st *State) RequestAt(s *snap.Snapshot) *snap.Request {
	if s == nil {
		return nil
	}
	_, rows := requestList(s, st)
	key := requestKey(rows)
	for i := range rows {
		if st.Requests.Key != 0 && key(i) == st.Requests.Key {
			return rows[i]
		}
	}
	return at(rows, st.Requests.At)
}

func requestKey(rows []*snap.Request) func(int) uint64 {
	return func(i int) uint64 { return uint64(rows[i].Num) + 1 }
}

func requestTable(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	l, rows := requestList(s, st)
	key := requestKey(rows)
	ls := &st.Requests
	ls.settle(l.Len, key)
	in := cells.Rect{X: r.X, Y: r.Y + 1, W: r.W, H: r.H - 1}
	all := len(requestsOf(s, st, st.Which))
	rule(g, r, "", nil, th)
	x := r.X + 1
	for w, name := range whichNames { // they are tabs
		text := name + " " + strconv.Itoa(len(requestsOf(s, st, Which(w))))
		role := theme.Label
		if Which(w) == st.Which {
			role = theme.Title
			text = th.Glyphs.Bullet + " " + text
		}
		g.Rune(x-1, r.Y, ' ', th.Style(theme.Frame))
		x = g.Text(x, r.Y, r.W/2, text, th.Style(role))
		g.Rune(x, r.Y, ' ', th.Style(theme.Frame))
		x += 3
	}
	note := segs([]string{filterNote(ls.Filter, l.Len, all), table.RequestOrder(ls.Order), ls.Span(l.Len, table.Rows(in.H))})
	panel.Caption(g, x, r.Y, r.X+r.W-x, "", note, th)
	ls.Cursor = l.Draw(g, in, ls.Cursor, th)
	ls.hold(l.Len, key)
}

// countOf is "12 of 200".
func countOf(n, of int) string { return strconv.Itoa(n) + " of " + strconv.Itoa(of) }

// gauge is a line "name value" of a closer look.
func gauge(name, value string) panel.Seg {
	return panel.Seg{Text: name + " " + value, Role: theme.Text}
}
