package export

import (
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// FlushEvery is the most that a killed process loses of its streamed files.
const FlushEvery = time.Second

// Queue gives sinks a goroutine of their own, so that a stalled disk never
// holds up who produces the rows. Its length and the memory of what waits are
// bounded: what does not fit is dropped and counted.
type Queue struct {
	ch      chan item
	held    atomic.Int64 // bytes that wait
	bound   int64        // of held
	sinks   []RowSink
	wg      sync.WaitGroup
	dropped atomic.Int64
	errs    []error
}

type item struct {
	row  *metric.Row
	raw  *record.Raw
	size int64
}

// maxHeld bounds the bytes that wait for the disk: a thousand raw exchanges of
// long answers would be gigabytes.
const maxHeld = 256 << 20

// NewQueue starts the goroutine that owns the sinks. depth is how many rows
// may wait. The caller must Close it.
func NewQueue(depth int, sinks ...RowSink) *Queue {
	q := &Queue{ch: make(chan item, depth), bound: maxHeld, sinks: sinks}
	q.wg.Go(q.run)
	return q
}

// Add hands a row over without blocking. Neither the row nor raw may change
// afterwards. It reports false when the row was dropped because the queue is
// full. Add must not be called during or after Close.
func (q *Queue) Add(row *metric.Row, raw *record.Raw) bool {
	size := sizeOf(row, raw)
	if q.fits(q.held.Add(size)-size, size) {
		select {
		case q.ch <- item{row, raw, size}:
			return true
		default:
		}
	}
	q.held.Add(-size)
	q.dropped.Add(1)
	return false
}

func sizeOf(row *metric.Row, raw *record.Raw) int64 {
	return int64(8*(len(row.Vals)+len(row.Gaps))) + raw.Size()
}

// fits tells whether there is room for size bytes beside those held. What is
// larger than the bound is taken when nothing else waits.
func (q *Queue) fits(held, size int64) bool { return held+size <= q.bound || held == 0 }

// Fits tells whether Add would take a row now.
func (q *Queue) Fits(row *metric.Row, raw *record.Raw) bool {
	return len(q.ch) < cap(q.ch) && q.fits(q.held.Load(), sizeOf(row, raw))
}

// Len is how many rows wait, Cap how many may.
func (q *Queue) Len() int { return len(q.ch) }

// Cap is how many rows may wait.
func (q *Queue) Cap() int { return cap(q.ch) }

// Dropped is how many rows Add refused.
func (q *Queue) Dropped() int64 { return q.dropped.Load() }

// Status returns the state of every sink, with the dropped rows among those
// lost. It may be called from any goroutine.
func (q *Queue) Status() []SinkStatus {
	out := make([]SinkStatus, len(q.sinks))
	for i, s := range q.sinks {
		out[i] = s.Status()
		out[i].Lost += q.Dropped()
	}
	return out
}

// Close writes what waits, closes the sinks and returns their errors.
func (q *Queue) Close() []error {
	close(q.ch)
	q.wg.Wait()
	return q.errs
}

func (q *Queue) run() {
	tick := time.NewTicker(FlushEvery / 2)
	defer tick.Stop()
	for {
		select {
		case it, open := <-q.ch:
			if !open {
				for _, s := range q.sinks {
					if err := s.Close(); err != nil {
						q.errs = append(q.errs, err)
					}
				}
				return
			}
			for _, s := range q.sinks {
				s.WriteRow(it.row, it.raw)
			}
			q.held.Add(-it.size)
		case <-tick.C:
			for _, s := range q.sinks {
				s.Flush()
			}
		}
	}
}
