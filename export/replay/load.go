package replay

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/export"
)

// defaultPart is how much of the record file a goroutine takes at a time.
const defaultPart = 4 << 20

// tape is all requests of a directory in columns, in order of phase and end.
type tape struct {
	tags []metric.Tag
	file *os.File // of the records; nil without them

	start, end, offset []int64
	size               []uint32
	flags              []uint8
	late               []float32   // from due to start in ms, NaN unknown
	vals               [][]float32 // by tag, then request
	gapRef             []gapRef
	gapN               []uint32
	gaps               gapStore

	// failed are the requests that failed, ascending, and causes[cause[i]] is
	// why failed[i] did.
	failed []uint32
	cause  []uint32
	causes []record.Failure

	phases []span
	due    []int64 // sorted; with picked, for the queue of an open loop
	picked []int64 // sorted
	damage Damage
	slow   int64 // lines that took the complete decoder
}

// span is the requests [lo, hi) of a phase.
type span struct {
	record.Phase
	lo, hi int
	// byStart are the requests in order of start, starts their starts.
	byStart []uint32
	starts  []int64
}

// rows is the number of requests.
func (t *tape) rows() int { return len(t.start) }

// close frees the files.
func (t *tape) close() error {
	err := t.gaps.close()
	if t.file != nil {
		if e := t.file.Close(); err == nil {
			err = e
		}
	}
	return err
}

// loadOptions say what is read of the records.
type loadOptions struct {
	slos     []metric.SLO
	due      bool
	gapLimit int64 // codes in memory
	scratch  string
	part     int64 // bytes; 0 is defaultPart
}

// load reads the records of a directory on all cores. Memory is about 90 bytes
// per request and two per gap, up to the limit.
func (d *Dir) load(ctx context.Context, o loadOptions) (*tape, error) {
	t := &tape{tags: tagsOf(o.slos), gaps: gapStore{limit: o.gapLimit, dir: o.scratch}}
	f, err := os.Open(d.file(export.Records))
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	t.file = f
	st, err := f.Stat()
	if err == nil {
		err = t.read(ctx, o, st.Size())
	}
	if err != nil {
		_ = t.close()
		return nil, fmt.Errorf("read %s: %w", d.Names.Of(export.Records), err)
	}
	return t, nil
}

// read fills the tape with the first size bytes of its file.
func (t *tape) read(ctx context.Context, o loadOptions, size int64) error {
	bytes := cmp.Or(o.part, defaultPart)
	parts := make([]*part, (size+bytes-1)/bytes)
	t.gaps.parts = make([]gapPart, len(parts))
	var (
		wg    sync.WaitGroup
		next  atomic.Int64
		mu    sync.Mutex // guards fault, slow and the putting of gaps
		fault error
	)
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		wg.Go(func() {
			r := &partReader{file: t.file, size: size, dec: newBriefDecoder(t.tags), due: o.due}
			r.good = judge(r.dec, o.slos)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(parts) || ctx.Err() != nil {
					break
				}
				p, err := r.read(int64(i)*bytes, min(int64(i+1)*bytes, size))
				mu.Lock()
				if err == nil {
					err = t.gaps.put(i, slices.Clip(p.gaps))
					p.gaps = nil
				}
				if err != nil && fault == nil {
					fault = err
				}
				stop := fault != nil
				mu.Unlock()
				if stop {
					break
				}
				parts[i] = p
			}
			mu.Lock()
			t.slow += r.dec.slow
			mu.Unlock()
		})
	}
	wg.Wait()
	if fault == nil {
		fault = context.Cause(ctx)
	}
	if fault != nil {
		return fault
	}
	t.join(parts)
	return nil
}

// judge says which requests are good, for lines that do not.
func judge(dec *briefDecoder, slos []metric.SLO) func([]float64) bool {
	return func(vals []float64) bool {
		for _, s := range slos {
			met := false
			for i, def := range dec.cols {
				if def != nil && def.Tag == s.Tag {
					met = s.Met(def, vals[i])
				}
			}
			if !met {
				return false
			}
		}
		return len(slos) > 0
	}
}

// value is a metric of a request by its place in tags; NaN when there is none.
func (t *tape) value(col, row int) float64 {
	if col < 0 {
		return math.NaN()
	}
	return float64(t.vals[col][row])
}
