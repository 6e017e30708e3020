package schedule

import (
	"fmt"
	"math"
	"time"

	"tacho/engine/random"
)

// renewal is an arrival process with independent gaps. As in AIPerf, the first
// arrival comes one gap after the start and not at it.
type renewal struct {
	atSec float64
	gap   func() float64 // seconds
}

func (r *renewal) Next() (time.Duration, bool) {
	r.atSec += r.gap()
	if r.atSec > float64(math.MaxInt64)/1e9 {
		return 0, false
	}
	return time.Duration(math.Round(r.atSec * 1e9)), true
}

// Constant yields one arrival every 1/ratePerSec seconds. Times are computed
// from the count, not summed, so that rounding never drifts.
func Constant(ratePerSec float64) (Arrivals, error) {
	if err := checkRate(ratePerSec); err != nil {
		return nil, err
	}
	return &constant{rate: ratePerSec}, nil
}

type constant struct {
	rate float64
	n    int64
}

func (c *constant) Next() (time.Duration, bool) {
	c.n++
	at := float64(c.n) / c.rate
	if at > float64(math.MaxInt64)/1e9 {
		return 0, false
	}
	return time.Duration(math.Round(at * 1e9)), true
}

// Poisson yields arrivals with exponential gaps of mean 1/ratePerSec.
func Poisson(ratePerSec float64, rng *random.Stream) (Arrivals, error) {
	if err := checkRate(ratePerSec); err != nil {
		return nil, err
	}
	return &renewal{gap: func() float64 { return rng.Exp(ratePerSec) }}, nil
}

// Gamma yields arrivals with gamma gaps of mean 1/ratePerSec and the given
// shape: 1 is Poisson, below 1 bursty, above 1 regular (AIPerf: shape =
// smoothness, scale = 1/(rate*smoothness)).
func Gamma(ratePerSec, smoothness float64, rng *random.Stream) (Arrivals, error) {
	if err := checkRate(ratePerSec); err != nil {
		return nil, err
	}
	if !(smoothness > 0) || math.IsInf(smoothness, 1) {
		return nil, fmt.Errorf("arrival smoothness %v: must be above 0 and finite", smoothness)
	}
	scale := 1 / (ratePerSec * smoothness)
	return &renewal{gap: func() float64 { return rng.Gamma(smoothness, scale) }}, nil
}

func checkRate(ratePerSec float64) error {
	if !(ratePerSec > 0) || math.IsInf(ratePerSec, 1) {
		return fmt.Errorf("request rate %v: must be above 0 and finite", ratePerSec)
	}
	return nil
}
