package stats

import (
	"math"

	"tacho/engine/metric"
)

// Beside the metrics, a store has these columns. Times are nanoseconds after
// store.base, so that they stay whole and narrow.
const (
	colStart = iota
	colEnd
	colDue
	colFailed // 1 for a failed request
	colGaps   // number of chunk gaps
	extraCols
)

// store holds the rows of one phase as columns, in the order in which they came.
type store struct {
	tape  tape
	coder coder
	base  int64 // Unix ns of the first row's start
	extra [extraCols]*column
	cols  []*column // by metric.ID; nil while no row has had a value
	gaps  *column   // the gaps of all rows, one after the other

	rows    int64
	gapRows int64
	chunks  []chunk // the full ones, and the open one if it has rows
}

// chunk is what is known of blockRows rows without reading them.
type chunk struct {
	minStart, maxStart, maxEnd float64 // as the columns colStart and colEnd
	gapFrom                    int64   // index in store.gaps of its first gap
}

func newStore(budget int64, dir string, metrics int) *store {
	s := &store{cols: make([]*column, metrics)}
	s.tape.budget, s.tape.dir = budget, dir
	return s
}

func (s *store) column() *column { return newColumn(&s.tape, &s.coder) }

// add appends a row. Values that are not finite count as absent.
func (s *store) add(row *metric.Row) {
	if s.rows == 0 {
		s.base = row.StartNS
		for i := range s.extra {
			s.extra[i] = s.column()
		}
	}
	at := int(s.rows % blockRows)
	if at == 0 {
		s.chunks = append(s.chunks, chunk{minStart: math.Inf(1), maxStart: math.Inf(-1), maxEnd: math.Inf(-1), gapFrom: s.gapRows})
	}
	start, end := float64(row.StartNS-s.base), float64(row.EndNS-s.base)
	c := &s.chunks[len(s.chunks)-1]
	c.minStart, c.maxStart, c.maxEnd = min(c.minStart, start), max(c.maxStart, start), max(c.maxEnd, end)
	s.extra[colStart].set(at, start)
	s.extra[colEnd].set(at, end)
	if row.DueNS != 0 {
		s.extra[colDue].set(at, float64(row.DueNS-s.base))
	}
	failed := 0.0
	if row.Err != nil {
		failed = 1
	}
	s.extra[colFailed].set(at, failed)
	s.extra[colGaps].set(at, float64(len(row.Gaps)))
	for id, v := range row.Vals {
		if v-v != 0 { // NaN and infinities
			continue
		}
		for id >= len(s.cols) {
			s.cols = append(s.cols, nil)
		}
		if s.cols[id] == nil {
			s.cols[id] = s.column()
		}
		s.cols[id].set(at, v)
	}
	for _, g := range row.Gaps {
		s.addGap(g)
	}
	s.rows++
	if at == blockRows-1 {
		s.seal()
	}
}

func (s *store) addGap(g float64) {
	if s.gaps == nil {
		s.gaps = s.column()
	}
	s.gaps.set(int(s.gapRows%blockRows), g)
	s.gapRows++
	if s.gapRows%blockRows == 0 {
		s.gaps.seal(int(s.gapRows/blockRows) - 1)
	}
}

func (s *store) seal() {
	block := int(s.rows/blockRows) - 1
	for _, c := range s.extra {
		c.seal(block)
	}
	for _, c := range s.cols {
		if c != nil {
			c.seal(block)
		}
	}
}

// chunk returns the values of a column in a chunk; see column.block.
func (s *store) chunk(c *column, i int, r *reader) ([]float64, error) {
	if part := int(s.rows % blockRows); part > 0 && i == len(s.chunks)-1 {
		if c == nil {
			return s.absent(part, r)
		}
		return c.open[:part], nil
	}
	return c.block(i, r)
}

func (s *store) absent(n int, r *reader) ([]float64, error) {
	v, err := (*column)(nil).block(0, r)
	return v[:n], err
}

// gapBlock returns block i of all gaps.
func (s *store) gapBlock(i int, r *reader) ([]float64, error) {
	if part := int(s.gapRows % blockRows); i == int(s.gapRows/blockRows) {
		return s.gaps.open[:part], nil
	}
	return s.gaps.block(i, r)
}

// each calls f with the values of a column, chunk by chunk.
func (s *store) each(c *column, f func(vals []float64)) error {
	if c == nil {
		return nil
	}
	var r reader
	for i := range s.chunks {
		vals, err := s.chunk(c, i, &r)
		if err != nil {
			return err
		}
		f(vals)
	}
	return nil
}

// eachGap calls f with all gaps, block by block.
func (s *store) eachGap(f func(vals []float64)) error {
	var r reader
	for i := int64(0); i*blockRows < s.gapRows; i++ {
		vals, err := s.gapBlock(int(i), &r)
		if err != nil {
			return err
		}
		f(vals)
	}
	return nil
}
