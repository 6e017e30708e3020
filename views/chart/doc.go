// Package chart draws lines over time, sparklines and bars into a grid of
// cells. It is the one place that uses ntcharts, for its braille grid and line
// rasteriser; values, sizes and scales are checked and chosen here, because
// that library does not survive NaN, infinity or a size of zero.
package chart

import "math"

// finite is the gate that every value passes before it is drawn.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
