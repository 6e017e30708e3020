package stats

import "slices"

// sliceBatch is how many slices are worked on at a time.
const sliceBatch = 32

// Slices makes the statistics of all time slices, in order. Requests belong to
// the slice in which they started; slices in which none did are left out. The
// last slice ends with the run if it would go on beyond it. Time-weighted
// metrics look at all that ran in a slice, rates divide by its length, and
// metrics of the run alone are left out.
func (a *Accumulator) Slices() ([]Slice, error) {
	var all []Slice
	err := a.EachSlice(func(s Slice) error {
		all = append(all, s)
		return nil
	})
	return all, err
}

// EachSlice calls f with one slice after the other, and stops at its first
// error: all slices of a long run need not be in memory at once.
func (a *Accumulator) EachSlice(f func(Slice) error) error {
	if a.opts.SliceWidth <= 0 || a.store.rows == 0 {
		return nil
	}
	g := a.newGrid()
	used, err := g.used()
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(used, sliceBatch) {
		list, err := g.batch(batch)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := f(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// grid is the time slices of a run. AIPerf works with Unix ns in 64-bit floats
// and so does this: slices are not always of exactly the same length.
type grid struct {
	a           *Accumulator
	first, last float64
	width       float64
	n           int
	starts      *column
	rd          [2]reader
}

func (a *Accumulator) newGrid() *grid {
	g := &grid{a: a, width: float64(a.opts.SliceWidth), starts: a.store.extra[colStart]}
	g.first, g.last, _ = a.bounds()
	g.n = int((g.last-g.first)/g.width) + 1
	return g
}

func (g *grid) edge(i int) float64 { return g.first + float64(i)*g.width }

// at is the slice of a relative start time.
func (g *grid) at(rel float64) int {
	t := g.a.unix(rel)
	i := int((t - g.first) / g.width)
	for i > 0 && t < g.edge(i) {
		i--
	}
	for i < g.n-1 && t >= g.edge(i+1) {
		i++
	}
	return min(i, g.n-1)
}

// used lists the slices in which a request started, in order.
func (g *grid) used() ([]int, error) {
	seen := make(map[int]bool)
	last := -1
	err := g.a.store.each(g.starts, func(vals []float64) {
		for _, rel := range vals {
			if i := g.at(rel); i != last {
				seen[i], last = true, i
			}
		}
	})
	list := make([]int, 0, len(seen))
	for i := range seen {
		list = append(list, i)
	}
	slices.Sort(list)
	return list, err
}
