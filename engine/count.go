package engine

import (
	"runtime"
	"sync"
	"sync/atomic"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// finished is one exchange on its way from a worker to its row: the record, and
// the texts that are still to be counted.
type finished struct {
	rec   *record.Record
	raw   *record.Raw
	count bool // the client counts; else rec has the server's numbers
	// inputTokens is the ISL if it is known, else -1 and input is counted;
	// inputIDs are input tokens given as ids.
	inputTokens, inputIDs    int
	noInput                  bool // the body holds nothing that is counted
	input, output, reasoning string
}

// counters turn finished exchanges into rows, off the path of the load: the
// tokenizer runs here, after the last byte, on a few goroutines of its own.
// Their queue is bounded. A worker that finds it full waits, and the wait shows
// as the lag of its next request, never in the server's numbers.
type counters struct {
	in      chan finished
	room    *room
	waiting atomic.Int64
	wg      sync.WaitGroup
}

// countQueue bounds the exchanges that wait to be counted, countBytes their
// texts: a thousand long answers with all their events would be gigabytes.
const (
	countQueue = 4096
	countBytes = 64 << 20
)

// startCounters starts them. out gets the rows; who takes them from there gives
// their sizes back to the room.
func startCounters(reg *metric.Registry, ctx *metric.Context, c Counter, out func(row *metric.Row, raw *record.Raw, size int64)) *counters {
	p := &counters{in: make(chan finished, countQueue), room: newRoom(countBytes)}
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		p.wg.Go(func() {
			for f := range p.in {
				size := f.size()
				f.tokens(c)
				out(reg.Row(ctx, f.rec), f.raw, size)
				p.waiting.Add(-1)
			}
		})
	}
	return p
}

// add hands an exchange over; nothing in it may change afterwards.
func (p *counters) add(f finished) {
	p.waiting.Add(1)
	p.room.take(f.size())
	p.in <- f
}

// size is about how much memory the exchange holds, in bytes.
func (f *finished) size() int64 {
	return int64(len(f.input)+len(f.output)+len(f.reasoning)+8*len(f.rec.ChunkNS)) + f.raw.Size()
}

// backlog is how many exchanges wait or are being counted.
func (p *counters) backlog() int64 { return p.waiting.Load() }

// close waits until all rows are out.
func (p *counters) close() {
	close(p.in)
	p.wg.Wait()
}

// tokens fills in the counts that the client makes itself. Output texts are
// counted as one text each for answer and reasoning, as AIPerf does, so chunk
// borders do not matter.
func (f *finished) tokens(c Counter) {
	if c == nil || !f.count {
		return
	}
	f.rec.ISL = f.inputTokens
	if f.inputTokens < 0 && !f.noInput {
		f.rec.ISL = c.Count(f.input) + f.inputIDs
	}
	if f.rec.Err != nil {
		return
	}
	f.rec.Output = c.Count(f.output)
	if f.reasoning != "" {
		f.rec.Reasoning = c.Count(f.reasoning)
	}
}
