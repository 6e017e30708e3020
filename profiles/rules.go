package profiles

import (
	"math"
	"strings"
)

// rules checks settings against each other and against what the caller knows.
func rules(p *Profile, o *Origins, env Env) (problems Problems) {
	add := func(kind Kind, name, value, rule string) {
		problems = append(problems, Problem{Kind: kind, Where: o.where(name), Value: value, Rule: rule})
	}
	conflict := func(name, rule string) { add(Conflict, name, "", rule) }

	e, prof := &p.Endpoint, p.Profiling()
	if len(p.Models.Items) == 0 {
		problems = append(problems, Problem{Kind: MissingModel, Where: "--model", Rule: "is missing: name the model to ask for"})
	}
	weights(p, conflict)
	if env.Endpoint != nil && !env.Endpoint(e.Type.V) {
		add(Unsupported, "endpoint-type", e.Type.V, "is not built yet; "+supported(env))
	}
	if e.PerChunkUsage.V && !e.UseServerTokenCount.V {
		conflict("per-chunk-usage", "requires --use-server-token-count")
	}
	load(p, o, conflict)
	warmup(p, o, conflict)
	if prof.Cancellation.Delay.Set && !prof.Cancellation.Rate.Set {
		conflict("request-cancellation-delay", "requires --request-cancellation-rate")
	}
	if o.flag("no-gpu-telemetry") && o.flag("gpu-telemetry") {
		conflict("no-gpu-telemetry", "cannot be used together with --gpu-telemetry")
	}
	if o.flag("no-server-metrics") && o.flag("server-metrics") {
		conflict("no-server-metrics", "cannot be used together with --server-metrics")
	}
	if p.Artifacts.ExportOutputsJSON.V && CleanPrefix(p.Artifacts.Prefix.V) == "outputs" {
		add(Conflict, "profile-export-prefix", p.Artifacts.Prefix.V, "would overwrite outputs.json, which --export-outputs-json writes; choose another name")
	}
	return append(problems, goodputTags(p, o, env)...)
}

func supported(env Env) string {
	var names []string
	for _, c := range Lookup("--endpoint-type").Choices {
		if env.Endpoint(strings.ReplaceAll(c, "-", "_")) {
			names = append(names, c)
		}
	}
	return "there are " + strings.Join(names, ", ")
}

func weights(p *Profile, conflict func(name, rule string)) {
	if p.Models.Strategy.V != "weighted" || len(p.Models.Items) == 0 {
		return
	}
	sum := 0.0
	for _, it := range p.Models.Items {
		if !it.Weight.Set {
			conflict("model-selection-strategy", "weighted needs a weight for every model, which only a config file can give")
			return
		}
		sum += it.Weight.V
	}
	if math.Abs(sum-1) > 0.01 {
		conflict("model-selection-strategy", "the weights of the models must add up to 1, not "+trimFloat(sum))
	}
}

func load(p *Profile, o *Origins, conflict func(name, rule string)) {
	prof := p.Profiling()
	if prof.GracePeriod.Set && !prof.Duration.Set {
		conflict("benchmark-grace-period", "requires --benchmark-duration")
	}
	if prof.Smoothness.Set && prof.Type.V != LoadGamma {
		if prof.Rate.Set {
			conflict("arrival-smoothness", "goes with gamma gaps only; use --arrival-pattern gamma or leave the pattern out")
		} else {
			conflict("arrival-smoothness", "requires --request-rate")
		}
	}
	if prof.Type.V != LoadConcurrency && !prof.Rate.Set {
		conflict("request-rate", "is missing: load mode "+prof.Type.V+" needs a rate")
	}
	if prof.Type.V == LoadConcurrency && prof.Rate.Set {
		conflict("request-rate", "does not go with load mode concurrency; use poisson, gamma or constant")
	}
	if prof.pattern.Set && !prof.Rate.Set && norm(prof.pattern.V) != "concurrency-burst" {
		o.notice("%s has no effect without --request-rate", o.where("arrival-pattern"))
	}
	if prof.pattern.Set && prof.Rate.Set && prof.pattern.V == "concurrency-burst" {
		o.notice("%s concurrency-burst with a rate runs as poisson, as in AIPerf", o.where("arrival-pattern"))
	}
	prefill("prefill-concurrency", prof, p, conflict)
	if w := p.Warmup(); w != nil {
		prefill("warmup-prefill-concurrency", w, p, conflict)
	}
}

func prefill(name string, ph *Phase, p *Profile, conflict func(name, rule string)) {
	if !ph.PrefillConcurrency.Set {
		return
	}
	if !p.Endpoint.Streaming.V {
		conflict(name, "requires --streaming, for it ends at the first token")
	}
	if ph.Concurrency.Set && ph.PrefillConcurrency.V > ph.Concurrency.V {
		conflict(name, "must not be above the concurrency")
	}
}

func warmup(p *Profile, o *Origins, conflict func(name, rule string)) {
	w := p.Warmup()
	if w == nil {
		if o.flag("warmup-grace-period") {
			conflict("warmup-grace-period", "requires --warmup-duration")
		}
		return
	}
	if w.GracePeriod.Set && !w.Duration.Set {
		conflict("warmup-grace-period", "requires --warmup-duration")
	}
	if w.Type.V != LoadConcurrency && !w.Rate.Set {
		conflict("warmup-request-rate", "is missing: load mode "+w.Type.V+" needs a rate")
	}
}

func goodputTags(p *Profile, o *Origins, env Env) (problems Problems) {
	if env.Metrics == nil {
		return nil
	}
	var tags []string
	if t, ok := env.Metrics.(interface{ Tags() []string }); ok {
		tags = t.Tags()
	}
	for _, s := range p.SLOs.V {
		if !env.Metrics.Lookup(s.Tag) {
			problems = append(problems, Problem{Kind: Unknown, Where: o.where("goodput"), Value: s.Tag, Rule: "no such metric" + didYouMean(s.Tag, tags)})
		}
	}
	return problems
}
