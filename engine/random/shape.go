package random

import (
	"encoding/binary"
	"math"
)

// Between is uniform over the whole numbers lo..hi, both included. It panics
// if hi < lo.
func (s *Stream) Between(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

// LogNormal is log-normal with the given mean and median: its logarithm is
// normal about log(median) with variance 2·log(mean/median). It panics unless
// 0 < median <= mean; with the two equal it draws nothing and returns them.
func (s *Stream) LogNormal(mean, median float64) float64 {
	if !(median > 0) || !(median <= mean) {
		panic("random: LogNormal needs 0 < median <= mean")
	}
	if median == mean {
		return mean
	}
	return math.Exp(s.Normal(math.Log(median), math.Sqrt(2*math.Log(mean/median))))
}

// Pick returns an index of weights, each with a probability proportional to
// its weight. It panics if there is none above 0.
func (s *Stream) Pick(weights []float64) int {
	total, last := 0.0, -1
	for i, w := range weights {
		if w > 0 {
			total, last = total+w, i
		}
	}
	if last < 0 {
		panic("random: Pick needs a weight above 0")
	}
	at := s.Float64() * total
	for i, w := range weights[:last] {
		if w > 0 {
			if at -= w; at < 0 {
				return i
			}
		}
	}
	return last // also where rounding left a rest
}

// Fill sets every byte of b at random.
func (s *Stream) Fill(b []byte) {
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, s.Uint64())
		b = b[8:]
	}
	if len(b) > 0 {
		var rest [8]byte
		binary.LittleEndian.PutUint64(rest[:], s.Uint64())
		copy(b, rest[:])
	}
}
