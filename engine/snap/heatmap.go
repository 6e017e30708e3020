package snap

import (
	"math"
	"time"
)

// The rows of a heat map: from HeatLow ms, a fifth more from row to row, to about
// 100 s.
const (
	HeatLow  = 0.1
	HeatStep = 1.2
	HeatRows = 76
	// HeatColumns is when neighbours are joined and the columns double.
	HeatColumns = 240
)

// HeatRow is the row of a value in ms, which must not be NaN.
func HeatRow(v float64) int {
	if v <= HeatLow {
		return 0
	}
	return min(int(math.Log(v/HeatLow)/math.Log(HeatStep)), HeatRows-1)
}

// HeatMap counts values by time and size; its memory is bounded. The zero value
// is empty. One goroutine at a time may use it.
type HeatMap struct {
	width   time.Duration
	columns [][]uint32 // nil ones are empty
}

// Width is that of a column; 0 while the map is empty.
func (h *HeatMap) Width() time.Duration { return h.width }

// Add counts a value in a row at a time since the origin; times before it are
// left out.
func (h *HeatMap) Add(at time.Duration, row int) {
	if at >= 0 {
		h.Column(at)[row]++
	}
}

// Column returns the counts of the column of a time since the origin, for adding
// many at once.
func (h *HeatMap) Column(at time.Duration) []uint32 {
	if h.width == 0 {
		h.width = time.Second
	}
	for at/h.width >= HeatColumns {
		h.double()
	}
	i := int(at / h.width)
	for len(h.columns) <= i {
		h.columns = append(h.columns, nil)
	}
	if h.columns[i] == nil {
		h.columns[i] = make([]uint32, HeatRows)
	}
	return h.columns[i]
}

// double joins neighbouring columns.
func (h *HeatMap) double() {
	h.width *= 2
	for i := 0; i < len(h.columns); i += 2 {
		to := h.columns[i]
		if i+1 < len(h.columns) && h.columns[i+1] != nil {
			if to == nil {
				to = h.columns[i+1]
			} else {
				addCounts(to, h.columns[i+1])
			}
		}
		h.columns[i/2] = to
	}
	h.columns = h.columns[:(len(h.columns)+1)/2]
}

// Merge adds the counts of another map.
func (h *HeatMap) Merge(o *HeatMap) {
	if len(o.columns) == 0 {
		return
	}
	if h.width == 0 {
		h.width = o.width
	}
	for h.width < o.width {
		h.double()
	}
	for i, c := range o.columns {
		if c != nil {
			addCounts(h.Column(time.Duration(i)*o.width), c)
		}
	}
}

func addCounts(to, from []uint32) {
	for i, n := range from {
		to[i] += n
	}
}

// Draw returns the map as a copy that never changes; nil while it is empty.
func (h *HeatMap) Draw() *Heat {
	if len(h.columns) == 0 {
		return nil
	}
	cells := make([]uint32, HeatRows*len(h.columns))
	out := &Heat{Width: h.width, Low: HeatLow, Step: HeatStep, Columns: make([][]uint32, len(h.columns))}
	for i, c := range h.columns {
		out.Columns[i] = cells[i*HeatRows : (i+1)*HeatRows : (i+1)*HeatRows]
		copy(out.Columns[i], c)
	}
	return out
}
