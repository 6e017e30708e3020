package replay

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/export/aiperf"
)

// maxTicks bounds the ticks of one kind; denser ones are told together.
const maxTicks = 300

// newTimeline makes the run a bar.
func (p *Player) newTimeline() *snap.Timeline {
	t := &snap.Timeline{Length: p.head.length, Origin: p.origin, Dir: p.info.Dir, Missing: p.missing()}
	for _, k := range p.tracks {
		if len(p.tracks) > 1 {
			t.Ticks = append(t.Ticks, snap.Mark{At: k.offset, Kind: snap.MarkPhase, Text: "phase " + cmp.Or(k.Name, string(k.Kind))})
		}
		for _, m := range k.marks {
			m.At += k.offset
			t.Ticks = append(t.Ticks, m)
		}
		t.Ticks = append(t.Ticks, k.errorTicks(p.head.length/maxTicks)...)
		t.Ticks = append(t.Ticks, k.stallTicks(p.head.length/maxTicks)...)
		if width := time.Duration(p.dir.Config.SliceNS); width > 0 && !k.warm() && k.length/width < maxSlices {
			for at := time.Duration(0); at < k.length; at += width {
				t.Slices = append(t.Slices, k.offset+at)
			}
		}
	}
	slices.SortStableFunc(t.Ticks, func(a, b snap.Mark) int { return cmp.Compare(a.At, b.At) })
	return t
}

// errorTicks are the failures, those that are closer than width to the first of
// them told as one.
func (k *track) errorTicks(width time.Duration) []snap.Mark {
	t := k.m.tape
	failed := t.failedIn(k.lo, k.hi)
	first, _ := slices.BinarySearch(t.failed, uint32(k.lo))
	var out []snap.Mark
	from, n, head := time.Duration(0), 0, ""
	put := func() {
		switch n {
		case 0:
		case 1:
			out = append(out, snap.Mark{At: from, Kind: snap.MarkError, Text: head})
		default:
			out = append(out, snap.Mark{At: from, Kind: snap.MarkError, Text: fmt.Sprintf("%d errors, the first: %s", n, head)})
		}
	}
	for i, row := range failed {
		at := time.Duration(t.end[row]-k.origin) + k.offset
		if n > 0 && at-from < max(width, 1) {
			n++
			continue
		}
		put()
		from, n, head = at, 1, errorWord(&t.causes[t.cause[first+i]])
	}
	put()
	return out
}

// errorWord says in a few words how a request failed.
func errorWord(f *record.Failure) string {
	s := f.Kind.String()
	if f.Code != 0 {
		s += fmt.Sprintf(" %d", f.Code)
	}
	if f.Type != "" {
		s += " " + record.OneLine(f.Type, 60)
	}
	return s
}

// stallTicks are the stalls, of those within one width the longest.
func (k *track) stallTicks(width time.Duration) []snap.Mark {
	var out []snap.Mark
	var longest time.Duration
	from := time.Duration(math.MinInt64)
	for _, s := range k.stalls {
		m := snap.Mark{At: k.offset + s.at, Kind: snap.MarkStall, Text: s.String()}
		switch {
		case len(out) == 0 || m.At-from >= width:
			out, from, longest = append(out, m), m.At, s.length
		case s.length > longest:
			out[len(out)-1], longest = m, s.length
		}
	}
	return out
}

// missing says what is not there and what that disables, a line each.
func (p *Player) missing() []string {
	d := p.dir
	var out []string
	for _, m := range d.Missing {
		switch m.Name {
		case d.Names.Of(export.Records):
			out = append(out, m.Name+" is missing: no charts, no requests, nothing to play; only the result is shown")
		case d.Names.Of(export.ProfileJSON):
			out = append(out, m.Name+": "+m.Why+"; what is shown is made from the records")
		case d.Names.Of(export.Ready):
			if d.Manifest != nil && d.Manifest.Outcome == "complete" {
				out = append(out, m.Name+": "+m.Why)
			}
		default:
			out = append(out, m.Name+": "+m.Why)
		}
	}
	t := p.tape
	if t == nil {
		return out
	}
	if n := t.damage.Lines; n > 0 {
		f := t.damage.First[0]
		out = append(out, fmt.Sprintf("%s: %d damaged lines are left out, the first is line %d (%v)", d.Names.Of(export.Records), n, f.Line, f.Err))
	}
	if t.damage.CutLast {
		out = append(out, d.Names.Of(export.Records)+": its last line is cut off and left out")
	}
	if p.sensors != nil {
		for _, x := range []struct {
			kind  export.Kind
			lines *lineIndex
		}{{export.GPUTelemetry, p.sensors.gpus}, {p.sensors.pagesKind(), p.sensors.pages}} {
			if x.lines != nil && x.lines.bad > 0 {
				out = append(out, fmt.Sprintf("%s: %d damaged lines are left out", d.Names.Of(x.kind), x.lines.bad))
			}
		}
	}
	if hasGPUs(d.Run) && (p.sensors == nil || p.sensors.gpus == nil) {
		out = append(out, d.Names.Of(export.GPUTelemetry)+" is missing: no GPUs over time, though the summary has their averages")
	}
	if len(p.tracks) == 0 {
		return append(out, d.Names.Of(export.Records)+" holds no request: only the result is shown")
	}
	if d.Context.Streaming && !t.anyGaps() && t.anyValid(metric.TTFT) {
		out = append(out, "no "+string(metric.ICL)+" in the records: no gaps of a request, no map of them, no stalls")
	}
	return out
}

func (t *tape) anyGaps() bool { return slices.Max(append([]uint32{0}, t.gapN...)) > 0 }

// anyValid reports whether any request has a metric.
func (t *tape) anyValid(tag metric.Tag) bool {
	i := slices.Index(t.tags, tag)
	return i >= 0 && slices.ContainsFunc(t.vals[i], func(v float32) bool { return v == v })
}

// maxNotices bounds the stalls among the notices.
const maxNotices = 200

// ownNotices are what the manifest and the records say, in order of time.
func (p *Player) ownNotices() []snap.Notice {
	var out []snap.Notice
	if m := p.dir.Manifest; m != nil {
		for _, text := range m.Notices {
			out = append(out, snap.Notice{Text: text})
		}
	}
	for _, k := range p.tracks {
		for _, s := range k.stalls[:min(len(k.stalls), maxNotices)] {
			out = append(out, snap.Notice{At: k.offset + s.at + s.length, Text: s.String(), Warn: true})
		}
	}
	slices.SortStableFunc(out, func(a, b snap.Notice) int { return cmp.Compare(a.At, b.At) })
	return out
}

// verify compares the summary with the records, and makes one where it is
// missing.
func (p *Player) verify(ctx context.Context) {
	text, warn := "", false
	var differ []string
	switch d, err := Open(p.dir.Path); { // its own: reading adds to the registry
	case err != nil:
		text = "not checked: " + err.Error()
	case p.tape == nil:
		text = "not checked: there are no records"
	case d.Run == nil:
		text = "no summary to check"
		p.summarize(ctx, d)
	default:
		report, err := d.verify(ctx, checkBudget)
		if err != nil {
			text = "not checked: " + err.Error()
			break
		}
		text, warn, differ = report.Line(), !report.OK(), report.differing()
	}
	if ctx.Err() != nil {
		return
	}
	t := *p.timeline.Load()
	t.Check, t.Differ = text, differ
	p.timeline.Store(&t)
	p.mu.Lock()
	defer p.mu.Unlock()
	if warn {
		p.notices = append([]snap.Notice{{Text: text, Warn: true}}, p.notices...)
	}
	p.stale = true
}

// summarize computes the result of a run that left none.
func (p *Player) summarize(ctx context.Context, d *Dir) {
	d.Context = p.dir.Context
	run, err := d.recompute(ctx, checkBudget)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.result, p.final = run, run.Summary
}

// hasGPUs reports whether the summary of a run has GPUs. Without any, AIPerf
// notes there that it looked for them.
func hasGPUs(run *export.Run) bool {
	if run == nil || len(run.Telemetry) == 0 {
		return false
	}
	sum, err := aiperf.DecodeGPUSummary(run.Telemetry)
	return err != nil || len(sum.Endpoints) > 0
}
