package replay

import (
	"math"
	"time"

	"tacho/engine/snap"
)

// The rows of a heat map, as those of a live run: from 0.1 ms, a fifth more from
// row to row, to about 100 s.
const (
	heatLow  = 0.1
	heatStep = 1.2
	heatRows = 76
	// heatColumns is when neighbours are joined and the columns double.
	heatColumns = 240
)

// heat counts values by time and size.
type heat struct {
	width   time.Duration
	columns [][]uint32 // nil ones are empty
}

// heatRow is the row of a value in ms.
func heatRow(v float64) int {
	if v <= heatLow {
		return 0
	}
	return min(int(math.Log(v/heatLow)/math.Log(heatStep)), heatRows-1)
}

// gapRows is heatRow of every code of a gap.
var gapRows = func() (rows [math.MaxUint16 + 1]uint8) {
	for c := range rows {
		rows[c] = uint8(heatRow(gapOf(uint16(c))))
	}
	return rows
}()

// add counts a value at a time since the origin.
func (h *heat) add(at time.Duration, row int) {
	if at < 0 {
		return
	}
	h.column(at)[row]++
}

// column returns the column of a time.
func (h *heat) column(at time.Duration) []uint32 {
	if h.width == 0 {
		h.width = time.Second
	}
	for at/h.width >= heatColumns {
		h.double()
	}
	i := int(at / h.width)
	for len(h.columns) <= i {
		h.columns = append(h.columns, nil)
	}
	if h.columns[i] == nil {
		h.columns[i] = make([]uint32, heatRows)
	}
	return h.columns[i]
}

// double joins neighbouring columns.
func (h *heat) double() {
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

// merge adds the counts of another map.
func (h *heat) merge(o *heat) {
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
			addCounts(h.column(time.Duration(i)*o.width), c)
		}
	}
}

func addCounts(to, from []uint32) {
	for i, n := range from {
		to[i] += n
	}
}

// draw returns the map as a copy; nil while it is empty.
func (h *heat) draw() *snap.Heat {
	if len(h.columns) == 0 {
		return nil
	}
	cells := make([]uint32, heatRows*len(h.columns))
	out := &snap.Heat{Width: h.width, Low: heatLow, Step: heatStep, Columns: make([][]uint32, len(h.columns))}
	for i, c := range h.columns {
		out.Columns[i] = cells[i*heatRows : (i+1)*heatRows : (i+1)*heatRows]
		copy(out.Columns[i], c)
	}
	return out
}
