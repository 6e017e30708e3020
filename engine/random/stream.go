package random

import (
	"math"
	"math/rand/v2"
)

// Stream is one component's source of random numbers. It is not safe for
// concurrent use: each goroutine takes its own from a Root.
type Stream struct{ r *rand.Rand }

// Uint64 returns 64 random bits.
func (s *Stream) Uint64() uint64 { return s.r.Uint64() }

// Float64 is uniform in [0, 1).
func (s *Stream) Float64() float64 { return s.r.Float64() }

// IntN is uniform in [0, n). It panics if n < 1.
func (s *Stream) IntN(n int) int { return s.r.IntN(n) }

// Shuffle permutes n items by swapping (Fisher-Yates).
func (s *Stream) Shuffle(n int, swap func(i, j int)) { s.r.Shuffle(n, swap) }

// Normal is Gaussian with the given mean and standard deviation.
func (s *Stream) Normal(mean, stddev float64) float64 {
	return mean + stddev*s.r.NormFloat64()
}

// redraws bounds the rejection loop of TruncNormal, as in AIPerf.
const redraws = 10_000

// TruncNormal is Normal redrawn until it lies in [lo, hi]. If the bounds are
// practically out of reach it gives up and returns the mean, clamped to them.
// It panics if lo > hi.
func (s *Stream) TruncNormal(mean, stddev, lo, hi float64) float64 {
	if !(lo <= hi) {
		panic("random: TruncNormal with lo > hi")
	}
	for range redraws {
		if v := s.Normal(mean, stddev); lo <= v && v <= hi {
			return v
		}
	}
	return max(lo, min(hi, mean))
}

// PositiveInt is AIPerf's length rule: a normal value redrawn until it is at
// least 0, rounded up, at least 1. With stddev <= 0 it draws nothing and
// returns the mean rounded half to even, at least 1.
func (s *Stream) PositiveInt(mean, stddev float64) int {
	if !(stddev > 0) {
		return max(1, int(math.RoundToEven(mean)))
	}
	return max(1, int(math.Ceil(s.TruncNormal(mean, stddev, 0, math.Inf(1)))))
}

// Exp is exponential with the given rate, so its mean is 1/rate.
// It panics unless rate > 0.
func (s *Stream) Exp(rate float64) float64 {
	if !(rate > 0) {
		panic("random: Exp needs a rate above 0")
	}
	return s.r.ExpFloat64() / rate
}

// Gamma has mean shape*scale and variance shape*scale². The method is that of
// Marsaglia and Tsang (2000); shapes below 1 use their boost by U^(1/shape).
// It panics unless both are above 0.
func (s *Stream) Gamma(shape, scale float64) float64 {
	if !(shape > 0) || !(scale > 0) {
		panic("random: Gamma needs a shape and a scale above 0")
	}
	if shape < 1 {
		// 1-U lies in (0, 1]: a U of 0 would make the logarithm infinite.
		return s.Gamma(shape+1, scale) * math.Exp(math.Log(1-s.Float64())/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := s.r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := 1 - s.Float64()
		if u < 1-0.0331*x*x*x*x || math.Log(u) < 0.5*x*x+d*(1-v+math.Log(v)) {
			return d * v * scale
		}
	}
}
