package replay

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
)

// The flags of a request.
const (
	rowFailed uint8 = 1 << iota
	rowGood
	rowGaps // has a list of gaps, if an empty one
)

// part is the requests of one stretch of a record file, in its order.
type part struct {
	start, end, offset []int64
	size               []uint32 // of the line
	phase              []uint8  // index in phases
	flags              []uint8
	late               []float32   // from due to start in ms, NaN unknown
	vals               [][]float32 // by metric, then request
	gapN               []uint32
	gaps               []uint16
	due, picked        []int64 // of requests that say both
	failed             []failedRow
	causes             []record.Failure
	phases             []record.Phase

	rows   int   // once it is complete
	lines  int64 // line ends seen
	damage Damage
}

// failedRow is a request that failed: its place in the part, and why.
type failedRow struct{ row, cause uint32 }

// partReader reads parts of a file, for one goroutine.
type partReader struct {
	file *os.File
	size int64 // of the file
	dec  *briefDecoder
	good func(vals []float64) bool // judges a request whose line does not
	due  bool                      // keep due and picked
	buf  []byte
	line brief

	causes map[failureKey]uint32
}

// failureKey is what makes two failures the same.
type failureKey struct {
	code      int
	typ, text string
}

var errNoTime = errors.New("not a request: no start or no end")

// read returns the requests whose lines begin in [from, to).
func (r *partReader) read(from, to int64) (*part, error) {
	p := &part{vals: make([][]float32, len(r.dec.cols))}
	r.causes = map[failureKey]uint32{}
	start := max(from-1, 0)
	if err := r.fill(start, int(to-start)); err != nil {
		return nil, err
	}
	at := 0
	if from > 0 { // the line that is under way belongs to the part before
		for {
			i := bytes.IndexByte(r.buf[at:], '\n')
			if i >= 0 {
				at += i + 1
				break
			}
			return p, nil // it goes on beyond this part
		}
	}
	for start+int64(at) < to && at < len(r.buf) {
		i := bytes.IndexByte(r.buf[at:], '\n')
		for i < 0 && start+int64(len(r.buf)) < r.size && len(r.buf)-at <= maxLine {
			seen := len(r.buf)
			if err := r.more(start); err != nil {
				return nil, err
			}
			if i = bytes.IndexByte(r.buf[seen:], '\n'); i >= 0 {
				i += seen - at
			}
		}
		if i < 0 {
			return p, r.last(p, start+int64(at), r.buf[at:])
		}
		p.lines++
		if line := r.buf[at : at+i+1]; !isBlank(line) {
			if err := r.add(p, start+int64(at), line); err != nil {
				p.damage.add(p.lines, err)
			}
		}
		at += i + 1
	}
	return p, nil
}

// last takes a line without an end, which may be cut off or too long.
func (r *partReader) last(p *part, at int64, line []byte) error {
	if isBlank(line) {
		return nil
	}
	if at+int64(len(line)) < r.size {
		p.lines++
		p.damage.add(p.lines, errLongLine)
		return nil
	}
	if err := r.add(p, at, line); err != nil {
		p.damage.CutLast = true
	}
	return nil
}

// fill reads n bytes of the file from a place on.
func (r *partReader) fill(at int64, n int) error {
	n = int(min(int64(n), r.size-at))
	if cap(r.buf) < n {
		r.buf = make([]byte, n, n+n/8)
	}
	r.buf = r.buf[:n]
	return readFull(r.file, r.buf, at)
}

// more reads on: a line is longer than the rest of the part.
func (r *partReader) more(start int64) error {
	have := len(r.buf)
	n := int(min(int64(max(have/2, 64<<10)), r.size-start-int64(have)))
	r.buf = append(r.buf, make([]byte, n)...)
	return readFull(r.file, r.buf[have:], start+int64(have))
}

// readFull reads all of b; a file that became shorter is an error.
func readFull(f *os.File, b []byte, at int64) error {
	n, err := f.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// add takes in one line.
func (r *partReader) add(p *part, at int64, line []byte) error {
	b := &r.line
	if err := r.dec.decode(line, b); err != nil {
		return err
	}
	if b.startNS <= 0 || b.endNS <= 0 {
		return errNoTime
	}
	if p.start == nil {
		p.grow(len(r.buf)/(len(line)+1) + 16)
	}
	var flags uint8
	switch {
	case b.err != nil:
		flags |= rowFailed
		b.gaps = b.gaps[:0] // a failed request has no share in the figures
		for i := range b.vals {
			b.vals[i] = math.NaN()
		}
		p.failed = append(p.failed, failedRow{uint32(len(p.start)), r.cause(p, b.err)})
	case b.good > 0 || b.good != b.good && r.good(b.vals):
		flags |= rowGood
	}
	if b.hasGaps && b.err == nil {
		flags |= rowGaps
		for _, g := range b.gaps {
			p.gaps = append(p.gaps, gapCode(g))
		}
	}
	if r.due && b.pickedNS > 0 && b.dueNS > 0 {
		p.due, p.picked = append(p.due, b.dueNS), append(p.picked, b.pickedNS)
	}
	p.start = append(p.start, b.startNS)
	p.end = append(p.end, max(b.startNS, b.endNS)) // clocks may step back
	p.offset = append(p.offset, at)
	p.size = append(p.size, uint32(len(line)))
	p.phase = append(p.phase, p.phaseOf(&b.phase))
	p.flags = append(p.flags, flags)
	p.gapN = append(p.gapN, uint32(len(b.gaps)))
	p.late = append(p.late, float32(stats.Lateness(b.dueNS, b.startNS)))
	for i, v := range b.vals {
		p.vals[i] = append(p.vals[i], float32(v))
	}
	return nil
}

// grow makes room for about n requests.
func (p *part) grow(n int) {
	p.start, p.end, p.offset = make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n)
	p.size, p.gapN = make([]uint32, 0, n), make([]uint32, 0, n)
	p.phase, p.flags, p.late = make([]uint8, 0, n), make([]uint8, 0, n), make([]float32, 0, n)
	for i := range p.vals {
		p.vals[i] = make([]float32, 0, n)
	}
}

// samePhase compares what tells phases apart.
func samePhase(a, b *record.Phase) bool { return a.Index == b.Index && a.Kind == b.Kind }

// phaseOf is the index of a phase in p.phases. What is beyond 256 phases counts
// as the last of them.
func (p *part) phaseOf(ph *record.Phase) uint8 {
	for i := len(p.phases) - 1; i >= 0; i-- {
		if samePhase(&p.phases[i], ph) {
			return uint8(i)
		}
	}
	if len(p.phases) < 256 {
		p.phases = append(p.phases, *ph)
	}
	return uint8(len(p.phases) - 1)
}

// cause is the index of a failure in p.causes.
func (r *partReader) cause(p *part, f *record.Failure) uint32 {
	key := failureKey{f.Code, f.Type, f.Message}
	i, ok := r.causes[key]
	if !ok {
		i = uint32(len(p.causes))
		r.causes[key] = i
		p.causes = append(p.causes, *f)
	}
	return i
}

// add notes a damaged line.
func (d *Damage) add(line int64, err error) {
	d.Lines++
	if len(d.First) < keepDamage {
		d.First = append(d.First, DamagedLine{line, err})
	}
}

// tagsOf are the metrics to read: those of the screen and those with an
// objective.
func tagsOf(slos []metric.SLO) []metric.Tag {
	tags := append([]metric.Tag(nil), candidates...)
	for _, s := range slos {
		known := false
		for _, t := range tags {
			known = known || t == s.Tag
		}
		if !known {
			tags = append(tags, s.Tag)
		}
	}
	return tags
}
