package profiles

// defaultRequests is how many requests a run sends when nothing says when to
// stop, whatever the concurrency.
const defaultRequests = 10

// flagGrace is --benchmark-grace-period when only a duration is typed. A file
// that gives a duration without gracePeriod means 0.
const flagGrace = 30

// resolve derives what follows from the settings made: load modes, stop
// conditions, the size of the dataset and the values that are always written.
func resolve(p *Profile, o *Origins, env Env) {
	if p.Endpoint.Template.Body.Set && !p.Endpoint.Type.Set {
		p.Endpoint.Type.Put("template")
	}
	settleContentType(p, o)
	prof := p.Profiling()
	settleKind(p, o)
	meansWin(p, o)
	settleMedia(p, o)
	switch {
	case o.flag("fixed-schedule") && prof.fixed.V:
		prof.Type.Put(LoadSchedule)
	case o.flag("user-centric-rate"):
		prof.Type.Put(LoadUsers)
	default:
		resolveLoad(prof, o.flag("request-rate") || o.flag("request-rate-series") || o.flag("arrival-pattern") || o.flag("arrival-smoothness") ||
			prof.Type.V == LoadSchedule && prof.unfixed.V)
	}
	settleSchedule(p, o, env)
	if prof.Type.V == LoadSchedule && prof.StartOffset.Set && !prof.AutoOffset.Set {
		prof.AutoOffset.Put(false)
	}
	resolveWarmup(p, o)
	resolveEntries(p, o)
	if !prof.Requests.Set && !prof.Duration.Set && !prof.Sessions.Set && prof.Type.V != LoadSchedule {
		prof.Requests.Put(defaultRequests)
	}
	if prof.Duration.Set && !prof.GracePeriod.Set && o.flag("benchmark-duration") {
		prof.GracePeriod.Put(flagGrace)
	}
	for i := range p.Phases {
		effective(&p.Phases[i])
	}
	alwaysWritten(p, env)
}

// paced reports whether the phase sends at a rate, even or along a series.
func (ph *Phase) paced() bool { return ph.Rate.Set || ph.RateSeries.Set }

// resolveLoad turns rate, pattern and smoothness into a load mode. Unless an
// option touched them, the mode of the file stands.
func resolveLoad(ph *Phase, touched bool) {
	if ph.Type.Set && !touched {
		return
	}
	was := ph.Type
	switch {
	case !ph.paced():
		ph.Type.Put(LoadConcurrency)
	case ph.pattern.Set:
		ph.Type.Put(loadOf(ph.pattern.V))
	case was.Set && loadOf(was.V) == was.V:
	case ph.Smoothness.Set:
		ph.Type.Put(LoadGamma)
	default:
		ph.Type.Put(LoadPoisson)
	}
}

// loadOf maps a pattern to the load mode of a rate; AIPerf runs
// concurrency-burst with a rate as poisson.
func loadOf(pattern string) string {
	switch pattern {
	case LoadConstant, LoadGamma:
		return pattern
	}
	return LoadPoisson
}

// resolveWarmup completes the warm-up phase from the measured one, or drops it
// when none of its three triggers was given.
func resolveWarmup(p *Profile, o *Origins) {
	w := p.Warmup()
	if w == nil {
		return
	}
	prof := p.Profiling()
	if !w.fromFile && !w.Requests.Set && !w.Duration.Set && !w.Sessions.Set {
		for _, f := range Fields {
			if f.Phase == KindWarmup && f.Flag != "warmup-grace-period" && o.Of(f) == FromFlag {
				o.notice("%s has no effect: a warm-up needs --warmup-request-count, --warmup-duration or --num-warmup-sessions", o.flags[f])
			}
		}
		p.dropWarmup()
		return
	}
	if w.fromFile {
		resolveLoad(w, o.flag("warmup-request-rate") || o.flag("warmup-arrival-pattern"))
		return
	}
	if !w.Rate.Set && prof.Type.V != LoadUsers {
		w.Rate = prof.Rate
	}
	if !w.Concurrency.Set {
		w.Concurrency = prof.Concurrency
		if o.swept["phases.profiling.concurrency"] { // the same warm-up in each cell
			w.Concurrency.Put(1)
		}
	}
	if !w.PrefillConcurrency.Set {
		w.PrefillConcurrency = prof.PrefillConcurrency
	}
	switch {
	case !w.paced():
		w.Type.Put(LoadConcurrency)
		if !w.Concurrency.Set {
			w.Concurrency.Put(1)
		}
	case w.pattern.Set:
		w.Type.Put(loadOf(w.pattern.V))
	default:
		w.Type.Put(loadOf(prof.Type.V))
	}
	if w.Type.V == LoadGamma && prof.Smoothness.Set {
		w.Smoothness = prof.Smoothness
	}
	if !w.ConcurrencyRamp.Set && w.Concurrency.Set {
		w.ConcurrencyRamp = prof.ConcurrencyRamp
	}
	if !w.PrefillRamp.Set && w.PrefillConcurrency.Set {
		w.PrefillRamp = prof.PrefillRamp
	}
	if !w.RateRamp.Set && w.Rate.Set {
		w.RateRamp = prof.RateRamp
	}
	if prof.FailedRequestThreshold.Set {
		w.FailedRequestThreshold = prof.FailedRequestThreshold
	}
}

func (p *Profile) dropWarmup() {
	kept := p.Phases[:0]
	for _, ph := range p.Phases {
		if ph.Kind.V != KindWarmup {
			kept = append(kept, ph)
		}
	}
	p.Phases = kept
}

// resolveEntries lets the number of sessions or requests size the dataset:
// entries, else sessions, else requests, else the default.
func resolveEntries(p *Profile, o *Origins) {
	d, prof := p.Dataset(), p.Profiling()
	switch {
	case d.Entries.Set:
	case o.flag("conversation-num"):
		d.Entries.Put(o.most("phases.profiling.sessions", prof.Sessions.V))
	case o.flag("request-count"):
		d.Entries.Put(o.most("phases.profiling.requests", prof.Requests.V))
	}
}

// alwaysWritten marks the values that AIPerf writes down in every run.
func alwaysWritten(p *Profile, env Env) {
	mark := func(set *bool) { *set = true }
	mark(&p.Endpoint.URLs.Set)
	if d := p.Dataset(); d.Type.V == DataSynthetic && !d.Prompts.ISL.Form.V.mixed() && !p.textless() {
		mark(&d.Prompts.ISL.Mean.Set)
	}
	for _, d := range []*Dist{&p.Dataset().Turns, &p.Dataset().TurnDelay} {
		if (d.Mean.Set || d.Stddev.Set) && !d.value && !d.Form.Set {
			d.Mean.Set, d.Stddev.Set = true, true
		}
	}
	mark(&p.Artifacts.AutoPlot.Set)
	mark(&p.Artifacts.PlotRequired.Set)
	mark(&p.NetworkLatency.Enabled.Set)
	if !p.GPUTelemetry.Enabled.Set {
		p.GPUTelemetry.Enabled.Put(true)
	}
	if !p.ServerMetrics.Enabled.Set {
		p.ServerMetrics.Enabled.Put(true)
	}
	if p.ServerMetrics.Enabled.V {
		if !p.ServerMetrics.URLs.Set {
			p.ServerMetrics.URLs.Put([]string{})
		}
		mark(&p.ServerMetrics.Formats.Set)
	}
}
