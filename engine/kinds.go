package engine

import (
	"tacho/engine/record"
	"tacho/engine/stats"
)

// kindTotals are the statistics over all phases of a kind, for runs that have
// several of it; nil where the one phase's own will do.
type kindTotals struct{ profiling, warmup *stats.Accumulator }

func newKindTotals(p *Plan, make func(record.PhaseKind) *stats.Accumulator) (k kindTotals) {
	n := map[record.PhaseKind]int{}
	for i := range p.Phases {
		n[p.Phases[i].Kind]++
	}
	if n[record.Profiling] > 1 {
		k.profiling = make(record.Profiling)
	}
	if n[record.Warmup] > 1 {
		k.warmup = make(record.Warmup)
	}
	return k
}

func (k *kindTotals) of(kind record.PhaseKind) *stats.Accumulator {
	if kind == record.Profiling {
		return k.profiling
	}
	return k.warmup
}

// newStats makes the statistics of a phase of a kind.
func (c *collector) newStats(kind record.PhaseKind) *stats.Accumulator {
	p := c.r.plan
	width := p.SliceWidth
	if kind != record.Profiling {
		width = 0
	}
	return stats.NewAccumulator(p.Registry, p.Context, stats.Options{Budget: p.MemoryBudget, Dir: p.ScratchDir, SliceWidth: width})
}

// together joins the phases of a kind, with how long they took in ns; nil when
// there was none. Of one phase it is that phase.
func together(phases []PhaseResult, kind record.PhaseKind) (all *PhaseResult, tookNS int64) {
	n := 0
	for i := range phases {
		p := &phases[i]
		if p.Kind != kind {
			continue
		}
		tookNS += p.EndNS - p.StartNS
		if n++; n == 1 {
			one := *p
			all = &one
			continue
		}
		all.StartNS, all.EndNS = min(all.StartNS, p.StartNS), max(all.EndNS, p.EndNS)
		all.Valid, all.Failed = all.Valid+p.Valid, all.Failed+p.Failed
		all.CutOff, all.Unsent = all.CutOff+p.CutOff, all.Unsent+p.Unsent
		all.Cancelled = all.Cancelled || p.Cancelled
	}
	return all, tookNS
}
