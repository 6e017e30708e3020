package schedule

import (
	"fmt"
	"math"
	"sync"
	"time"

	"tacho/engine/random"
)

// Renewal is an arrival process with independent gaps, whose rate may be changed
// while it runs. As in AIPerf, the first arrival comes one gap after the start
// and not at it. Times are computed from the last change of rate and the sum of
// unit gaps since, so that rounding never drifts.
type Renewal struct {
	unit func() float64 // a gap of mean 1

	mu      sync.Mutex
	rate    float64 // arrivals per second
	fromSec float64 // when the rate was set
	units   float64 // unit gaps since then
	atSec   float64 // the last arrival
	curve   *Curve  // nil: the rate is even
}

// Next returns the next due time.
func (r *Renewal) Next() (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.units += r.unit()
	if r.curve != nil {
		r.atSec = r.curve.At(r.units)
	} else {
		r.atSec = r.fromSec + r.units/r.rate
	}
	if r.atSec > float64(math.MaxInt64)/1e9 {
		return 0, false
	}
	return time.Duration(math.Round(r.atSec * 1e9)), true
}

// Rate is the mean number of arrivals per second now.
func (r *Renewal) Rate() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.curve != nil {
		return r.curve.Rate(r.atSec)
	}
	return r.rate
}

// Follows reports whether the rate is still that of a curve.
func (r *Renewal) Follows() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.curve != nil
}

// Follow makes the rate that of a curve, from the start on: arrivals keep their
// law in its operational time. It must come before the first Next.
func (r *Renewal) Follow(c *Curve) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.curve = c
}

// SetRate changes the rate from the last arrival given out on. It must be above
// 0 and finite. Any goroutine may call it.
func (r *Renewal) SetRate(perSec float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rate, r.fromSec, r.units, r.curve = perSec, r.atSec, 0, nil
}

// Constant yields one arrival every 1/ratePerSec seconds.
func Constant(ratePerSec float64) (*Renewal, error) {
	return newRenewal(ratePerSec, func() float64 { return 1 })
}

// Poisson yields arrivals with exponential gaps of mean 1/ratePerSec.
func Poisson(ratePerSec float64, rng *random.Stream) (*Renewal, error) {
	return newRenewal(ratePerSec, func() float64 { return rng.Exp(1) })
}

// Gamma yields arrivals with gamma gaps of mean 1/ratePerSec and the given
// shape: 1 is Poisson, below 1 bursty, above 1 regular (AIPerf: shape =
// smoothness, scale = 1/(rate*smoothness)).
func Gamma(ratePerSec, smoothness float64, rng *random.Stream) (*Renewal, error) {
	if !(smoothness > 0) || math.IsInf(smoothness, 1) {
		return nil, fmt.Errorf("arrival smoothness %v: must be above 0 and finite", smoothness)
	}
	return newRenewal(ratePerSec, func() float64 { return rng.Gamma(smoothness, 1/smoothness) })
}

func newRenewal(ratePerSec float64, unit func() float64) (*Renewal, error) {
	if !(ratePerSec > 0) || math.IsInf(ratePerSec, 1) {
		return nil, fmt.Errorf("request rate %v: must be above 0 and finite", ratePerSec)
	}
	return &Renewal{unit: unit, rate: ratePerSec}, nil
}
