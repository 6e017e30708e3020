package replay

import (
	"math"

	"tacho/engine/snap"
)

// gapRows is snap.HeatRow of every code of a gap.
var gapRows = func() (rows [math.MaxUint16 + 1]uint8) {
	for c := range rows {
		rows[c] = uint8(snap.HeatRow(gapOf(uint16(c))))
	}
	return rows
}()
