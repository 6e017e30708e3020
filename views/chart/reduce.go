package chart

import (
	"slices"
	"time"
)

// spot is one value at one column of a plot.
type spot struct {
	x int
	v float64
	// joined says that the line goes on from the spot before.
	joined bool
}

// reduce turns a line into at most one spot per column. Short gaps are bridged,
// because a step in which no request ended is no gap in the service; long ones
// stay open.
func reduce(l Line, step, span time.Duration, width int) []spot {
	bridge := max(3, int(span/20/max(step, 1)))
	var out []spot
	var same []float64
	lastAt := -1
	flush := func() {
		if len(same) == 0 {
			return
		}
		s := &out[len(out)-1]
		if l.Peak {
			s.v = slices.Max(same)
		} else {
			slices.Sort(same)
			s.v = same[len(same)/2]
		}
		same = same[:0]
	}
	for i, v := range l.Values {
		if !finite(v) {
			continue
		}
		x := min(columnOf(step*time.Duration(i)+step/2, span, width), width-1)
		if len(out) == 0 || out[len(out)-1].x != x {
			flush()
			out = append(out, spot{x: x, joined: lastAt >= 0 && i-lastAt <= bridge})
		}
		same = append(same, v)
		lastAt = i
	}
	flush()
	return out
}
