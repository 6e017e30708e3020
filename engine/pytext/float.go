package pytext

import (
	"math"
	"strconv"
)

// AppendFloatRepr appends v as Python's repr prints a float: as AppendFloat, but
// with an exponent below 1e-4 already and of two digits or more, and with words
// for what is no number.
func AppendFloatRepr(dst []byte, v float64) []byte {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return append(dst, "nan"...)
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	case a != 0 && (a < 1e-4 || a >= 1e16):
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return AppendFloat(dst, v)
}
