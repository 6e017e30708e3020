package app

import (
	"errors"
	"math"
	"net/url"
	"strings"
	"time"

	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/profiles"
)

// rootOf is the root of all random streams of a profile.
func rootOf(p *profiles.Profile) random.Root {
	if seed, ok := p.Seed(); ok {
		return random.Seeded(uint64(seed))
	}
	return random.Entropy()
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// metricContext is what decides which metrics a run has.
func metricContext(p *profiles.Profile, spec endpoint.Spec, reg *metric.Registry, serverTokens bool) (*metric.Context, error) {
	ctx := &metric.Context{
		Streaming:    p.Endpoint.Streaming.V,
		OutputTokens: spec.ProducesTokens, InputTokens: spec.TokenizesInput,
		ServerTokens: serverTokens, PerChunkUsage: p.Endpoint.PerChunkUsage.V,
		Images: spec.Images, Audio: spec.Audio, MakesVideo: spec.MakesVideos,
	}
	for i := range p.Phases {
		ctx.FixedSchedule = ctx.FixedSchedule || p.Phases[i].Kind.V == profiles.KindProfiling && p.Phases[i].Type.V == profiles.LoadSchedule
	}
	for _, s := range p.SLOs.V {
		ctx.SLOs = append(ctx.SLOs, metric.SLO{Tag: metric.Tag(s.Tag), Limit: s.Limit})
	}
	if err := reg.Plan(ctx).CheckSLOs(); err != nil {
		return nil, usagef("%w", err)
	}
	return ctx, nil
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
