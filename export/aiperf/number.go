package aiperf

import (
	"math"
	"strconv"
)

// finite reports whether v is a number that a file can hold.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// appendCSV prints v as the CSV files do: two decimals, empty when absent.
func appendCSV(dst []byte, v float64) []byte {
	if !finite(v) {
		return dst
	}
	return strconv.AppendFloat(dst, v, 'f', 2, 64)
}

// appendConsole prints v with two decimals and thousands separated by commas,
// N/A when absent.
func appendConsole(dst []byte, v float64) []byte {
	if !finite(v) {
		return append(dst, "N/A"...)
	}
	if v < 0 || (v == 0 && math.Signbit(v)) {
		dst = append(dst, '-')
		v = -v
	}
	var tmp [340]byte
	return group(dst, strconv.AppendFloat(tmp[:0], v, 'f', 2, 64))
}

// appendGrouped prints a whole number with thousands separated by commas.
func appendGrouped(dst []byte, v int64) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	var tmp [24]byte
	return group(dst, strconv.AppendInt(tmp[:0], v, 10))
}

func group(dst, digits []byte) []byte {
	whole := len(digits)
	for i, c := range digits {
		if c == '.' {
			whole = i
			break
		}
	}
	for i, c := range digits {
		if i > 0 && i < whole && (whole-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, c)
	}
	return dst
}
