package replay

import "math"

// A gap is kept as 16 bits: eleven bits of mantissa, so that it is known to
// 0.02 %, over 32 factors of two from 2^-10 ms on. Zero stands for all that is
// shorter, the largest for all that is longer.
const (
	gapShift = 23 - 11
	gapBase  = (127 - 10) << 11 // the leading bits of 2^-10 as a 32-bit float
)

// gapCode is the code of a gap in ms.
func gapCode(ms float64) uint16 {
	f := float32(ms)
	if !(f >= 1.0/1024) { // negative ones come of clocks that were set
		return 0
	}
	return uint16(min(math.Float32bits(f)>>gapShift-gapBase+1, math.MaxUint16))
}

// gapOf is the middle of the gaps with a code, in ms.
func gapOf(code uint16) float64 {
	if code == 0 {
		return 0
	}
	return float64(math.Float32frombits((uint32(code)-1+gapBase)<<gapShift | 1<<(gapShift-1)))
}
