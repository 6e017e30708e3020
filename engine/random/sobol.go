package random

import "math/bits"

const sobolBits = 30 // of a coordinate

// sobolTable has, for each dimension after the first, the primitive polynomial and the first
// direction numbers of Joe and Kuo (2008, new-joe-kuo-6.21201), which SciPy uses too.
var sobolTable = []struct {
	poly  uint32
	first []uint32
}{
	{3, []uint32{1}}, {7, []uint32{1, 3}}, {11, []uint32{1, 3, 1}}, {13, []uint32{1, 1, 1}}, {19, []uint32{1, 1, 3, 3}}, {25, []uint32{1, 3, 5, 13}},
	{37, []uint32{1, 1, 5, 5, 17}}, {41, []uint32{1, 1, 5, 5, 5}}, {47, []uint32{1, 1, 7, 11, 19}}, {55, []uint32{1, 1, 5, 1, 1}}, {59, []uint32{1, 1, 1, 3, 11}},
}

// SobolDims is the largest number of dimensions of [Sobol].
var SobolDims = len(sobolTable) + 1

// Sobol returns the first n points of a Sobol sequence, each coordinate in [0, 1): a set that fills
// the cube more evenly than chance does. A stream scrambles it (a random linear map of the bits and
// a shift, after Matoušek); with none the points are SciPy's unscrambled ones, the origin first. It
// panics if dims is not in 1..SobolDims.
func Sobol(dims, n int, scramble *Stream) [][]float64 {
	if dims < 1 || dims > SobolDims {
		panic("random: Sobol with a number of dimensions out of range")
	}
	points := make([][]float64, n)
	for i := range points {
		points[i] = make([]float64, dims)
	}
	for d := range dims {
		v := directions(d)
		var x uint32
		if scramble != nil {
			mix(&v, scramble)
			x = uint32(scramble.Uint64() >> (64 - sobolBits))
		}
		for i := range points {
			points[i][d] = float64(x) / (1 << sobolBits)
			x ^= v[bits.TrailingZeros32(^uint32(i))]
		}
	}
	return points
}

// directions are the direction numbers of a dimension, the highest bit first.
func directions(d int) (v [sobolBits]uint32) {
	for j := range v {
		v[j] = 1
	}
	if d > 0 {
		t := sobolTable[d-1]
		m := len(t.first)
		copy(v[:], t.first)
		for j := m; j < sobolBits; j++ {
			x := v[j-m]
			for k := range m {
				if t.poly>>(m-1-k)&1 == 1 {
					x ^= v[j-k-1] << (k + 1)
				}
			}
			v[j] = x
		}
	}
	for j := range v {
		v[j] <<= sobolBits - 1 - j
	}
	return v
}

// mix multiplies the bits of direction numbers with a random matrix that is lower triangular and
// has ones on its diagonal, so that each power of two points stays as evenly spread as it was.
func mix(v *[sobolBits]uint32, s *Stream) {
	var rows [sobolBits]uint32
	for r := range rows {
		bit := uint32(1) << (sobolBits - 1 - r)
		above := ^(bit - 1) & (1<<sobolBits - 1) // the bits from the highest to this one
		rows[r] = uint32(s.Uint64())&above | bit
	}
	for j, x := range v {
		var y uint32
		for r, row := range rows {
			y |= uint32(bits.OnesCount32(row&x)&1) << (sobolBits - 1 - r)
		}
		v[j] = y
	}
}
