package engine

import "time"

// patience is how long rows wait for a sink that takes none before they are
// dropped.
const patience = 3 * time.Second

// delivery hands rows to the sink, in their order. What does not fit is dropped,
// so that a stalled disk never stops the load; but raw exchanges are so large
// that those of one moment may not fit beside each other, and these wait for
// their turn. As long as they do they take their part of the counters' room,
// so workers may wait too: the load is late then, and nothing is lost. With a
// sink that does not move at all this ends after patience.
type delivery struct {
	sink    RowSink // nil for none
	wait    bool
	release func(size int64)

	waiting []collected
	stuckNS int64 // since when the sink has taken nothing; 0 when it does
	stalled bool  // patience is at its end until the sink takes something
	told    bool
	dropped int64
}

// deliver hands over rows and what waits, at a time on the axis of package
// record. It reports true when rows have to wait, once in a run.
func (d *delivery) deliver(rows []collected, now int64) (news bool) {
	if d.sink == nil {
		for i := range rows {
			d.release(rows[i].size)
		}
		return false
	}
	d.waiting = append(d.waiting, rows...)
	done := 0
	for ; done < len(d.waiting); done++ {
		it := &d.waiting[done]
		switch {
		case d.wait && !d.stalled && !d.sink.Fits(it.row, it.raw):
			if d.stuckNS == 0 || done > 0 {
				d.stuckNS = now
			}
			if now-d.stuckNS < int64(patience) {
				return d.keep(done)
			}
			d.stalled = true
			fallthrough
		default:
			if d.sink.Add(it.row, it.raw) {
				d.stuckNS, d.stalled = 0, false
			} else {
				d.dropped++
			}
		}
		d.release(it.size)
	}
	d.keep(done)
	return false
}

// keep forgets the rows that are done with.
func (d *delivery) keep(done int) (news bool) {
	n := copy(d.waiting, d.waiting[done:])
	clear(d.waiting[n:])
	d.waiting = d.waiting[:n]
	news = n > 0 && !d.told
	d.told = d.told || n > 0
	return news
}

// pending tells whether rows wait.
func (d *delivery) pending() bool { return len(d.waiting) > 0 }
