package app

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"tacho/engine"
	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/record"
	"tacho/engine/schedule"
	"tacho/engine/secret"
	"tacho/engine/transport"
	"tacho/profiles"
)

// defaultStopGrace is how long answers are awaited after the user's first stop
// when the profile does not say.
const defaultStopGrace = 30 * time.Second

// rootOf is the root of all random streams of a profile.
func rootOf(p *profiles.Profile) random.Root {
	if seed, ok := p.Seed(); ok {
		return random.Seeded(uint64(seed))
	}
	return random.Entropy()
}

// phasePlans turns the profile's phases into load.
func phasePlans(p *profiles.Profile, root random.Root) ([]engine.PhasePlan, error) {
	var plans []engine.PhasePlan
	profiling := 0
	for i := range p.Phases {
		ph := &p.Phases[i]
		pp := engine.PhasePlan{
			Phase:    record.Phase{Name: ph.Name.V, Kind: record.PhaseKind(ph.Kind.V), Index: i, ProfilingIndex: -1},
			Requests: requestLimit(ph), Duration: seconds(ph.Duration.V), Concurrency: ph.Concurrency.V,
			Grace: grace(ph), Rate: ph.Rate.V,
		}
		if pp.Kind == record.Profiling {
			pp.ProfilingIndex = profiling
			profiling++
		}
		var err error
		pp.Arrivals, err = arrivals(ph, root, pp.Name)
		if err != nil {
			return nil, fmt.Errorf("phase %s: %w", pp.Name, err)
		}
		if pp.Arrivals == nil {
			pp.Concurrency = max(pp.Concurrency, 1)
		}
		pp.Load = describeLoad(ph, pp.Concurrency)
		plans = append(plans, pp)
	}
	return plans, nil
}

// requestLimit joins the limits on requests and on sessions, which are one and
// the same while a session has one turn; 0 is none.
func requestLimit(ph *profiles.Phase) int64 {
	limit := 0
	if ph.Requests.Set {
		limit = ph.Requests.V
	}
	if ph.Sessions.Set && (limit == 0 || ph.Sessions.V < limit) {
		limit = ph.Sessions.V
	}
	return int64(limit)
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// grace is how long answers are awaited after the duration; negative is without
// limit. AIPerf waits without end after a warm-up that names no grace period.
func grace(ph *profiles.Phase) time.Duration {
	switch {
	case math.IsInf(ph.GracePeriod.V, 1), !ph.GracePeriod.Set && ph.Kind.V == profiles.KindWarmup:
		return -1
	}
	return seconds(ph.GracePeriod.V)
}

// arrivals is the phase's arrival process; nil is a closed loop.
func arrivals(ph *profiles.Phase, root random.Root, phase string) (schedule.Arrivals, error) {
	// Each phase draws from streams of its own, named as AIPerf's.
	stream := func(id string) *random.Stream { return root.Stream(id + ":" + phase) }
	switch ph.Type.V {
	case profiles.LoadConcurrency:
		return nil, nil
	case profiles.LoadConstant:
		return schedule.Constant(ph.Rate.V)
	case profiles.LoadPoisson:
		return schedule.Poisson(ph.Rate.V, stream("timing.request.poisson_interval"))
	case profiles.LoadGamma:
		shape := 1.0
		if ph.Smoothness.Set {
			shape = ph.Smoothness.V
		}
		return schedule.Gamma(ph.Rate.V, shape, stream("timing.request.gamma_interval"))
	}
	return nil, fmt.Errorf("load type %q is not built", ph.Type.V)
}

func describeLoad(ph *profiles.Phase, concurrency int) string {
	if ph.Type.V == profiles.LoadConcurrency {
		return fmt.Sprintf("closed loop %d", concurrency)
	}
	s := fmt.Sprintf("%s %g req/s", ph.Type.V, ph.Rate.V)
	if ph.Concurrency.Set {
		s += fmt.Sprintf(", cap %d", ph.Concurrency.V)
	}
	return s
}

// stopGrace is how long answers are awaited after the user's first stop.
func stopGrace(p *profiles.Profile) time.Duration {
	if g := p.Profiling().GracePeriod; g.Set && !math.IsInf(g.V, 1) {
		return seconds(g.V)
	}
	return defaultStopGrace
}

// targets are the complete URLs of the requests.
func targets(p *profiles.Profile, spec endpoint.Spec) ([]string, error) {
	var custom *string
	if p.Endpoint.Path.Set {
		custom = &p.Endpoint.Path.V
	}
	var out []string
	for _, base := range p.Endpoint.URLs.V {
		u, err := endpoint.JoinURL(base, spec, p.Endpoint.Streaming.V, custom)
		if err != nil {
			return nil, usagef("--url %s: %w", secret.RedactURL(base), err)
		}
		out = append(out, u)
	}
	return out, nil
}

// encodeOptions are what shapes every request body.
func encodeOptions(p *profiles.Profile, spec endpoint.Spec) (endpoint.Options, error) {
	o := endpoint.Options{
		Stream:          p.Endpoint.Streaming.V && spec.CanStream,
		LegacyMaxTokens: p.Endpoint.UseLegacyMaxTokens.V,
		PerChunkUsage:   p.Endpoint.PerChunkUsage.V,
	}
	if names := p.ModelNames(); len(names) > 0 {
		o.Model = names[0]
	}
	for _, m := range p.Endpoint.Extra.V {
		o.Extra = append(o.Extra, dataset.KV{Key: m.Key, Value: profiles.AppendJSON(nil, m.Value, "", 0)})
	}
	return o, nil
}

// requestHeaders makes the headers of each request.
func requestHeaders(p *profiles.Profile, stream bool) *endpoint.Headers {
	o := endpoint.HeaderOptions{
		Version: Version, APIKey: p.Endpoint.APIKey.V, SessionHeader: p.Endpoint.SessionHeader.V,
		Stream: stream, ContentType: "application/json", Affinity: endpoint.DefaultAffinity,
	}
	for _, h := range p.Endpoint.Headers.V {
		o.User = append(o.User, dataset.Header{Name: h.Name, Value: h.Value})
	}
	return endpoint.NewHeaders(o)
}

// transportOptions are the settings of the HTTP client.
func transportOptions(p *profiles.Profile, getenv func(string) string) (transport.Options, error) {
	o := transport.Options{Timeout: seconds(p.Endpoint.Timeout.V)}
	// AIPerf has no option for these two, only variables.
	o.Insecure = strings.EqualFold(getenv("AIPERF_HTTP_SSL_VERIFY"), "false")
	if on := getenv("AIPERF_HTTP_TRUST_ENV"); on != "" && !strings.EqualFold(on, "false") {
		o.Proxy = "env"
	}
	clock, err := transport.ParseClock(p.Console.Clock.V)
	if err != nil {
		return o, usagef("--clock: %w", err)
	}
	o.Clock = clock
	if s := p.Endpoint.ConnectionReuse.V; s != "" {
		reuse, err := transport.ParseReuse(s)
		if err != nil {
			return o, usagef("--connection-reuse-strategy: %w", err)
		}
		o.Reuse = reuse
	}
	return o, nil
}

// metricContext is what decides which metrics a run has.
func metricContext(p *profiles.Profile, spec endpoint.Spec, reg *metric.Registry, serverTokens bool) (*metric.Context, error) {
	ctx := &metric.Context{
		Streaming:    p.Endpoint.Streaming.V && spec.CanStream,
		OutputTokens: spec.ProducesTokens, InputTokens: spec.TokenizesInput,
		ServerTokens: serverTokens, PerChunkUsage: p.Endpoint.PerChunkUsage.V,
	}
	for _, s := range p.SLOs.V {
		ctx.SLOs = append(ctx.SLOs, metric.SLO{Tag: metric.Tag(s.Tag), Limit: s.Limit})
	}
	if err := reg.Plan(ctx).CheckSLOs(); err != nil {
		return nil, usagef("--goodput: %w", err)
	}
	return ctx, nil
}

// newDataset makes the prompts.
func newDataset(p *profiles.Profile, root random.Root, tok dataset.Tokenizer, special int) (*dataset.Synthetic, error) {
	d := p.Dataset()
	cfg := dataset.SyntheticConfig{
		Entries: d.Entries.V, SpecialTokens: special,
		ISL:       dataset.Dist{Mean: d.Prompts.ISL.Mean.V, StdDev: d.Prompts.ISL.Stddev.V},
		OSL:       dataset.Dist{Mean: d.Prompts.OSL.Mean.V, StdDev: d.Prompts.OSL.Stddev.V},
		BatchSize: d.Prompts.BatchSize.V, Models: p.ModelNames(),
	}
	if s := p.Models.Strategy; s.Set {
		cfg.Selection = dataset.ModelSelection(s.V)
	}
	return dataset.NewSynthetic(cfg, root, tok)
}

// hostOf is the host and port of the first URL.
func hostOf(p *profiles.Profile) string {
	if len(p.Endpoint.URLs.V) == 0 {
		return ""
	}
	u, err := url.Parse(p.Endpoint.URLs.V[0])
	if err != nil || u.Host == "" {
		return p.Endpoint.URLs.V[0]
	}
	return u.Host
}

// supported tells which endpoint types can be run, in snake case.
func supported(kind string) bool {
	_, err := endpoint.Lookup(kind)
	return err == nil
}

// tagSet lets a profile check the metrics that --goodput names.
type tagSet struct{ reg *metric.Registry }

func (t tagSet) Lookup(tag string) bool {
	d, ok := t.reg.Lookup(metric.Tag(tag))
	return ok && d.PerRequest()
}

func (t tagSet) Nearest(word string) string { return string(t.reg.Nearest(word)) }

// modelTitle names the models on a screen.
func modelTitle(p *profiles.Profile) string { return strings.Join(p.ModelNames(), ", ") }

var errNoModel = errors.New("no model is named and the server lists none")

// failedThreshold is the share of failed requests that ends the run; 1 never
// does.
func failedThreshold(p *profiles.Profile) float64 {
	if t := p.Profiling().FailedRequestThreshold; t.Set {
		return t.V
	}
	return 1
}
