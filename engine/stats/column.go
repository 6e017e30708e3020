package stats

import "math"

// column is an append-only list of numbers, NaN for absent. Full blocks go to
// the tape in a narrow form.
type column struct {
	tape   *tape
	coder  *coder
	open   []float64 // the values of the block under way; NaN beyond the last
	blocks []ref
	n      int64 // values that are present
	sum    float64
}

func newColumn(t *tape, c *coder) *column {
	col := &column{tape: t, coder: c, open: make([]float64, blockRows)}
	col.clear()
	return col
}

func (c *column) clear() {
	for i := range c.open {
		c.open[i] = math.NaN()
	}
}

// set puts v at a place of the open block.
func (c *column) set(i int, v float64) {
	c.open[i] = v
	c.n++
	c.sum += v
}

// seal ends the open block, which must be number block; the blocks that a late
// column has missed are absent ones.
func (c *column) seal(block int) {
	for len(c.blocks) < block {
		c.blocks = append(c.blocks, ref{size: -1})
	}
	c.blocks = append(c.blocks, c.tape.append(c.coder.encode(c.open)))
	c.clear()
}

// reader holds the buffers for reading blocks.
type reader struct {
	vals  []float64
	bytes []byte
}

// block returns the values of sealed block i, valid until the reader is used
// again. They are not to be changed. A nil column is absent everywhere.
func (c *column) block(i int, r *reader) ([]float64, error) {
	if r.vals == nil {
		r.vals = make([]float64, blockRows)
	}
	if c == nil || i >= len(c.blocks) || c.blocks[i].size < 0 {
		for j := range r.vals {
			r.vals[j] = math.NaN()
		}
		return r.vals, nil
	}
	b, err := c.tape.read(c.blocks[i], r.bytes)
	if err != nil {
		return nil, err
	}
	if c.blocks[i].onDisk {
		r.bytes = b
	}
	decode(r.vals, b)
	return r.vals, nil
}
