package app

import (
	"fmt"
	"math"
	"time"

	"tacho/engine"
	"tacho/engine/random"
	"tacho/engine/record"
	"tacho/engine/schedule"
	"tacho/profiles"
)

// defaultStopGrace is how long answers are awaited after the user's first stop
// when the profile does not say.
const defaultStopGrace = 30 * time.Second

// phasePlans turns the profile's phases into load; placeSessions completes those
// that need the dataset.
func phasePlans(p *profiles.Profile, root random.Root) ([]engine.PhasePlan, error) {
	var plans []engine.PhasePlan
	profiling := 0
	for i := range p.Phases {
		ph := &p.Phases[i]
		pp := engine.PhasePlan{
			Phase:    record.Phase{Name: ph.Name.V, Kind: record.PhaseKind(ph.Kind.V), Index: i, ProfilingIndex: -1},
			Requests: int64(limitOf(ph.Requests)), Sessions: int64(limitOf(ph.Sessions)), Prefill: limitOf(ph.PrefillConcurrency),
			ConcurrencyRamp: seconds(ph.ConcurrencyRamp.V.Seconds), PrefillRamp: seconds(ph.PrefillRamp.V.Seconds), Duration: seconds(ph.Duration.V), Concurrency: ph.Concurrency.V,
			Grace: grace(ph), Rate: ph.Rate.V, Seamless: ph.Seamless.V,
		}
		if pp.Kind == record.Profiling {
			pp.ProfilingIndex = profiling
			profiling++
			pp.CancelShare, pp.CancelAfter = ph.Cancellation.Rate.V/100, seconds(ph.Cancellation.Delay.V)
			if ph.FailedRequestThreshold.Set {
				pp.FailedThreshold = &ph.FailedRequestThreshold.V
			}
		}
		var err error
		pp.Arrivals, err = arrivals(ph, root, pp.Name)
		if err != nil {
			return nil, fmt.Errorf("phase %s: %w", pp.Name, err)
		}
		if ph.Type.V == profiles.LoadConcurrency {
			pp.Concurrency = max(pp.Concurrency, 1)
		}
		pp.Load = ph.Describe()
		plans = append(plans, pp)
	}
	return plans, nil
}

// requestLimit is the number of requests that a phase sends at most, as far as
// its limits say; 0 is unknown.
func requestLimit(p *profiles.Profile, ph *profiles.Phase) int64 {
	limit := 0
	if ph.Requests.Set {
		limit = ph.Requests.V
	}
	// A conversation of several turns makes it a guess: sessions bound no requests.
	if one := p.Dataset().Turns; p.Dataset().Type.V == profiles.DataSynthetic && one.Mean.V <= 1 && one.Stddev.V == 0 && ph.Sessions.Set && (limit == 0 || ph.Sessions.V < limit) {
		limit = ph.Sessions.V
	}
	return int64(limit)
}

// limitOf is the value of a limit, 0 when it was not set.
func limitOf(o profiles.Opt[int]) int {
	if !o.Set {
		return 0
	}
	return o.V
}

// grace is how long answers are awaited after the duration; negative is without
// limit. AIPerf waits without end after a warm-up that names no grace period.
func grace(ph *profiles.Phase) time.Duration {
	switch {
	case math.IsInf(ph.GracePeriod.V, 1), !ph.GracePeriod.Set && ph.Kind.V == profiles.KindWarmup:
		return -1
	}
	return seconds(ph.GracePeriod.V)
}

// arrivals is the phase's arrival process; nil is a load without one.
func arrivals(ph *profiles.Phase, root random.Root, phase string) (schedule.Arrivals, error) {
	mode := ph.Type.V
	switch {
	case mode == profiles.LoadUsers && ph.Kind.V == profiles.KindWarmup: // as AIPerf warms up
		mode = profiles.LoadPoisson
	case mode == profiles.LoadConcurrency, mode == profiles.LoadUsers, mode == profiles.LoadSchedule:
		return nil, nil
	}
	rate := ph.Rate.V
	if ph.RateSeries.Set {
		rate = 1 // the curve decides
	}
	// Each phase draws from streams of its own, named as AIPerf's.
	stream := func(id string) *random.Stream { return root.Stream(id + ":" + phase) }
	var r *schedule.Renewal
	var err error
	switch mode {
	case profiles.LoadConstant:
		r, err = schedule.Constant(rate)
	case profiles.LoadPoisson:
		r, err = schedule.Poisson(rate, stream("timing.request.poisson_interval"))
	case profiles.LoadGamma:
		shape := 1.0
		if ph.Smoothness.Set {
			shape = ph.Smoothness.V
		}
		r, err = schedule.Gamma(rate, shape, stream("timing.request.gamma_interval"))
	default:
		return nil, fmt.Errorf("there is no load type %q", mode)
	}
	if err != nil {
		return nil, err
	}
	var curve *schedule.Curve
	switch {
	case ph.RateSeries.Set:
		curve, err = seriesCurve(&ph.RateSeries.V, ph.RateRamp.V.Seconds)
	case ph.RateRamp.Set:
		curve, err = schedule.Ramp(rate, ph.RateRamp.V.Seconds)
	}
	if err != nil {
		return nil, err
	}
	if curve != nil {
		r.Follow(curve)
	}
	return r, nil
}

// seriesCurve is the curve of a series, behind a ramp of so many seconds to its
// first point.
func seriesCurve(s *profiles.Series, ramp float64) (*schedule.Curve, error) {
	var points []schedule.RatePoint
	if ramp > 0 {
		points = append(points, schedule.RatePoint{})
		if s.Points[0].AtSec > 0 {
			points = append(points, schedule.RatePoint{AtSec: ramp, PerSec: s.Points[0].PerSec})
		}
	}
	for _, p := range s.Points {
		points = append(points, schedule.RatePoint{AtSec: ramp + p.AtSec, PerSec: p.PerSec})
	}
	return schedule.NewCurve(points)
}

// stopGrace is how long answers are awaited after the user's first stop.
func stopGrace(p *profiles.Profile) time.Duration {
	if g := p.Profiling().GracePeriod; g.Set && !math.IsInf(g.V, 1) {
		return seconds(g.V)
	}
	return defaultStopGrace
}
