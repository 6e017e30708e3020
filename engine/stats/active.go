package stats

import "math"

// active is a request between its end and its start while time runs backward.
// Its rates and token counts are worked out once, by AIPerf's formulas.
type active struct {
	interval
	at      float64 // the latest moment that is not yet undone
	byChunk bool

	decoding, prefilling  bool // it counts there
	decodeRate            float64
	hasDecode             bool // (OSL - 1) / (end - first token)
	prefillRate           float64
	hasPrefill            bool
	perGap                float64 // tokens in each gap that is not 0
	perChunk              float64 // tokens at each chunk after the first
	inputHeld, outputHeld bool    // counts in tokens in flight

	ended, begun, started bool // moments undone
	// The next gap whose begin, end and tokens are to be undone, and the times
	// of its two sides after the first token.
	begins, ends, tokens cursor
}

// cursor walks backward over the gaps; after is the time from the first token
// to the end of gap i.
type cursor struct {
	i     int
	after float64
}

func (c *cursor) back(gaps []float64) {
	c.after -= gaps[c.i]
	c.i--
}

func (r *active) reset(iv *interval, byChunk bool) {
	gaps := append(r.gaps[:0], iv.gaps...)
	*r = active{interval: *iv, byChunk: byChunk}
	r.gaps = gaps
	r.decoding = r.first == r.first
	r.prefilling = r.decoding
	if d := r.first - r.start; d > 0 && r.isl == r.isl {
		r.hasPrefill, r.prefillRate = true, r.isl/d
	}
	if d := r.end - r.first; d > 0 && r.osl >= 1 {
		r.hasDecode, r.decodeRate = true, (r.osl-1)/d
	}
	r.inputHeld = r.isl == r.isl && r.first > r.start
	var total float64
	positive := 0
	for _, g := range r.gaps {
		total += g
		if g > 0 {
			positive++
		}
	}
	if byChunk {
		r.outputHeld = r.decoding && len(r.gaps) > 0 && r.osl >= 1
		if r.outputHeld {
			r.perChunk = (r.osl - 1) / float64(len(r.gaps))
			if positive > 0 {
				r.perGap = (r.osl - 1) / float64(positive)
			}
		} else {
			r.gaps = r.gaps[:0]
		}
	} else {
		r.outputHeld = r.decoding && r.osl == r.osl && r.end-r.first > 0
	}
	last := cursor{len(r.gaps) - 1, total}
	r.begins, r.ends, r.tokens = last, last, last
	r.skip()
	r.advance()
}

// skip moves the cursors of rates over gaps that are 0: they carry none.
func (r *active) skip() {
	for _, c := range []*cursor{&r.begins, &r.ends} {
		for c.i >= 0 && !(r.gaps[c.i] > 0) {
			c.back(r.gaps)
		}
	}
}

// The moments of a gap. AIPerf takes the begin of a gap from its rounded end,
// and puts tokens that come at or after the end of the request just before it.
func (r *active) gapEnd() float64 { return r.first + r.ends.after }

func (r *active) gapBegin() float64 {
	return r.first + r.begins.after - r.gaps[r.begins.i]
}

func (r *active) chunkAt() float64 {
	at := r.first + r.tokens.after
	if at >= r.end {
		return math.Nextafter(r.end, math.Inf(-1))
	}
	return at
}

// step undoes the latest moment and sets r.at to the one before; false when
// there is none.
func (r *active) step(w *sweep) bool {
	switch {
	case !r.ended && r.at == r.end:
		r.ended = true
		r.undoEnd(w)
	case r.ends.i >= 0 && r.gapEnd() >= r.at:
		w.add(sumDecodeRate, r.perGap/r.gaps[r.ends.i], 1)
		r.ends.back(r.gaps)
		r.skip()
	case r.tokens.i >= 0 && r.chunkAt() >= r.at:
		for more := true; more; { // chunks that came together have one moment
			w.add(sumTokens, -r.perChunk, 0)
			r.tokens.back(r.gaps)
			more = r.tokens.i >= 0 && r.gaps[r.tokens.i+1] == 0
		}
	case r.begins.i >= 0 && r.gapBegin() >= r.at:
		w.add(sumDecodeRate, -r.perGap/r.gaps[r.begins.i], -1)
		r.begins.back(r.gaps)
		r.skip()
	case r.decoding && !r.begun && r.first >= r.at:
		r.begun = true
		r.undoFirst(w)
	default:
		r.started = true
		r.undoStart(w)
	}
	return r.advance()
}

// advance finds the latest moment left.
func (r *active) advance() bool {
	r.at = math.Inf(-1)
	if !r.ended {
		r.at = r.end
	}
	if r.ends.i >= 0 {
		r.at = max(r.at, r.gapEnd())
	}
	if r.tokens.i >= 0 {
		r.at = max(r.at, r.chunkAt())
	}
	if r.begins.i >= 0 {
		r.at = max(r.at, r.gapBegin())
	}
	if r.decoding && !r.begun {
		r.at = max(r.at, r.first)
	}
	if !r.started {
		r.at = max(r.at, r.start)
	}
	return !math.IsInf(r.at, -1)
}

func (r *active) undoEnd(w *sweep) {
	w.add(sumRunning, 1, 1)
	if r.decoding {
		w.add(sumDecoding, 1, 1)
	}
	if r.hasDecode {
		w.add(sumTotalRate, r.decodeRate, 1)
		if !r.byChunk {
			w.add(sumDecodeRate, r.decodeRate, 1)
		}
	}
	held := 0.0
	if r.inputHeld {
		held += r.isl
	}
	if r.outputHeld {
		held += r.osl
	}
	w.add(sumTokens, held, 1)
}

func (r *active) undoFirst(w *sweep) {
	w.add(sumDecoding, -1, -1)
	w.add(sumPrefill, 1, 1)
	if r.hasDecode {
		w.add(sumTotalRate, -r.decodeRate, -1)
		if !r.byChunk {
			w.add(sumDecodeRate, -r.decodeRate, -1)
		}
	}
	if r.hasPrefill {
		w.add(sumPrefillRate, r.prefillRate, 1)
		w.add(sumTotalRate, r.prefillRate, 1)
	}
	switch {
	case r.outputHeld && r.byChunk:
		w.add(sumTokens, -1, 0)
	case r.outputHeld:
		w.add(sumTokens, -r.osl, 0)
	}
}

func (r *active) undoStart(w *sweep) {
	w.add(sumRunning, -1, -1)
	if r.prefilling {
		w.add(sumPrefill, -1, -1)
	}
	if r.hasPrefill {
		w.add(sumPrefillRate, -r.prefillRate, -1)
		w.add(sumTotalRate, -r.prefillRate, -1)
	}
	held := 0.0
	if r.inputHeld {
		held = r.isl
	}
	w.add(sumTokens, -held, -1)
}

// activeHeap has the latest moment on top.
type activeHeap []*active

// down moves the top to its place after its moment has become earlier. It does
// what heap.Fix does, without calls through an interface: it is the inner loop.
func (h activeHeap) down() {
	r, i := h[0], 0
	for {
		c := 2*i + 1
		if c >= len(h) {
			break
		}
		if c+1 < len(h) && h[c+1].at > h[c].at {
			c++
		}
		if h[c].at <= r.at {
			break
		}
		h[i], i = h[c], c
	}
	h[i] = r
}

func (h activeHeap) Len() int           { return len(h) }
func (h activeHeap) Less(i, j int) bool { return h[i].at > h[j].at }
func (h activeHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *activeHeap) Push(x any)        { *h = append(*h, x.(*active)) }
func (h *activeHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return x
}
