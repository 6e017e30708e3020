package profiles

import (
	"math"
	"strings"
)

// rules checks settings against each other and against what the caller knows.
func rules(p *Profile, o *Origins, env Env) Problems {
	c := checker{p: p, o: o}
	if len(p.Models.Items) == 0 && !o.bad("model") {
		c.problems = append(c.problems, Problem{Kind: MissingModel, Where: "--model", Rule: "is missing: name the model to ask for"})
	}
	c.weights()
	c.endpoint()
	if p.Endpoint.PerChunkUsage.V && !p.Endpoint.UseServerTokenCount.V {
		c.conflict("per-chunk-usage", "requires --use-server-token-count", "use-server-token-count")
	}
	c.dataset()
	c.distsFit()
	c.lengths()
	c.prefixes()
	c.media()
	c.load()
	c.plots()
	c.warmup()
	for i := range p.Phases {
		c.phase(&p.Phases[i])
		c.schedule(&p.Phases[i])
	}
	c.window()
	if len(p.Phases) > 0 && p.Phases[0].Seamless.V {
		c.problems = append(c.problems, Problem{Kind: Conflict, File: o.File, Where: "phases." + p.Phases[0].Name.V + ".seamless", Rule: "is for a phase after another; this is the first"})
	}
	if o.flag("no-gpu-telemetry") && o.flag("gpu-telemetry") {
		c.conflict("no-gpu-telemetry", "cannot be used together with --gpu-telemetry")
	}
	if o.flag("no-server-metrics") && o.flag("server-metrics") {
		c.conflict("no-server-metrics", "cannot be used together with --server-metrics")
	}
	c.network()
	if p.Artifacts.ExportOutputsJSON.V && CleanPrefix(p.Artifacts.Prefix.V) == "outputs" {
		c.add(Conflict, "profile-export-prefix", p.Artifacts.Prefix.V, "would overwrite outputs.json, which --export-outputs-json writes; choose another name")
	}
	c.goodput(env)
	c.multirun()
	return c.problems
}

// network checks the settings of the round trip against each other.
func (c *checker) network() {
	n := &c.p.NetworkLatency
	if n.MeanMS.Set && (c.o.flag("network-latency-automatic") || n.PingInterval.Set) {
		c.conflict("network-latency-mean", "is a round trip that is known: it goes neither with --network-latency-automatic nor with --network-latency-ping-interval", "network-latency-automatic", "network-latency-ping-interval")
	} else if n.PingInterval.Set && !n.Enabled.V {
		c.conflict("network-latency-ping-interval", "needs --network-latency-automatic", "network-latency-automatic")
	}
}

// checker gathers what breaks a rule.
type checker struct {
	p        *Profile
	o        *Origins
	problems Problems
}

// add reports a setting, named by its option without dashes.
func (c *checker) add(kind Kind, name, value, rule string) {
	p := Problem{Kind: kind, Where: c.o.where(name), Value: value, Rule: rule}
	if !strings.HasPrefix(p.Where, "-") {
		p.File = c.o.File
	}
	c.problems = append(c.problems, p)
}

// conflict reports that a setting does not go with others, unless one of them
// has a problem of its own.
func (c *checker) conflict(name, rule string, others ...string) {
	if !c.o.bad(others...) {
		c.add(Conflict, name, "", rule)
	}
}

// inPhase reports a setting of a phase: by its option for the two phases that
// options make, else by its place in the file.
func (c *checker) inPhase(ph *Phase, profiling, warmup, key, rule string, others ...string) {
	switch ph {
	case c.p.find(KindProfiling):
		c.conflict(profiling, rule, others...)
	case c.p.find(KindWarmup):
		c.conflict(warmup, rule, others...)
	default:
		c.problems = append(c.problems, Problem{Kind: Conflict, File: c.o.File, Where: "phases." + ph.Name.V + "." + key, Rule: rule})
	}
}

func (c *checker) weights() {
	if c.p.Models.Strategy.V != "weighted" || len(c.p.Models.Items) == 0 {
		return
	}
	sum := 0.0
	for _, it := range c.p.Models.Items {
		if !it.Weight.Set {
			c.conflict("model-selection-strategy", "weighted needs a weight for every model, which only a config file can give")
			return
		}
		sum += it.Weight.V
	}
	if math.Abs(sum-1) > 0.01 {
		c.conflict("model-selection-strategy", "the weights of the models must add up to 1, not "+trimFloat(sum))
	}
}

// plots tells what has no effect.
func (c *checker) plots() {
	if a := &c.p.Artifacts; a.PlotRequired.V && !a.AutoPlot.V {
		c.o.notice("%s has no effect without --auto-plot", c.o.where("plot-required"))
	}
}

// load checks what only options can get wrong, and tells what has no effect.
func (c *checker) load() {
	prof := c.p.Profiling()
	if c.o.flag("user-centric-rate") && c.o.flag("request-rate") {
		c.conflict("user-centric-rate", "cannot be used together with --request-rate", "request-rate", "user-centric-rate")
	}
	if prof.Cancellation.Delay.Set && !prof.Cancellation.Rate.Set {
		c.conflict("request-cancellation-delay", "requires --request-cancellation-rate", "request-cancellation-rate")
	}
	if !prof.pattern.Set {
		return
	}
	burst := prof.pattern.V == "concurrency-burst"
	switch {
	case !prof.paced() && !burst:
		c.o.notice("%s has no effect without --request-rate", c.o.where("arrival-pattern"))
	case prof.paced() && burst:
		c.o.notice("%s concurrency-burst with a rate runs as poisson, as in AIPerf", c.o.where("arrival-pattern"))
	}
}

func (c *checker) warmup() {
	w := c.p.Warmup()
	if w == nil {
		if c.o.flag("warmup-grace-period") {
			c.conflict("warmup-grace-period", "requires --warmup-duration", "warmup-duration")
		}
		return
	}
	if !w.Requests.Set && !w.Duration.Set && !w.Sessions.Set {
		c.inPhase(w, "warmup-request-count", "warmup-request-count", "requests", "is missing: a warm-up needs requests, duration or sessions",
			"warmup-request-count", "warmup-duration", "num-warmup-sessions")
	}
}

// phase checks one phase.
func (c *checker) phase(ph *Phase) {
	if ph.GracePeriod.Set && !ph.Duration.Set {
		c.inPhase(ph, "benchmark-grace-period", "warmup-grace-period", "grace_period",
			"requires "+map[string]string{KindWarmup: "--warmup-duration", KindProfiling: "--benchmark-duration"}[ph.Kind.V],
			"warmup-duration", "benchmark-duration")
	}
	if ph.Smoothness.Set && ph.Type.V != LoadGamma {
		rule := "goes with gamma gaps only; use --arrival-pattern gamma or leave the pattern out"
		if !ph.paced() {
			rule = "requires --request-rate"
		}
		c.inPhase(ph, "arrival-smoothness", "arrival-smoothness", "smoothness", rule, "request-rate", "arrival-pattern")
	}
	switch open := ph.Type.V != LoadConcurrency; {
	case ph.Type.V == LoadSchedule:
	case open && !ph.paced():
		c.inPhase(ph, "request-rate", "warmup-request-rate", "rate", "is missing: load mode "+ph.Type.V+" needs a rate", "request-rate", "warmup-request-rate")
	case !open && ph.paced():
		c.inPhase(ph, "request-rate", "warmup-request-rate", "rate", "does not go with load mode concurrency; use poisson, gamma or constant")
	}
	if ph.Rate.Set && ph.RateSeries.Set {
		c.inPhase(ph, "request-rate-series", "request-rate-series", "rate_series", "does not go with --request-rate: the series holds the rates", "request-rate")
	}
	if ph.RateRamp.Set && !ph.paced() {
		c.inPhase(ph, "request-rate-ramp-duration", "request-rate-ramp-duration", "rate_ramp", "requires --request-rate", "request-rate")
	}
	c.ramps(ph)
	if ph.ConcurrencyRamp.Set && ph.Type.V != LoadConcurrency && !ph.Concurrency.Set {
		c.inPhase(ph, "concurrency-ramp-duration", "concurrency-ramp-duration", "concurrency_ramp", "requires --concurrency: at a rate there is no limit to raise", "concurrency")
	}
	if ph.PrefillRamp.Set && !ph.PrefillConcurrency.Set {
		// AIPerf takes it and does nothing with it, and so do files written for it.
		c.o.notice("the ramp of prefills has nothing to raise without --prefill-concurrency")
	}
	if ph.PrefillConcurrency.Set {
		if !c.p.Endpoint.Streaming.V {
			c.inPhase(ph, "prefill-concurrency", "warmup-prefill-concurrency", "prefill_concurrency", "requires --streaming, for it ends at the first token", "streaming")
		}
		if ph.Concurrency.Set && ph.PrefillConcurrency.V > ph.Concurrency.V {
			c.inPhase(ph, "prefill-concurrency", "warmup-prefill-concurrency", "prefill_concurrency", "must not be above the concurrency", "concurrency")
		}
	}
}

func (c *checker) goodput(env Env) {
	if env.Metrics == nil {
		return
	}
	for _, s := range c.p.SLOs.V {
		if env.Metrics.Lookup(s.Tag) {
			continue
		}
		rule := "is not a metric that each request has"
		if near := env.Metrics.Nearest(s.Tag); near != "" {
			rule += "; did you mean " + near + "?"
		}
		c.add(Unknown, "goodput", s.Tag, rule)
	}
}
