package random

import "math"

// LatinHypercube returns n points in [0, 1): in each dimension every n-th part has one of them.
// With spread, values are exchanged between points where that lowers the set's centred L2
// discrepancy, the measure of SciPy's "random-cd".
func LatinHypercube(dims, n int, s *Stream, spread bool) [][]float64 {
	points := make([][]float64, n)
	for i := range points {
		points[i] = make([]float64, dims)
	}
	for d := range dims {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		s.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		for i, part := range order {
			points[i][d] = (float64(part) + s.Float64()) / float64(n)
		}
	}
	if spread && dims > 1 && n > 2 {
		exchange(points, s)
	}
	return points
}

// maxExchanges and maxSpreadWork bound the time that exchange takes to some tenths of a second.
const (
	maxExchanges  = 10_000
	maxSpreadWork = 40_000_000
)

func exchange(points [][]float64, s *Stream) {
	n, dims := len(points), len(points[0])
	for range min(maxExchanges, max(100, maxSpreadWork/(n*dims*4))) {
		d, a, b := s.IntN(dims), s.IntN(n), s.IntN(n)
		if a == b {
			continue
		}
		before := share(points, a, b)
		points[a][d], points[b][d] = points[b][d], points[a][d]
		if share(points, a, b) >= before {
			points[a][d], points[b][d] = points[b][d], points[a][d]
		}
	}
}

// Discrepancy is the centred L2 discrepancy of points in [0, 1), squared, as SciPy defines it (after
// Hickernell 1998); 0 would be perfectly even.
func Discrepancy(points [][]float64) float64 {
	n := float64(len(points))
	sum := math.Pow(13.0/12, float64(len(points[0])))
	for _, p := range points {
		sum -= 2 / n * alone(p)
		for _, q := range points {
			sum += together(p, q) / (n * n)
		}
	}
	return sum
}

// share is what the terms with two of the points have in the discrepancy, but for a constant.
func share(points [][]float64, a, b int) float64 {
	n := float64(len(points))
	sum := 0.0
	for _, i := range []int{a, b} {
		p := points[i]
		sum += together(p, p)/(n*n) - 2/n*alone(p)
		for j, q := range points {
			if j != a && j != b {
				sum += 2 * together(p, q) / (n * n)
			}
		}
	}
	return sum + 2*together(points[a], points[b])/(n*n)
}

func alone(p []float64) float64 {
	product := 1.0
	for _, x := range p {
		z := math.Abs(x - 0.5)
		product *= 1 + z/2 - z*z/2
	}
	return product
}

func together(p, q []float64) float64 {
	product := 1.0
	for k := range p {
		product *= 1 + math.Abs(p[k]-0.5)/2 + math.Abs(q[k]-0.5)/2 - math.Abs(p[k]-q[k])/2
	}
	return product
}
