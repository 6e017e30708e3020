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

// own gives a line the chart's times where it has none of its own.
func (c *Chart) own(l Line) Line {
	if l.Step <= 0 {
		l.Start, l.Step = c.Start, c.Step
	}
	return l
}

// reduce turns a line, with times of its own, into at most one spot per column.
// Short gaps are bridged, because a step in which no request ended is no gap in
// the service; long ones stay open.
func reduce(l Line, when timeline, width int) []spot {
	bridge := max(3, int(when.span/20/max(l.Step, 1)))
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
		x, ok := when.column(l.Start+l.Step*time.Duration(i)+l.Step/2, width)
		if !ok {
			continue
		}
		if len(out) == 0 || out[len(out)-1].x != x {
			flush()
			joined := lastAt >= 0 && i-lastAt <= bridge && (len(out) == 0 || out[len(out)-1].x < x)
			out = append(out, spot{x: x, joined: joined})
		}
		same = append(same, v)
		lastAt = i
	}
	flush()
	return out
}
