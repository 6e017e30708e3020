package token

import "sync"

// symbol is a token under construction in a doubly linked list that lives in a slice.
type symbol struct {
	id         int32 // -1: absorbed by its left neighbour
	prev, next int32 // indexes, -1 at the ends
}

// merge is a candidate: the pair that starts at symbol pos would become token id.
type merge struct{ rank, pos, id int32 }

// scratch holds the buffers of one call, so that counting does not allocate.
type scratch struct {
	ids    []int32
	syms   []symbol
	heap   mergeHeap
	pieces [2][]piece
	best   []viterbi
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// maxKept is the largest buffer, in elements, that goes back to the pool: one huge text must not
// keep its memory for the rest of the run. (The texts that pieces point into go with the pool,
// which the garbage collector empties.)
const maxKept = 1 << 16

func getScratch() *scratch { return scratches.Get().(*scratch) }

func (sc *scratch) release() {
	if cap(sc.ids) > maxKept || cap(sc.syms) > maxKept || cap(sc.heap) > maxKept || cap(sc.best) > maxKept {
		return
	}
	for i := range sc.pieces {
		if cap(sc.pieces[i]) > maxKept {
			return
		}
	}
	scratches.Put(sc)
}

// start fills sc.syms with n linked symbols whose ids the caller sets.
func (sc *scratch) start(n int) []symbol {
	sc.syms = sc.syms[:0]
	for i := range n {
		sc.syms = append(sc.syms, symbol{prev: int32(i - 1), next: int32(i + 1)})
	}
	if n > 0 {
		sc.syms[n-1].next = -1
	}
	return sc.syms
}

// mergeAll merges neighbours of sc.syms, the lowest rank first and the leftmost among equals,
// until no pair is left, and appends the surviving ids to dst. pair answers what the symbols at
// index a and its right neighbour b would become.
//
// A candidate is checked again when its turn comes: its symbols may have changed meanwhile. It is
// still taken if they now become the same token, though at another rank; the reference
// implementation does the same.
func (sc *scratch) mergeAll(dst []int32, pair func(a, b int32) (merge, bool)) []int32 {
	syms := sc.syms
	sc.heap = sc.heap[:0]
	for i := range len(syms) - 1 {
		if m, ok := pair(int32(i), int32(i+1)); ok {
			sc.heap = append(sc.heap, m)
		}
	}
	sc.heap.init()
	for len(sc.heap) > 0 {
		top := sc.heap.pop()
		s := &syms[top.pos]
		if s.id < 0 || s.next < 0 {
			continue
		}
		if m, ok := pair(top.pos, s.next); !ok || m.id != top.id {
			continue
		}
		right := &syms[s.next]
		s.id, s.next, right.id = top.id, right.next, -1
		if s.next >= 0 {
			syms[s.next].prev = top.pos
			if m, ok := pair(top.pos, s.next); ok {
				sc.heap.push(m)
			}
		}
		if s.prev >= 0 {
			if m, ok := pair(s.prev, top.pos); ok {
				sc.heap.push(m)
			}
		}
	}
	for i := int32(0); i >= 0 && len(syms) > 0; i = syms[i].next {
		dst = append(dst, syms[i].id)
	}
	return dst
}

// mergeHeap is a binary min-heap by rank, then position. container/heap would box every element.
type mergeHeap []merge

func (h mergeHeap) less(i, j int) bool {
	return h[i].rank < h[j].rank || (h[i].rank == h[j].rank && h[i].pos < h[j].pos)
}

func (h mergeHeap) init() {
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

func (h *mergeHeap) push(m merge) {
	*h = append(*h, m)
	a := *h
	for i := len(a) - 1; i > 0; {
		p := (i - 1) / 2
		if !a.less(i, p) {
			return
		}
		a[i], a[p] = a[p], a[i]
		i = p
	}
}

func (h *mergeHeap) pop() merge {
	a := *h
	top, n := a[0], len(a)-1
	a[0] = a[n]
	*h = a[:n]
	h.down(0)
	return top
}

func (h mergeHeap) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h.less(c+1, c) {
			c++
		}
		if !h.less(c, i) {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}
