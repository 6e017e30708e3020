package table

import (
	"fmt"
	"math"
	"strings"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// runStates are the words and the look of a cell's state.
var runStates = map[snap.CellState]Cell{
	snap.CellWaiting: {"waiting", theme.Dim},
	snap.CellRunning: {"running", theme.Good},
	snap.CellDone:    {"done", theme.Text},
	snap.CellFailed:  {"failed", theme.Alarm},
	snap.CellCut:     {"cut", theme.Warn},
}

// runFields are the columns of the table of several runs, one for each setting
// that differs before the others; times are in ms.
func runFields(s *snap.Several) []Field[*snap.SeveralCell] {
	type row = *snap.SeveralCell
	look := func(c row) theme.Role {
		if c.State == snap.CellRunning || c.State == snap.CellWaiting {
			return theme.Dim
		}
		return theme.Text
	}
	var fields []Field[row]
	for i, name := range s.Names {
		width := cells.Width(name)
		for j := range s.Cells {
			if v := s.Cells[j].Values; i < len(v) {
				width = max(width, cells.Width(v[i]))
			}
		}
		fields = append(fields, Field[row]{Column{Head: name, Width: min(width, 24) + 2}, func(c row) Cell {
			text := ""
			if i < len(c.Values) {
				text = c.Values[i]
			}
			return Cell{text, theme.Text}
		}, nil})
	}
	num := func(head string, width, drop int, v func(row) float64) {
		fields = append(fields, Field[row]{Column{Head: head, Width: width, Drop: drop}, func(c row) Cell { return Cell{figure.Num(v(c)), look(c)} }, v})
	}
	fields = append(fields, Field[row]{Column{Head: "  state", Width: 10, Left: true}, func(c row) Cell { return runState(c) }, nil})
	fields = append(fields, Field[row]{Column{Head: "runs", Width: 6, Drop: 5}, func(c row) Cell { return Cell{fmt.Sprintf("%d/%d", c.Runs, c.Of), look(c)} }, nil})
	for i, l := range s.Limits {
		num(l.Name, cells.Width(l.Name)+2, 1, func(c row) float64 {
			if i < len(c.AtLimits) {
				return c.AtLimits[i]
			}
			return math.NaN()
		})
	}
	num("TTFT p50", 10, 0, func(c row) float64 { return c.TTFT50 })
	num("p99", 8, 2, func(c row) float64 { return c.TTFT99 })
	num("ITL p50", 9, 3, func(c row) float64 { return c.ITL50 })
	num("latency p99", 13, 6, func(c row) float64 { return c.Latency99 })
	num("req/s", 8, 0, func(c row) float64 { return c.RequestsPerSec })
	num("tok/s", 8, 1, func(c row) float64 { return c.TokSec })
	fields = append(fields,
		Field[row]{Column{Head: "good %", Width: 8, Drop: 4}, func(c row) Cell { return Cell{figure.Share(c.GoodShare), look(c)} }, func(c row) float64 { return c.GoodShare }},
		Field[row]{Column{Head: "errors", Width: 8, Drop: 7}, func(c row) Cell {
			if c.Errors > 0 {
				return Cell{figure.Count(c.Errors), theme.Warn}
			}
			return Cell{figure.Count(c.Errors), look(c)}
		}, func(c row) float64 { return float64(c.Errors) }},
		Field[row]{Column{Head: "", Width: 16, Drop: 8, Left: true, Grow: true}, func(c row) Cell {
			note, _, _ := strings.Cut(c.Note, "\n")
			if note == "" && c.Kept {
				note = "kept from before"
			}
			return Cell{"  " + note, theme.Dim}
		}, nil})
	return fields
}

func runState(c *snap.SeveralCell) Cell {
	out, ok := runStates[c.State]
	if !ok {
		out = Cell{string(c.State), theme.Text}
	}
	out.Text = "  " + out.Text
	return out
}

// RunList is the table of several runs; nil is a run alone.
func RunList(s *snap.Several) *List {
	if s == nil {
		return &List{Sort: -1, Empty: "this run is alone; a comma list such as --concurrency 1,2,4 makes a sweep"}
	}
	rows := make([]*snap.SeveralCell, len(s.Cells))
	for i := range s.Cells {
		rows[i] = &s.Cells[i]
	}
	l := NewList(runFields(s), rows, Order{})
	l.Empty = "no run has begun"
	return l
}
