package profiles

import (
	"errors"
	"strings"
)

func loadFields() []*Field {
	const kind = KindProfiling
	return []*Field{
		whole(Field{Flag: "concurrency", Group: groupLoad, Tier: 'A', Sweep: true, Phase: kind, Help: "Sessions in flight at once; 1 without a rate, no cap with one"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.Concurrency }), atLeast(1)),
		requestRate(),
		arrivalPattern("arrival-pattern", []string{"request-rate-mode"}, groupLoad, kind, "poisson",
			"Gaps between requests of a rate: exponential, gamma, or all equal; concurrency-burst with a rate means poisson"),
		number(Field{Flag: "arrival-smoothness", Aliases: []string{"vllm-burstiness"}, Group: groupLoad, Tier: 'A', Phase: kind,
			Help: "Shape of gamma gaps: below 1 in bursts, 1 as poisson, above 1 more even"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Smoothness }), finite, above(0.0)),
		whole(Field{Flag: "request-count", Aliases: []string{"num-requests"}, Group: groupLoad, Tier: 'A', Sweep: true, Phase: kind,
			Help: "Stop after this many requests; 10 if nothing else says when to stop"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.Requests }), atLeast(1)),
		seconds(Field{Flag: "benchmark-duration", Group: groupLoad, Tier: 'A', Sweep: true, Phase: kind, Help: "Stop sending after this time; 90, 90s, 5m and 2h are understood"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Duration }), finite, above(0.0)),
		grace("benchmark-grace-period", groupLoad, kind, "30.0", "After the duration, wait this long for answers, then cancel; inf waits for all"),
		whole(Field{Flag: "prefill-concurrency", Group: groupLoad, Tier: 'A', Sweep: true, Phase: kind,
			Help: "Requests that may wait for their first token at once"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.PrefillConcurrency }), atLeast(1)),
		ramp(Field{Flag: "concurrency-ramp-duration", Group: groupLoad, Tier: 'A', Phase: kind, Help: "Raise the concurrency from 1 to its value over this time"},
			in(kind, func(ph *Phase) *Opt[Ramp] { return &ph.ConcurrencyRamp })),
		ramp(Field{Flag: "prefill-concurrency-ramp-duration", Group: groupLoad, Tier: 'B', Phase: kind, Help: "The same for the prefill concurrency"},
			in(kind, func(ph *Phase) *Opt[Ramp] { return &ph.PrefillRamp })),
		ramp(Field{Flag: "request-rate-ramp-duration", Group: groupLoad, Tier: 'A', Phase: kind, Help: "Raise the rate from 0 to its value over this time"},
			in(kind, func(ph *Phase) *Opt[Ramp] { return &ph.RateRamp })),
		seriesField(),
		number(Field{Flag: "failed-request-threshold", Group: groupLoad, Tier: 'B', Phase: kind, Unit: "share, 0 to 1",
			Help: "Give up when a larger share of requests has failed, once the larger of 10 and the concurrency is done"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.FailedRequestThreshold }), finite, atLeast(0.0), atMost(1.0)),
	}
}

func warmupFields() []*Field {
	const kind = KindWarmup
	return []*Field{
		whole(Field{Flag: "warmup-request-count", Aliases: []string{"num-warmup-requests"}, Group: groupWarmup, Tier: 'A', Phase: kind, Help: "Warm up with this many requests"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.Requests }), atLeast(1)),
		seconds(Field{Flag: "warmup-duration", Group: groupWarmup, Tier: 'A', Phase: kind, Help: "Warm up for this time"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Duration }), finite, above(0.0)),
		whole(Field{Flag: "num-warmup-sessions", Group: groupWarmup, Tier: 'A', Phase: kind, Help: "Warm up with this many sessions"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.Sessions }), atLeast(1)),
		whole(Field{Flag: "warmup-concurrency", Group: groupWarmup, Tier: 'A', Phase: kind, Help: "Concurrency of the warm-up; else that of the run"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.Concurrency }), atLeast(1)),
		whole(Field{Flag: "warmup-prefill-concurrency", Group: groupWarmup, Tier: 'B', Phase: kind,
			Help: "Prefill limit of the warm-up; else that of the run"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.PrefillConcurrency }), atLeast(1)),
		number(Field{Flag: "warmup-request-rate", Group: groupWarmup, Tier: 'B', Phase: kind, Unit: "req/s", Help: "Rate of the warm-up; else that of the run"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Rate }), finite, above(0.0)),
		arrivalPattern("warmup-arrival-pattern", nil, groupWarmup, kind, "", "Gaps between requests of the warm-up; else those of the run"),
		ramp(Field{Flag: "warmup-concurrency-ramp-duration", Group: groupWarmup, Tier: 'C', Phase: kind, Help: "Ramp of the warm-up's concurrency; else that of the run"},
			in(kind, func(ph *Phase) *Opt[Ramp] { return &ph.ConcurrencyRamp })),
		ramp(Field{Flag: "warmup-prefill-concurrency-ramp-duration", Group: groupWarmup, Tier: 'C', Phase: kind, Help: "Ramp of the warm-up's prefill limit; else that of the run"},
			in(kind, func(ph *Phase) *Opt[Ramp] { return &ph.PrefillRamp })),
		ramp(Field{Flag: "warmup-request-rate-ramp-duration", Group: groupWarmup, Tier: 'C', Phase: kind, Help: "Ramp of the warm-up's rate; else that of the run"},
			in(kind, func(ph *Phase) *Opt[Ramp] { return &ph.RateRamp })),
		grace("warmup-grace-period", groupWarmup, kind, "", "After --warmup-duration, wait this long for answers; without it, for all"),
	}
}

// requestRate is the rate of requests; that of users is another option's.
func requestRate() *Field {
	f := number(Field{Flag: "request-rate", Group: groupLoad, Tier: 'A', Sweep: true, Phase: KindProfiling, Unit: "req/s", Help: "Requests sent per second, every turn counted"},
		in(KindProfiling, func(ph *Phase) *Opt[float64] { return &ph.Rate }), finite, above(0.0))
	f.bind.isSet = func(p *Profile) bool { ph := p.Profiling(); return ph.Rate.Set && ph.Type.V != LoadUsers }
	f.bind.values = func(p *Profile) []string {
		if p.Profiling().Type.V == LoadUsers {
			return nil
		}
		return []string{show(p.Profiling().Rate.tree())}
	}
	return f
}

func grace(flag, group, kind, def, help string) *Field {
	tier := byte('A')
	if kind == KindWarmup {
		tier = 'B'
	}
	return scalar(Field{Flag: flag, Group: group, Tier: tier, Phase: kind, Type: typeSeconds, Unit: "s", Default: def, Help: help},
		in(kind, func(ph *Phase) *Opt[float64] { return &ph.GracePeriod }), readGrace, notNaN, atLeast(0.0))
}

// arrivalPattern owns the load mode of a phase. As an option it is a wish that
// counts once a rate is known; a file names the mode outright.
func arrivalPattern(flag string, aliases []string, group, kind, def, help string) *Field {
	tier := byte('A')
	if kind == KindWarmup {
		tier = 'B'
	}
	f := &Field{Flag: flag, Aliases: aliases, Group: group, Tier: tier, Phase: kind, Type: typeChoice, Default: def, Help: help,
		Choices: []string{"concurrency-burst", "constant", "gamma", "poisson"}}
	f.bind = binding{
		leaves: func(p *Profile) []leaf { return []leaf{&p.phase(kind).Type} },
		set: func(p *Profile, args []string) error {
			s, err := pick(args[len(args)-1], f.Choices, asTyped)
			if err == nil {
				p.phase(kind).pattern.Put(s)
			}
			return err
		},
		values: func(p *Profile) []string {
			switch ph := p.phase(kind); {
			case ph.pattern.Set:
				return []string{ph.pattern.V}
			case loadOf(ph.Type.V) == ph.Type.V:
				return []string{ph.Type.V}
			}
			return nil
		},
		check: checkLoadMode,
	}
	return f
}

var loadModes = []string{LoadConcurrency, LoadPoisson, LoadGamma, LoadConstant, LoadUsers, LoadSchedule}

func checkLoadMode(l leaf) error {
	o := l.(*Opt[string])
	o.V = strings.ReplaceAll(norm(o.V), "-", "_")
	switch o.V {
	case LoadConcurrency, LoadPoisson, LoadGamma, LoadConstant, LoadUsers, LoadSchedule:
		return nil
	}
	return errors.New("must be one of " + strings.Join(loadModes, ", ") + didYouMean(o.V, loadModes))
}

func cancellationFields() []*Field {
	const kind = KindProfiling
	return []*Field{
		number(Field{Flag: "request-cancellation-rate", Group: groupCancel, Tier: 'B', Phase: kind, Unit: "%", Help: "Percentage of requests to hang up on"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Cancellation.Rate }), finite, above(0.0), atMost(100.0)),
		seconds(Field{Flag: "request-cancellation-delay", Group: groupCancel, Tier: 'B', Phase: kind, Default: "0.0", Help: "Time between the end of sending and hanging up"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Cancellation.Delay }), finite, atLeast(0.0)),
	}
}
