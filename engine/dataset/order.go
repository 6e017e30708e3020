package dataset

import "tacho/engine/random"

// Growing is a Dataset that is read while the run goes on.
type Growing interface {
	Dataset
	// Has reports whether there is a conversation i, reading on as far as that
	// takes. Where reading fails it reports true, and At says why.
	Has(i int) bool
	// Known is the number of conversations known so far, and whether these are
	// all.
	Known() (n int, all bool)
}

// Known is the number of conversations of d, without reading on for it, and
// whether these are all.
func Known(d Dataset) (n int, all bool) {
	if g, ok := d.(Growing); ok {
		return g.Known()
	}
	return d.Len(), true
}

// NewOrder returns the sampler for a data set. Sequential does not ask for the
// length of one that is still being read; the other orders do, and wait.
func NewOrder(how Sampling, d Dataset, root random.Root) (Sampler, error) {
	if g, ok := d.(Growing); ok && how == Sequential {
		return &growing{d: g}, nil
	}
	return NewSampler(how, d.Len(), root)
}

// growing goes through in order, and starts again when it meets the end.
type growing struct {
	d    Growing
	next int
}

func (g *growing) Next() int {
	if !g.d.Has(g.next) {
		g.next = 0
	}
	g.next++
	return g.next - 1
}
