package stats

import "math"

// Quantile returns the q-th quantile (0..1) of sorted, interpolating linearly
// between closest ranks as numpy does by default, so that it equals AIPerf's.
// It panics if sorted is empty.
func Quantile(sorted []float64, q float64) float64 {
	lo, frac := rank(q, int64(len(sorted)))
	return lerp(sorted[lo], sorted[min(lo+1, int64(len(sorted)-1))], frac)
}

// rank splits the position of a quantile among n sorted values into the lower
// neighbour and the share of the way to the next one.
func rank(q float64, n int64) (lo int64, frac float64) {
	at := q * float64(n-1)
	lo = min(int64(at), n-1)
	return lo, at - float64(lo)
}

func lerp(a, b, frac float64) float64 { return a + frac*(b-a) }

// nearestRank is the position that numpy's method "nearest" takes: halves go to
// the even neighbour.
func nearestRank(q float64, n int64) int64 {
	return min(int64(math.RoundToEven(q*float64(n-1))), n-1)
}
