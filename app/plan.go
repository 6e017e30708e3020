package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
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
			Requests: int64(limitOf(ph.Requests)), Sessions: int64(limitOf(ph.Sessions)), Prefill: limitOf(ph.PrefillConcurrency),
			ConcurrencyRamp: seconds(float64(ph.ConcurrencyRamp.V)), PrefillRamp: seconds(float64(ph.PrefillRamp.V)), Duration: seconds(ph.Duration.V), Concurrency: ph.Concurrency.V,
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
	if one := p.Dataset().Turns; one.Mean.V <= 1 && one.Stddev.V == 0 && ph.Sessions.Set && (limit == 0 || ph.Sessions.V < limit) {
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
	if ph.Type.V == profiles.LoadConcurrency {
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
	switch ph.Type.V {
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
		return nil, fmt.Errorf("load type %q is not built", ph.Type.V)
	}
	if err != nil {
		return nil, err
	}
	var curve *schedule.Curve
	switch {
	case ph.RateSeries.Set:
		curve, err = readSeries(ph.RateSeries.V)
	case ph.RateRamp.Set:
		curve, err = schedule.Ramp(rate, float64(ph.RateRamp.V))
	}
	if err != nil {
		return nil, err
	}
	if curve != nil {
		r.Follow(curve)
	}
	return r, nil
}

// readSeries reads the file of --request-rate-series.
func readSeries(path string) (*schedule.Curve, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--request-rate-series: %w", bare(err))
	}
	c, err := decodeSeries(data)
	if err != nil {
		return nil, fmt.Errorf("--request-rate-series %s: %w", path, err)
	}
	return c, nil
}

// decodeSeries reads {"points": [...]} or the bare array of {"time_s", "qps"}.
func decodeSeries(data []byte) (*schedule.Curve, error) {
	type point struct {
		AtSec  *float64 `json:"time_s"`
		PerSec *float64 `json:"qps"`
	}
	var points []point
	if err := json.Unmarshal(data, &points); err != nil {
		var wrapped struct {
			Points []point `json:"points"`
		}
		if err := json.Unmarshal(data, &wrapped); err != nil {
			return nil, err
		}
		points = wrapped.Points
	}
	list := make([]schedule.RatePoint, len(points))
	for i, p := range points {
		if p.AtSec == nil || p.PerSec == nil {
			return nil, fmt.Errorf("point %d must have time_s and qps", i+1)
		}
		list[i] = schedule.RatePoint{AtSec: *p.AtSec, PerSec: *p.PerSec}
	}
	return schedule.NewCurve(list)
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
		Turns:       dataset.Dist{Mean: d.Turns.Mean.V, StdDev: d.Turns.Stddev.V},
		TurnDelayMS: dataset.Dist{Mean: d.TurnDelay.Mean.V * d.TurnDelayRatio.V, StdDev: d.TurnDelay.Stddev.V * d.TurnDelayRatio.V},
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
