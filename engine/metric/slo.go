package metric

import (
	"fmt"
	"math"
	"strconv"
)

// SLO is one goodput condition: the metric must be at most Limit, or at least
// Limit for a metric where larger is better. Limit is in display units.
type SLO struct {
	Tag   Tag
	Limit float64
}

// String is the condition as --goodput takes it: time_to_first_token:200.
func (s SLO) String() string {
	return string(s.Tag) + ":" + strconv.FormatFloat(s.Limit, 'g', -1, 64)
}

// Met reports whether a value in display units meets the condition; NaN does not.
func (s SLO) Met(d *Def, v float64) bool {
	l := newLimit(d, s.Limit)
	return l.met(v)
}

// limit is an SLO with its metric looked up. Both sides are compared in the
// unit that AIPerf stores, so that a value on the limit falls as it does there.
type limit struct {
	id     ID
	bound  float64
	scale  float64 // display to stored unit
	whole  bool    // stored values are whole
	larger bool
}

func newLimit(d *Def, v float64) limit {
	l := limit{id: d.ID, scale: 1, whole: d.Has(StoredInteger), larger: d.Has(LargerIsBetter)}
	switch {
	case d.Stored == Nanoseconds && d.Unit == Milliseconds:
		l.scale = 1e6
	case d.Stored == Bytes && d.Unit == Kilobytes:
		l.scale = 1024
	}
	l.bound = v * l.scale
	return l
}

func (l *limit) met(v float64) bool {
	v *= l.scale
	if l.whole {
		v = math.Round(v)
	}
	if l.larger {
		return v >= l.bound
	}
	return v <= l.bound
}

func resolveSLOs(r *Registry, slos []SLO) []limit {
	out := make([]limit, len(slos))
	for i, s := range slos {
		if d, ok := r.byTag[s.Tag]; ok {
			out[i] = newLimit(d, s.Limit)
		} else {
			out[i] = limit{id: -1} // never met
		}
	}
	return out
}

// Good reports whether a row meets every SLO of the run. A failed request and
// one that lacks a metric do not; without SLOs none does, as in AIPerf.
func (p *Plan) Good(row *Row) bool {
	if row.Err != nil || len(p.slos) == 0 {
		return false
	}
	for i := range p.slos {
		l := &p.slos[i]
		if l.id < 0 || int(l.id) >= len(row.Vals) || !l.met(row.Vals[l.id]) {
			return false
		}
	}
	return true
}

// CheckSLOs names the conditions that no request of this run could meet because
// the metric does not apply to it.
func (p *Plan) CheckSLOs() error {
	for _, s := range p.ctx.SLOs {
		if d, ok := p.reg.byTag[s.Tag]; !ok || !p.Applies(d) {
			why := "no request to this endpoint has it"
			if ok && d.Has(NeedsStreaming) && !p.ctx.Streaming && p.ctx.OutputTokens {
				why = "it needs --streaming"
			}
			return fmt.Errorf("%s cannot be a limit here: %s", s.Tag, why)
		}
	}
	return nil
}
