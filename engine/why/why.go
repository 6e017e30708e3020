// Package why ranks what slow answers of a run are consistent with, from what its
// snapshot holds. It knows of rates, times and ranks, and proves nothing: each
// cause comes with its evidence and with what would confirm it.
package why

import (
	"cmp"
	"math"
	"slices"

	"tacho/engine/snap"
)

// Word says how far a cause stands out.
type Word string

// The words, the strongest first.
const (
	StandsOut Word = "stands out"
	PlaysPart Word = "plays a part"
	No        Word = "no"
	Unknown   Word = "not known"
)

// The scores from which a cause has its word.
const (
	standsOut = 0.5
	playsPart = 0.3
)

// Cause is one thing that may make answers slow.
type Cause struct {
	Name string
	// Score orders the causes: 0..1, how much of the time it may be, or how well
	// slow requests follow it. NaN is not known.
	Score    float64
	Evidence string
	// Test is what would confirm it.
	Test string
}

// Word is the cause's word.
func (c *Cause) Word() Word {
	switch {
	case math.IsNaN(c.Score):
		return Unknown
	case c.Score >= standsOut:
		return StandsOut
	case c.Score >= playsPart:
		return PlaysPart
	}
	return No
}

// Ranking is what was found.
type Ranking struct {
	// Seen requests were looked at; Slow of them took over SlowFactor times the
	// typical time, in ms.
	Seen, Slow int
	Typical    float64
	// Streamed says that the time is TTFT, else that it is the latency.
	Streamed bool
	// Causes are in order, those that stand out first, those not known last; nil
	// while too few requests are at hand.
	Causes []Cause
}

// Least is how many requests must be at hand.
const Least = 20

// SlowFactor is how much longer than the typical one a slow request takes.
const SlowFactor = 1.5

// fewSlow is from how many slow requests they are compared with the others.
const fewSlow = 4

// Rank looks at a run. Lists are those of the requests at hand, those of the
// snapshot where nil.
func Rank(s *snap.Snapshot, lists *snap.Requests) Ranking {
	if lists == nil {
		lists = s.Requests
	}
	c := newCase(s, lists)
	r := Ranking{Seen: len(c.all), Typical: c.median, Streamed: c.streamed, Slow: len(c.slow)}
	if len(c.recent) < Least {
		return r
	}
	r.Causes = []Cause{c.client(), c.connections(), c.queue(), c.prompts(), c.firstTurns(), c.stalls(), c.load(), c.network()}
	slices.SortStableFunc(r.Causes, func(a, b Cause) int {
		switch an, bn := math.IsNaN(a.Score), math.IsNaN(b.Score); {
		case an && bn:
			return 0
		case an:
			return 1
		case bn:
			return -1
		}
		return cmp.Compare(b.Score, a.Score)
	})
	return r
}

// evidence is the requests at hand, ready to be compared.
type evidence struct {
	s        *snap.Snapshot
	streamed bool
	recent   []*snap.Request // in which slow ones are as frequent as in the run
	all      []*snap.Request // with the slowest
	slow     []*snap.Request // of all
	usual    []*snap.Request // of the recent ones
	median   float64         // of the recent ones
}

func newCase(s *snap.Snapshot, lists *snap.Requests) *evidence {
	c := &evidence{s: s, median: math.NaN()}
	if lists == nil {
		return c
	}
	ttft := 0
	for _, q := range lists.Recent {
		if q.Err == nil && q.TTFT >= 0 {
			ttft++
		}
	}
	c.streamed = ttft > 0
	seen := map[int64]bool{}
	for i, list := range [][]*snap.Request{lists.Recent, lists.Slowest} {
		for _, q := range list {
			if q.Err != nil || !(c.time(q) >= 0) || seen[q.Num] {
				continue
			}
			seen[q.Num] = true
			c.all = append(c.all, q)
			if i == 0 {
				c.recent = append(c.recent, q)
			}
		}
	}
	c.median = median(c.recent, c.time)
	for _, q := range c.all {
		if c.time(q) > SlowFactor*c.median {
			c.slow = append(c.slow, q)
		}
	}
	for _, q := range c.recent {
		if !(c.time(q) > SlowFactor*c.median) {
			c.usual = append(c.usual, q)
		}
	}
	return c
}

// time is the time in question of a request: TTFT, or the latency of answers in
// one piece, in ms.
func (c *evidence) time(q *snap.Request) float64 {
	if c.streamed {
		return q.TTFT
	}
	return q.Latency
}

// name is what that time is called.
func (c *evidence) name() string {
	if c.streamed {
		return "TTFT"
	}
	return "latency"
}

// mean of something over requests, of those where it is known; NaN without any.
func mean(list []*snap.Request, of func(*snap.Request) float64) float64 {
	sum, n := 0.0, 0
	for _, q := range list {
		if v := of(q); v == v {
			sum, n = sum+v, n+1
		}
	}
	return sum / float64(n)
}

// median of something over requests; NaN without any.
func median(list []*snap.Request, of func(*snap.Request) float64) float64 {
	var vals []float64
	for _, q := range list {
		if v := of(q); v == v {
			vals = append(vals, v)
		}
	}
	if len(vals) == 0 {
		return math.NaN()
	}
	slices.Sort(vals)
	return vals[len(vals)/2]
}

// share of requests for which something holds; NaN without any.
func share(list []*snap.Request, holds func(*snap.Request) bool) float64 {
	n := 0
	for _, q := range list {
		if holds(q) {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

// ranked is Spearman's rank correlation; NaN where one of both hardly differs.
func ranked(x, y []float64) float64 {
	a, okA := ranks(x)
	b, okB := ranks(y)
	if !okA || !okB || len(x) < Least {
		return math.NaN()
	}
	n := float64(len(a))
	mid := (n - 1) / 2
	var ab, aa, bb float64
	for i := range a {
		u, v := a[i]-mid, b[i]-mid
		ab, aa, bb = ab+u*v, aa+u*u, bb+v*v
	}
	return ab / math.Sqrt(aa*bb)
}

// ranks gives each value its place, equal ones the mean of theirs; ok is false
// with fewer than three different ones.
func ranks(v []float64) (out []float64, ok bool) {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	out = make([]float64, len(v))
	groups := 0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j-1) / 2
		}
		i = j
		groups++
	}
	return out, groups >= 3
}
