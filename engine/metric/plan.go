package metric

import (
	"math"

	"tacho/engine/record"
)

// Plan is a registry seen by one run: the metrics that apply to it, each after
// those it needs. It is read-only and safe for many goroutines.
type Plan struct {
	reg *Registry
	ctx *Context
	len int // of the registry when the plan was made

	valid, failed []*Def  // PerRecord and PerList, by the kind of request
	counts        []count // Aggregate
	derived       []*Def
	applies       []bool // by Def.ID
	slos          []limit
	good          ID // of good_request_count, -1 when there are no SLOs
}

// count is an Aggregate with its inputs looked up.
type count struct {
	def    *Def
	inputs []ID // Needs, then Wants
	needs  int
	failed bool
}

// Plan returns the plan of a context. Plans are remembered by the pointer.
func (r *Registry) Plan(ctx *Context) *Plan {
	if p := r.last.Load(); p != nil && p.ctx == ctx && p.len == len(r.defs) {
		return p
	}
	p := newPlan(r, ctx)
	r.last.Store(p)
	return p
}

func newPlan(r *Registry, ctx *Context) *Plan {
	p := &Plan{reg: r, ctx: ctx, len: len(r.defs), applies: make([]bool, len(r.defs)), good: -1}
	for _, d := range r.defs {
		if suits(ctx, d.Flags) {
			p.mark(d)
		}
	}
	for _, d := range r.defs {
		if !p.applies[d.ID] {
			continue
		}
		switch {
		case d.Record != nil || d.List != nil:
			if d.Has(OfFailed) {
				p.failed = append(p.failed, d)
			} else {
				p.valid = append(p.valid, d)
			}
		case d.Count != nil:
			p.counts = append(p.counts, p.count(d))
		case d.Derive != nil:
			p.derived = append(p.derived, d)
		}
	}
	p.slos = resolveSLOs(r, ctx.SLOs)
	if d, ok := r.byTag[GoodRequestCount]; ok && len(ctx.SLOs) > 0 {
		p.good = d.ID
	}
	return p
}

// suits reports whether a run has all that the flags ask for.
func suits(ctx *Context, f Flags) bool {
	for _, n := range [...]struct {
		flag Flags
		has  bool
	}{
		{NeedsStreaming, ctx.Streaming},
		{NeedsOutputTokens, ctx.OutputTokens},
		{NeedsInputTokens, ctx.InputTokens},
		{NeedsClientTokens, !ctx.ServerTokens},
		{NeedsSLO, len(ctx.SLOs) > 0},
		{NeedsSchedule, ctx.FixedSchedule},
		{NeedsImages, ctx.Images},
		{NeedsAudio, ctx.Audio},
		{NeedsVideo, ctx.MakesVideo},
	} {
		if f&n.flag != 0 && !n.has {
			return false
		}
	}
	return true
}

// mark makes a metric apply, and with it all that it needs.
func (p *Plan) mark(d *Def) {
	if p.applies[d.ID] {
		return
	}
	p.applies[d.ID] = true
	for _, tag := range d.Needs {
		if n, ok := p.reg.byTag[tag]; ok {
			p.mark(n)
		}
	}
}

func (p *Plan) count(d *Def) count {
	c := count{def: d, needs: len(d.Needs), failed: d.Has(OfFailed)}
	for _, tags := range [][]Tag{d.Needs, d.Wants} {
		for _, tag := range tags {
			id := ID(-1)
			if n, ok := p.reg.byTag[tag]; ok {
				id = n.ID
			}
			c.inputs = append(c.inputs, id)
		}
	}
	return c
}

// Context returns what the plan was made for.
func (p *Plan) Context() *Context { return p.ctx }

// Applies reports whether the run has the metric.
func (p *Plan) Applies(d *Def) bool { return int(d.ID) < len(p.applies) && p.applies[d.ID] }

// Derived returns the Derived metrics that apply, each after those it needs.
func (p *Plan) Derived() []*Def { return p.derived }

// Fill computes all metrics of rec into row, whose slices it reuses. Nothing
// of rec is kept but its Meta and Err.
func (p *Plan) Fill(row *Row, rec *record.Record) {
	row.Meta, row.Err = rec.Meta, rec.Err
	if cap(row.Vals) < p.len {
		row.Vals = make([]float64, p.len)
	}
	row.Vals = row.Vals[:p.len]
	for i := range row.Vals {
		row.Vals[i] = math.NaN()
	}
	gaps := row.Gaps[:0]
	row.Gaps = nil
	defs := p.valid
	if rec.Err != nil {
		defs = p.failed
	}
	for _, d := range defs {
		if d.List != nil {
			if gaps == nil {
				gaps = make([]float64, 0, max(len(rec.ChunkNS)-1, 0))
			}
			row.Gaps = d.List(p.ctx, rec, gaps)
			continue
		}
		if d.Flags&NeedsHTTP != 0 && !rec.HTTP.Valid {
			continue
		}
		if v, ok := d.Record(p.ctx, rec, row); ok {
			row.Vals[d.ID] = v
		}
	}
	p.Complete(row)
}

// Complete fills in what a row adds to the Aggregate metrics, where it does not
// say so itself: the files of a finished run hold few of them.
func (p *Plan) Complete(row *Row) {
	for i := range p.counts {
		c := &p.counts[i]
		if c.failed != (row.Err != nil) || int(c.def.ID) >= len(row.Vals) || !math.IsNaN(row.Vals[c.def.ID]) {
			continue
		}
		in, ok := Inputs{math.NaN(), math.NaN(), math.NaN()}, true
		for j, id := range c.inputs {
			if id >= 0 {
				in[j] = row.Vals[id]
			}
			ok = ok && (j >= c.needs || !math.IsNaN(in[j]))
		}
		if !ok {
			continue
		}
		if v, ok := c.def.Count(p.ctx, row, in); ok {
			row.Vals[c.def.ID] = v
		}
	}
	if p.good >= 0 && row.Err == nil && int(p.good) < len(row.Vals) && math.IsNaN(row.Vals[p.good]) {
		row.Vals[p.good] = truth(p.Good(row))
	}
}

// Row computes a new row of a finished request.
func (r *Registry) Row(ctx *Context, rec *record.Record) *Row {
	row := new(Row)
	r.Plan(ctx).Fill(row, rec)
	return row
}
