package engine

import (
	"math"
	"time"

	"tacho/engine/snap"
)

// The rows of a heat map: from 0.1 ms, a fifth more from row to row, to about
// 100 s.
const (
	heatLow  = 0.1
	heatStep = 1.2
	heatRows = 76
	// heatColumns is when neighbours are joined and the columns double.
	heatColumns = 240
)

// heatMap counts values by time and size. Its memory is fixed. The collector's
// goroutine owns it.
type heatMap struct {
	width   time.Duration
	columns [][]uint32
	drawn   *snap.Heat // nil when something came since
}

func newHeatMap() *heatMap { return &heatMap{width: time.Second} }

// add counts a value in ms at a time since the origin.
func (h *heatMap) add(at time.Duration, v float64) {
	if !(v >= 0) || at < 0 {
		return
	}
	i := int(at / h.width)
	for i >= heatColumns {
		h.double()
		i = int(at / h.width)
	}
	for len(h.columns) <= i {
		h.columns = append(h.columns, make([]uint32, heatRows))
	}
	row := 0
	if v > heatLow {
		row = min(int(math.Log(v/heatLow)/math.Log(heatStep)), heatRows-1)
	}
	h.columns[i][row]++
	h.drawn = nil
}

// double joins neighbouring columns.
func (h *heatMap) double() {
	h.width *= 2
	for i := 0; i < len(h.columns); i += 2 {
		to := h.columns[i]
		if i+1 < len(h.columns) {
			for j, n := range h.columns[i+1] {
				to[j] += n
			}
		}
		h.columns[i/2] = to
	}
	h.columns = h.columns[:(len(h.columns)+1)/2]
}

// draw returns the map as a copy that never changes; nil while it is empty.
func (h *heatMap) draw() *snap.Heat {
	if len(h.columns) == 0 {
		return nil
	}
	if h.drawn == nil {
		cells := make([]uint32, heatRows*len(h.columns))
		out := &snap.Heat{Width: h.width, Low: heatLow, Step: heatStep, Columns: make([][]uint32, len(h.columns))}
		for i, c := range h.columns {
			out.Columns[i] = cells[i*heatRows : (i+1)*heatRows : (i+1)*heatRows]
			copy(out.Columns[i], c)
		}
		h.drawn = out
	}
	return h.drawn
}
