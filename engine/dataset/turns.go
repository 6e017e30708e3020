package dataset

// CountTurns is the number of turns of the first n conversations together,
// without making the texts of those that are made up.
func CountTurns(d Dataset, n int) (turns int, err error) {
	count := func(i int) (int, error) {
		c, err := d.At(i)
		if err != nil {
			return 0, err
		}
		return len(c.Turns), nil
	}
	switch d := d.(type) {
	case *Synthetic:
		count = func(i int) (int, error) { return d.turns(i), nil }
	case *File:
		count = d.turnsOf
	}
	for i := range n {
		k, err := count(i)
		if err != nil {
			return 0, err
		}
		turns += k
	}
	return turns, nil
}

// turnsOf is the number of turns of a conversation that is known.
func (f *File) turnsOf(i int) (int, error) {
	f.mu.Lock()
	where := f.index.of(nil, i)
	f.mu.Unlock()
	c, err := f.assemble(i, where, &f.scan)
	if err != nil {
		return 0, err
	}
	return len(c.Turns), nil
}
