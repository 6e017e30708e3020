package engine

import (
	"time"

	"tacho/engine/snap"
)

// heatMap is a heat map of a live run, which is drawn again only when something
// came. The collector's goroutine owns it.
type heatMap struct {
	counts snap.HeatMap
	drawn  *snap.Heat // nil when something came since
}

// add counts a value in ms at a time since the origin.
func (h *heatMap) add(at time.Duration, v float64) {
	if v >= 0 && at >= 0 {
		h.counts.Add(at, snap.HeatRow(v))
		h.drawn = nil
	}
}

func (h *heatMap) draw() *snap.Heat {
	if h.drawn == nil {
		h.drawn = h.counts.Draw()
	}
	return h.drawn
}
