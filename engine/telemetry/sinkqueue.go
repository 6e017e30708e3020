package telemetry

import (
	"sync"
	"sync/atomic"
)

// sinkQueue stands between the Monitor and its sink, so that a slow disk holds
// nobody up. What it has no room for is lost for the file and counted.
type sinkQueue struct {
	ch   chan sinkItem
	lost atomic.Int64
	wg   sync.WaitGroup
	err  error
}

type sinkItem struct {
	gpus   []GPUSample
	scrape *Scrape
	flush  bool
}

// sinkDepth is how many readings may wait.
const sinkDepth = 256

func newSinkQueue(s Sink) *sinkQueue {
	q := &sinkQueue{ch: make(chan sinkItem, sinkDepth)}
	q.wg.Go(func() {
		for i := range q.ch {
			switch {
			case i.gpus != nil:
				s.WriteGPUs(i.gpus)
			case i.scrape != nil:
				s.WriteScrape(i.scrape)
			default:
				s.Flush()
			}
		}
		q.err = s.Close()
	})
	return q
}

func (q *sinkQueue) put(i sinkItem) {
	select {
	case q.ch <- i:
	default:
		if !i.flush {
			q.lost.Add(1)
		}
	}
}

func (q *sinkQueue) gpus(list []GPUSample) { q.put(sinkItem{gpus: list}) }
func (q *sinkQueue) scrape(s *Scrape)      { q.put(sinkItem{scrape: s}) }
func (q *sinkQueue) flush()                { q.put(sinkItem{flush: true}) }

// close writes what waits.
func (q *sinkQueue) close() error {
	close(q.ch)
	q.wg.Wait()
	return q.err
}
