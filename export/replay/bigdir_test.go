package replay

import (
	"bufio"
	"container/heap"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
	"tacho/export"
	"tacho/export/aiperf"
)

// bigDir is a run to be invented.
type bigDir struct {
	requests int
	// perSec is the rate of arrivals, slots the concurrency.
	perSec float64
	// tokens is the mean number of tokens of an answer.
	tokens int
	// failEvery makes every n-th request fail; 0 none.
	failEvery int
	// slow multiplies all times of the server.
	slow float64
	seed uint64
	// stallAt are seconds at which all streams stand still for half a second.
	stallAt []float64
	// drop leaves out the summary.
	noSummary bool
}

// byEnd has the first to end on top.
type byEnd []*record.Record

func (h byEnd) Len() int           { return len(h) }
func (h byEnd) Less(i, j int) bool { return h[i].EndNS < h[j].EndNS }
func (h byEnd) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byEnd) Push(x any)        { *h = append(*h, x.(*record.Record)) }
func (h *byEnd) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

const bigStart = int64(1795500000) * 1e9

// write makes the directory of the run, as tacho would leave it.
func (o bigDir) write(tb testing.TB, dir string) {
	tb.Helper()
	if o.slow == 0 {
		o.slow = 1
	}
	reg := metric.Builtin()
	ctx := &metric.Context{Streaming: true, OutputTokens: true, InputTokens: true, SLOs: []metric.SLO{{Tag: metric.TTFT, Limit: 200}, {Tag: metric.ITL, Limit: 12}}}
	acc := stats.NewAccumulator(reg, ctx, stats.Options{Dir: dir})
	defer acc.Close()
	f, err := os.Create(filepath.Join(dir, "profile_export.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	enc := aiperf.NewRecordEncoder(reg, true)
	plan := reg.Plan(ctx)
	var row metric.Row
	var line []byte
	last := bigStart
	put := func(rec *record.Record) {
		last = max(last, rec.EndNS)
		plan.Fill(&row, rec)
		line = enc.Append(line[:0], &row)
		if _, err := w.Write(line); err != nil {
			tb.Fatal(err)
		}
		if !o.noSummary {
			acc.Add(&row)
		}
	}
	var flying byEnd // files are in the order of the ends
	for i := range o.requests {
		rec := o.record(i)
		for len(flying) > 0 && flying[0].EndNS < rec.StartNS {
			put(heap.Pop(&flying).(*record.Record))
		}
		heap.Push(&flying, rec)
	}
	for len(flying) > 0 {
		put(heap.Pop(&flying).(*record.Record))
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	if o.noSummary {
		return
	}
	sum, err := acc.Summary(bigStart, last, false)
	if err != nil {
		tb.Fatal(err)
	}
	run := &export.Run{
		Registry: reg, SchemaVersion: export.SchemaVersion, FormatVersion: export.AIPerfVersion, Summary: sum, Errors: acc.Errors(), Complete: true,
		InputConfig: o.config(),
	}
	if _, err := export.Write(run, export.Names{}, dir, aiperf.Exporters()); err != nil {
		tb.Fatal(err)
	}
	m := &export.Manifest{TachoVersion: "0.1.0", Profile: run.InputConfig, Window: &export.Window{StartNS: bigStart, EndNS: last}, Outcome: "complete", Simulated: true}
	if _, err := export.WriteManifest(m, export.Names{}, dir); err != nil {
		tb.Fatal(err)
	}
}

func (o bigDir) config() json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"models":{"items":[{"name":"big"}]},"endpoint":{"urls":["http://gpu-box:8000"],"type":"chat","streaming":true},
"phases":[{"name":"profiling","kind":"profiling","type":"poisson","requests":%d,"rate":%g}],"artifacts":{"slice_duration":1},
"slos":{"time_to_first_token":200,"inter_token_latency":12}}`, o.requests, o.perSec))
}

// record makes request i, the same for the same seed.
func (o bigDir) record(i int) *record.Record {
	r := rand.New(rand.NewPCG(o.seed, uint64(i)))
	ms := func(v float64) int64 { return int64(v * o.slow * 1e6) }
	due := bigStart + int64(float64(i)/o.perSec*1e9)
	rec := &record.Record{
		Meta: record.Meta{
			Num: int64(i), RequestID: fmt.Sprintf("%08x-e58a-4ed6-83aa-2172901d2641", i), CorrelationID: fmt.Sprintf("%08x-3aa4-4733-b032-7708bb1f2d4a", i),
			ConversationID: fmt.Sprintf("session_%06d", i), Worker: fmt.Sprintf("worker_%08x", i%64), Processor: "record_processor_00000000", Model: "big",
			Phase: record.Phase{Name: "profiling", Kind: record.Profiling}, DueNS: due, StartNS: due + 50e3,
		},
		ISL: 500 + r.IntN(100), Output: -1, Usage: record.NoUsage, Status: 200,
	}
	rec.Client = record.Client{PickedNS: due + 10e3, WireNS: due + 50e3, ReadLateNS: 30e3, Kernel: true}
	rec.AckNS = rec.StartNS + ms(5)
	if o.failEvery > 0 && i%o.failEvery == o.failEvery-1 {
		rec.EndNS = rec.StartNS + ms(20)
		rec.Status = 503
		rec.Err = &record.Failure{Kind: record.ErrHTTP5xx, Code: 503, Type: "Service Unavailable", Message: "overloaded"}
		return rec
	}
	stalled := func(at int64) int64 {
		for _, s := range o.stallAt {
			if stall := bigStart + int64(s*1e9); at >= stall && at < stall+5e8 {
				return stall + 5e8 + int64(r.IntN(1e6))
			}
		}
		return at
	}
	at := stalled(rec.StartNS + ms(80+40*r.ExpFloat64()))
	n := max(2, o.tokens/2+r.IntN(max(1, o.tokens)))
	for range n {
		rec.ChunkNS = append(rec.ChunkNS, at)
		at = stalled(at + ms(8+2*r.ExpFloat64()))
	}
	rec.FirstOutputNS, rec.EndNS = rec.ChunkNS[0], rec.ChunkNS[n-1]+2e5
	rec.Output, rec.Reasoning = n, 0
	rec.Usage.Prompt, rec.Usage.Completion, rec.Usage.Total, rec.Usage.Reasoning, rec.Usage.CacheRead = rec.ISL-2, n, rec.ISL-2+n, 0, 0
	rec.HTTP = record.HTTP{
		Valid: true, SendStartNS: rec.StartNS, SendEndNS: rec.StartNS + 9e3, FirstByteNS: rec.AckNS, LastByteNS: rec.EndNS, BlockedNS: 4e3, Reused: true,
		BytesSent: 2069, BytesReceived: int64(200 * n), ChunksSent: 1, ChunksReceived: n + 2,
	}
	return rec
}
