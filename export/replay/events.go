package replay

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacho/engine/snap"
	"tacho/export"
)

// takeMarks gives each phase what was done to the run while it went on, and
// works out the stretches under one load.
func takeMarks(tracks []*track, events []export.RunEvent) {
	for _, e := range events {
		var k *track
		for _, t := range tracks {
			if k == nil || e.AtNS >= t.origin {
				k = t
			}
		}
		if k != nil {
			k.marks = append(k.marks, snap.Mark{At: max(0, time.Duration(e.AtNS-k.origin)), Kind: e.Kind, Text: e.Text})
		}
	}
	for _, k := range tracks {
		slices.SortStableFunc(k.marks, func(a, b snap.Mark) int { return cmp.Compare(a.At, b.At) })
		k.cuts = []cut{{0, k.plan.load}}
		limit, rate := k.plan.limit, k.plan.rate
		for _, m := range k.marks {
			if m.Kind != snap.MarkLoad {
				continue
			}
			limit, rate = changed(m.Text, limit, rate)
			if last := &k.cuts[len(k.cuts)-1]; len(k.cuts) > 1 && snap.SameStep(last.at, m.At) {
				last.load = k.plan.changed(limit, rate)
				continue
			}
			k.cuts = append(k.cuts, cut{m.At, k.plan.changed(limit, rate)})
		}
	}
}

// changed reads what a change of load was to: "concurrency 64 → 80",
// "rate 5 → 6 req/s".
func changed(text string, limit int64, rate string) (int64, string) {
	what, _, _ := strings.Cut(text, " ")
	_, to, ok := strings.Cut(text, "→")
	word, _, _ := strings.Cut(strings.TrimSpace(to), " ")
	switch {
	case !ok:
	case what == "concurrency":
		if n, err := strconv.ParseInt(word, 10, 64); err == nil {
			limit = n
		}
	case what == "rate":
		rate = word
	}
	return limit, rate
}

// changed describes the load after a change.
func (p plan) changed(limit int64, rate string) string {
	if !p.open {
		return closedLoop(limit)
	}
	if p.placed {
		head, _, _ := strings.Cut(p.load, ", cap ")
		return head + capped(limit)
	}
	return rate + " req/s" + capped(limit)
}

// loadAt is the load of a phase at a time: its limit on requests in flight, and
// the rate of an open loop, 0 without.
func (k *track) loadAt(at time.Duration) (load string, limit int64, perSec float64) {
	load, limit = k.plan.load, k.plan.limit
	rate := k.plan.rate
	for _, m := range k.marks {
		if m.Kind == snap.MarkLoad && m.At <= at {
			limit, rate = changed(m.Text, limit, rate)
		}
	}
	for _, c := range k.cuts {
		if c.at <= at {
			load = c.load
		}
	}
	if k.plan.open {
		perSec, _ = strconv.ParseFloat(rate, 64) // 0 when it is not written down
	}
	return load, limit, perSec
}

// heldAt reports whether the sending was held at a time.
func (k *track) heldAt(at time.Duration) (held bool) {
	for _, m := range k.marks {
		if m.Kind == snap.MarkHold && m.At <= at {
			held = strings.HasSuffix(m.Text, "held")
		}
	}
	return held
}
