package stats

import (
	"math"
	"time"
)

// ringCells is how many parts a window is counted in.
const ringCells = 20

// ring counts what ended within the last seconds.
type ring struct {
	width  int64 // ns of a cell
	cells  [ringCells]cell
	newest int64 // number of the newest cell: Unix time / width
	merged *Sketch
}

type cell struct {
	number int64
	tallies
	sketches []*Sketch // by metric
}

func (r *ring) init(window time.Duration, metrics int) {
	r.width = max(int64(window)/ringCells, 1)
	r.merged = NewSketch(5)
	for i := range r.cells {
		r.cells[i].number = -1
		for range metrics {
			r.cells[i].sketches = append(r.cells[i].sketches, NewSketch(5))
		}
	}
}

// cell returns the cell of a time, nil if that is too long ago.
func (r *ring) cell(ns int64) *cell {
	n := ns / r.width
	if n <= r.newest-ringCells {
		return nil
	}
	r.newest = max(r.newest, n)
	c := &r.cells[n%ringCells]
	if c.number != n {
		c.number, c.tallies = n, tallies{}
		for _, s := range c.sketches {
			s.Reset()
		}
	}
	return c
}

func (r *ring) advance(ns int64) { r.newest = max(r.newest, ns/r.width) }

// total adds up the cells of the window that ends at a time, which begins at
// from.
func (r *ring) total(ns int64) (t tallies, from int64) {
	first := ns/r.width - ringCells + 1
	for i := range r.cells {
		if c := &r.cells[i]; c.number >= first {
			t.add(&c.tallies)
		}
	}
	return t, first * r.width
}

// median is that of metric i over the window.
func (r *ring) median(i int) float64 {
	r.merged.Reset()
	for j := range r.cells {
		if c := &r.cells[j]; c.number > r.newest-ringCells && c.sketches[i].Count() > 0 {
			r.merged.Merge(c.sketches[i])
		}
	}
	if r.merged.Count() == 0 {
		return math.NaN()
	}
	return r.merged.Quantile(0.5)
}
