package app

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"tacho/engine/snap"
	"tacho/views/figure"
)

// tableWidth is the room that a table has on a terminal; 0 is enough for all.
func (r *runner) tableWidth() int {
	if !r.env.Terminal {
		return 0
	}
	return r.env.Width
}

// spare are the columns that a narrow table goes without, the first one first.
var spare = []string{"latency p99", "runs", "ITL p50", "errors", "tok/s", "p99", "good %"}

// severalTable prints the rows of several runs in so many columns of text; 0 is
// without bound.
func severalTable(w io.Writer, t *snap.Several, room int) {
	head := append(append([]string{}, t.Names...), "runs", "TTFT p50", "p99", "ITL p50", "latency p99", "req/s", "tok/s", "good %", "errors", "")
	rows := [][]string{head}
	num := func(v float64) string {
		if math.IsNaN(v) {
			return "-"
		}
		return figure.Num(v)
	}
	for i := range t.Cells {
		c := &t.Cells[i]
		note := ""
		switch {
		case c.Note != "":
			note, _, _ = strings.Cut(c.Note, "\n")
		case c.State != snap.CellDone:
			note = string(c.State)
		case c.Kept:
			note = "kept"
		}
		rows = append(rows, append(append([]string{}, c.Values...), fmt.Sprintf("%d/%d", c.Runs, c.Of), num(c.TTFT50), num(c.TTFT99), num(c.ITL50), num(c.Latency99),
			num(c.RequestsPerSec), num(c.TokSec), num(100*c.GoodShare), fmt.Sprint(c.Errors), note))
	}
	width := make([]int, len(head))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	total := 0
	for _, n := range width {
		total += n + 2
	}
	drop := map[int]bool{}
	for _, name := range spare {
		if i := slices.Index(head, name); i >= 0 && room > 0 && total > room {
			drop[i] = true
			total -= width[i] + 2
		}
	}
	for _, r := range rows {
		var line strings.Builder
		for i, c := range r {
			if drop[i] {
				continue
			}
			if i == len(r)-1 {
				line.WriteString("  " + c)
				continue
			}
			fmt.Fprintf(&line, "%s%*s", strings.Repeat(" ", min(i, 1)*2), width[i], c)
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
