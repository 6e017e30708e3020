package table

import (
	"math"
	"slices"
	"strings"
	"time"

	"tacho/engine/snap"
	"tacho/views/figure"
	"tacho/views/theme"
)

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// SendLag is from due to departure on the wire less connection set-up, ms: what
// this side adds. NaN is unknown.
func SendLag(q *snap.Request) float64 {
	if q.Wire < 0 || q.Due < 0 {
		return math.NaN()
	}
	return ms(q.Wire - q.Due - max(0, q.Connect))
}

func tokens(n int) float64 {
	if n < 0 {
		return math.NaN()
	}
	return float64(n)
}

func reqNum(head string, width, drop int, v func(*snap.Request) float64) Field[*snap.Request] {
	return Field[*snap.Request]{Column{Head: head, Width: width, Drop: drop},
		func(q *snap.Request) Cell {
			x := v(q)
			if math.IsNaN(x) {
				return Cell{figure.Unknown, theme.Dim}
			}
			return Cell{figure.Num(x), theme.Text}
		}, v}
}

func reqTokens(head string, width, drop int, n func(*snap.Request) int) Field[*snap.Request] {
	return Field[*snap.Request]{Column{Head: head, Width: width, Drop: drop},
		func(q *snap.Request) Cell { return Cell{figure.Count(int64(n(q))), theme.Text} },
		func(q *snap.Request) float64 { return tokens(n(q)) }}
}

// requestFields are the columns of the lists of requests; times are in ms.
// Judged runs have objectives.
func requestFields(judged bool) []Field[*snap.Request] {
	return []Field[*snap.Request]{
		{Column{Head: "#", Width: 8, Drop: 3}, func(q *snap.Request) Cell { return Cell{figure.Count(q.Num), theme.Dim} }, func(q *snap.Request) float64 { return float64(q.Num) }},
		{Column{Head: "started", Width: 11}, func(q *snap.Request) Cell { return Cell{figure.Instant(q.Start), theme.Text} }, func(q *snap.Request) float64 { return float64(q.Start) }},
		reqNum("TTFT", 8, 0, func(q *snap.Request) float64 { return q.TTFT }),
		reqNum("ITL", 8, 1, func(q *snap.Request) float64 { return q.ITL }),
		reqNum("latency", 9, 0, func(q *snap.Request) float64 { return q.Latency }),
		reqTokens("ISL", 7, 5, func(q *snap.Request) int { return q.ISL }),
		reqTokens("OSL", 7, 4, func(q *snap.Request) int { return q.OSL }),
		reqNum("send lag", 10, 7, SendLag),
		reqNum("gap max", 9, 8, func(q *snap.Request) float64 { return MaxGap(q) }),
		{Column: Column{Head: " outcome", Width: 13, Drop: 2, Left: true, Grow: true}, Cell: func(q *snap.Request) Cell {
			text, role := Outcome(q, judged)
			return Cell{" " + text, role}
		}},
		{Column: Column{Head: "conversation", Width: 20, Drop: 9, Left: true}, Cell: func(q *snap.Request) Cell { return Cell{q.Conversation, theme.Label} }},
		{Column{Head: "turn", Width: 6, Drop: 10}, func(q *snap.Request) Cell { return Cell{figure.Count(int64(q.Turn)), theme.Label} }, func(q *snap.Request) float64 { return float64(q.Turn) }},
	}
}

var plainFields, judgedFields = requestFields(false), requestFields(true)

// RequestColumns is the number of columns that requests can be sorted by.
var RequestColumns = len(plainFields)

// requestHead names a column of requests, counted from 1.
func requestHead(i int) string { return strings.TrimSpace(plainFields[i-1].Head) }

// RequestOrder names the order of a list of requests; empty is the usual one.
func RequestOrder(o Order) string {
	if o.By < 1 || o.By > len(plainFields) {
		return ""
	}
	return "by " + requestHead(o.By)
}

// SliceOrder names the order of the slices; empty is the usual one.
func SliceOrder(o Order) string {
	if o.By < 1 || o.By > SliceColumns {
		return ""
	}
	name := sliceFields[o.By-1].Head
	if strings.HasPrefix(name, "p") { // of the metric that stands before it
		for i := o.By - 2; i >= 0; i-- {
			if m, _, ok := strings.Cut(sliceFields[i].Head, " p50"); ok {
				return "by " + m + " " + name
			}
		}
	}
	return "by " + name
}

// MaxGap is the longest time between two chunks, ms; NaN without any.
func MaxGap(q *snap.Request) float64 {
	if len(q.Gaps) == 0 {
		return math.NaN()
	}
	return float64(slices.Max(q.Gaps))
}

// Outcome is how a request ended, in words; judged runs have objectives.
func Outcome(q *snap.Request, judged bool) (string, theme.Role) {
	switch {
	case q.Err != nil:
		text := q.Err.Kind.String()
		if q.Err.Code != 0 {
			text += " " + figure.Count(int64(q.Err.Code))
		}
		if q.Err.Message != "" {
			text += ": " + q.Err.Message
		}
		return text, theme.Warn
	case !judged:
		return "ok", theme.Label
	case q.Good:
		return "good", theme.Label
	}
	return "missed SLO", theme.Text
}

// requestNumbers are the names that a filter can compare.
var requestNumbers = []string{"ttft", "itl", "latency", "isl", "osl", "turn", "lag", "gap", "num"}

func requestNumber(q *snap.Request) func(string) float64 {
	return func(name string) float64 {
		switch name {
		case "ttft":
			return q.TTFT
		case "itl":
			return q.ITL
		case "latency":
			return q.Latency
		case "isl":
			return tokens(q.ISL)
		case "osl":
			return tokens(q.OSL)
		case "turn":
			return float64(q.Turn)
		case "lag":
			return SendLag(q)
		case "gap":
			return MaxGap(q)
		case "num":
			return float64(q.Num)
		}
		return math.NaN()
	}
}

// FilterRequests keeps those that a filter finds.
func FilterRequests(all []*snap.Request, filter string, judged bool) []*snap.Request {
	q := ParseQuery(filter, requestNumbers)
	if q.Empty() {
		return all
	}
	var out []*snap.Request
	for _, r := range all {
		outcome, _ := Outcome(r, judged)
		if q.Match(strings.Join([]string{r.ID, r.Conversation, r.Model, r.Phase, outcome}, " "), requestNumber(r)) {
			out = append(out, r)
		}
	}
	return out
}

// RequestList is requests as a list; rows are in its order.
func RequestList(all []*snap.Request, o Order, judged bool) (l *List, rows []*snap.Request) {
	fields := plainFields
	if judged {
		fields = judgedFields
	}
	rows = Sort(fields, all, o)
	return NewList(fields, rows, o), rows
}
