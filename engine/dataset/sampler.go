package dataset

import (
	"fmt"

	"tacho/engine/random"
)

// Sampling names the order in which conversations are taken.
type Sampling string

// The orders that AIPerf knows. Sequential is what it does unless told
// otherwise, with and without a seed.
const (
	Sequential Sampling = "sequential"
	Random     Sampling = "random"
	Shuffle    Sampling = "shuffle"
)

// A Sampler yields indices of a data set without end. It belongs to the one
// goroutine that hands out requests.
type Sampler interface {
	// Next returns the index of the next conversation.
	Next() int
}

// NewSampler returns the sampler for a data set of n conversations. The root
// feeds the orders that draw. It fails on an unknown order or an empty set.
func NewSampler(how Sampling, n int, root random.Root) (Sampler, error) {
	if n < 1 {
		return nil, fmt.Errorf("sample a data set of %d conversations: it must have at least 1", n)
	}
	switch how {
	case Sequential:
		return &sequential{n: n}, nil
	case Random:
		return &replacing{n: n, s: root.Stream("dataset.sampler.random")}, nil
	case Shuffle:
		return newShuffled(n, root.Stream("dataset.sampler.shuffle")), nil
	}
	return nil, fmt.Errorf("unknown sampling %q: use sequential, random or shuffle", how)
}

// sequential goes through in order and starts again.
type sequential struct{ n, next int }

func (s *sequential) Next() int {
	i := s.next
	s.next = (i + 1) % s.n
	return i
}

// replacing draws each time from all.
type replacing struct {
	n int
	s *random.Stream
}

func (r *replacing) Next() int { return r.s.IntN(r.n) }

// shuffled yields every index once in random order, then shuffles again.
type shuffled struct {
	order []int
	next  int
	s     *random.Stream
}

func newShuffled(n int, s *random.Stream) *shuffled {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return &shuffled{order: order, next: n, s: s}
}

func (s *shuffled) Next() int {
	if s.next == len(s.order) {
		s.s.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
		s.next = 0
	}
	i := s.order[s.next]
	s.next++
	return i
}
