package replay

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// stall is a moment at which many streams stood still at once: the server's
// doing, or that of the way to it. Times count from the phase's origin.
type stall struct {
	at, length time.Duration
	// stood of streams did, at its peak.
	stood, streams int
}

func (s stall) String() string {
	return fmt.Sprintf("stall of %d ms hit %d of %d streams", s.length.Milliseconds(), s.stood, s.streams)
}

// A gap is long when it takes longGap and longFactor times the median. A stall
// is so many long gaps at once, and such a share of the streams.
const (
	longGap     = 200 * time.Millisecond
	longFactor  = 8
	stallLeast  = 3
	stallShare  = 0.5
	maxLongGaps = 1 << 20 // beyond that nothing stands out
)

// pause is a long gap: a stretch in which a stream stood still.
type pause struct{ from, to time.Duration }

// findStalls looks for stalls in the gaps of a phase.
func (k *track) findStalls() []stall {
	median := 0.0
	for i, w := range k.m.watches {
		if w.col < 0 {
			median = k.checkpointed(i)
		}
	}
	if !(median > 0) || k.m.ttft < 0 {
		return nil
	}
	least := max(longGap, time.Duration(longFactor*median*1e6))
	return k.joint(k.pauses(least))
}

// checkpointed is the median of a metric over all requests.
func (k *track) checkpointed(i int) float64 {
	return k.totals(k.hi - k.lo).sketches[i].Quantile(0.5)
}

// pauses are the long gaps in order of time.
func (k *track) pauses(least time.Duration) []pause {
	t := k.m.tape
	limit := gapCode(float64(least) / 1e6)
	const batch = 4096
	n := (k.hi - k.lo + batch - 1) / batch
	found := make([][]pause, n)
	parallel(n, func() func(int) {
		gaps := gapReader{store: &t.gaps}
		return func(i int) {
			for row := k.lo + i*batch; row < min(k.hi, k.lo+(i+1)*batch); row++ {
				codes := gaps.read(t.gapRef[row], t.gapN[row])
				if len(codes) == 0 || slices.Max(codes) < limit {
					continue
				}
				now := time.Duration(t.start[row]-k.origin) + time.Duration(t.value(k.m.ttft, row)*1e6)
				for _, c := range codes {
					next := now + time.Duration(gapOf(c)*1e6)
					if c >= limit {
						found[i] = append(found[i], pause{now, next})
					}
					now = next
				}
			}
		}
	})
	all := slices.Concat(found...)
	if len(all) > maxLongGaps {
		return nil
	}
	slices.SortFunc(all, func(a, b pause) int { return cmp.Compare(a.from, b.from) })
	return all
}

// joint finds the stretches in which enough streams pause at once.
func (k *track) joint(pauses []pause) []stall {
	type edge struct {
		at time.Duration
		by int
	}
	edges := make([]edge, 0, 2*len(pauses))
	for _, p := range pauses {
		edges = append(edges, edge{p.from, 1}, edge{p.to, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	var out []stall
	for i := 0; i < len(edges); {
		// A cluster of pauses that overlap: its peak, and the stretch in which
		// at least half as many pause.
		n, peak, peakAt, j := 0, 0, time.Duration(0), i
		for ; j < len(edges); j++ {
			if n += edges[j].by; n > peak {
				peak, peakAt = n, edges[j].at
			}
			if n == 0 {
				j++
				break
			}
		}
		if streams := k.streams(peakAt); peak >= stallLeast && float64(peak) >= stallShare*float64(streams) {
			s := stall{stood: peak, streams: max(streams, peak), at: -1}
			n = 0
			for _, e := range edges[i:j] {
				if n += e.by; 2*n >= peak && s.at < 0 {
					s.at = e.at
				} else if 2*n < peak && s.at >= 0 && s.length == 0 && e.at >= peakAt {
					s.length = e.at - s.at
				}
			}
			out = append(out, s)
		}
		i = j
	}
	return out
}

// streams is how many requests had begun to answer and had not ended.
func (k *track) streams(at time.Duration) (n int) {
	t := k.m.tape
	k.eachInFlight(at, func(row int) bool {
		if first := t.value(k.m.ttft, row); t.start[row]+int64(first*1e6) <= k.origin+int64(at) && first == first {
			n++
		}
		return true
	})
	return n
}
