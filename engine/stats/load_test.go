package stats

import (
	"math"
	"math/rand/v2"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// load makes requests like those of a small streaming model, in the order in
// which they end, from slots that send one after the other.
type load struct {
	rng     *rand.Rand
	free    []int64 // when each slot is free
	chunks  int
	records int64
	rec     record.Record
}

func newLoad(seed uint64, slots, chunks int) *load {
	l := &load{rng: rand.New(rand.NewPCG(seed, 1)), chunks: chunks, free: make([]int64, slots)}
	for i := range l.free {
		l.free[i] = 1_795_499_800_000_000_000 + l.rng.Int64N(50e6)
	}
	return l
}

// runContext is the run that a load makes.
func runContext() *metric.Context {
	return &metric.Context{Streaming: true, OutputTokens: true, InputTokens: true,
		SLOs: []metric.SLO{{Tag: metric.TTFT, Limit: 60}}}
}

// next returns the next record; it is reused.
func (l *load) next() *record.Record {
	slot := 0
	for i, at := range l.free {
		if at < l.free[slot] {
			slot = i
		}
	}
	r := &l.rec
	chunks := r.ChunkNS[:0]
	*r = record.Record{Usage: record.NoUsage, Status: 200}
	r.Num, r.DueNS = l.records, l.free[slot]
	l.records++
	r.StartNS = r.DueNS + 50_000 + l.rng.Int64N(400_000)
	at := r.StartNS + int64(30e6*math.Exp(l.rng.NormFloat64()/3))
	for range l.chunks {
		chunks = append(chunks, at)
		at += 2_000_000 + l.rng.Int64N(4_000_000)
	}
	r.ChunkNS, r.FirstOutputNS = chunks, chunks[0]
	last := chunks[len(chunks)-1]
	r.EndNS = last + l.rng.Int64N(500_000)
	r.ISL, r.Output, r.Reasoning = 32+l.rng.IntN(64), l.chunks, -1
	r.RequestedOSL = l.chunks + l.rng.IntN(3)
	r.Usage.Prompt, r.Usage.Completion, r.Usage.Total = r.ISL+8, r.Output, r.ISL+8+r.Output
	r.HTTP = record.HTTP{Valid: true, Reused: true, SendStartNS: r.StartNS, SendEndNS: r.StartNS + 40_000 + l.rng.Int64N(20_000),
		FirstByteNS: chunks[0] - 100_000, LastByteNS: r.EndNS, BytesSent: 300 + l.rng.Int64N(200), BytesReceived: int64(200 * l.chunks), ChunksSent: 1, ChunksReceived: l.chunks + 1}
	if l.rng.IntN(200) == 0 {
		r.Err = &record.Failure{Code: 500, Type: "Internal Server Error", Message: "boom"}
		r.EndNS, r.ChunkNS = r.StartNS, nil
		l.free[slot] = r.StartNS + 30e6
		l.rec.ChunkNS = chunks[:0]
		return r
	}
	l.free[slot] = r.EndNS
	return r
}
