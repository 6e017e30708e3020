package metric

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"tacho/engine/record"
)

// line is what a per-request line of AIPerf says, as far as a record can be made
// of it again.
type line struct {
	Metadata struct {
		Start int64 `json:"request_start_ns"`
		End   int64 `json:"request_end_ns"`
	}
	Metrics map[Tag]struct{ Value json.RawMessage }
	Error   *struct{ Type string }
}

func (l *line) number(t *testing.T, tag Tag) (float64, bool) {
	m, ok := l.Metrics[tag]
	if !ok {
		return 0, false
	}
	var v float64
	if err := json.Unmarshal(m.Value, &v); err != nil {
		t.Fatalf("%s: %v", tag, err)
	}
	return v, true
}

func (l *line) ns(t *testing.T, tag Tag) int64 {
	v, _ := l.number(t, tag)
	return int64(math.Round(v * 1e6))
}

func (l *line) count(t *testing.T, tag Tag) int {
	v, ok := l.number(t, tag)
	if !ok {
		return -1
	}
	return int(v)
}

// record makes a request that must give the same metrics.
func (l *line) record(t *testing.T, streaming bool) *record.Record {
	r := &record.Record{ISL: l.count(t, ISL), Output: l.count(t, OutputTokens), Reasoning: l.count(t, ReasoningTokens)}
	r.StartNS, r.EndNS = l.Metadata.Start, l.Metadata.End
	if l.Error != nil {
		r.Err = &record.Failure{Type: l.Error.Type}
		r.ISL = l.count(t, ErrorISL)
		return r
	}
	osl := l.count(t, OSL)
	if osl >= 0 && r.Output < 0 && r.Reasoning < 0 {
		r.Output = osl // 0: the line then has no output count
	}
	latency := r.StartNS + l.ns(t, RequestLatency)
	if !streaming {
		r.ChunkNS = []int64{latency}
	} else {
		at := r.StartNS + l.ns(t, TTFT)
		r.ChunkNS = []int64{at}
		var gaps []float64
		if m, ok := l.Metrics[ICL]; ok {
			if err := json.Unmarshal(m.Value, &gaps); err != nil {
				t.Fatal(err)
			}
		}
		for _, g := range gaps {
			at += int64(math.Round(g * 1e6))
			r.ChunkNS = append(r.ChunkNS, at)
		}
		if _, ok := l.Metrics[TTFO]; ok {
			r.FirstOutputNS = r.StartNS + l.ns(t, TTFO)
		}
	}
	if pct, ok := l.number(t, OSLMismatchPct); ok {
		r.RequestedOSL = int(math.Round(float64(osl) / (1 + pct/100)))
	}
	r.Usage = record.Usage{
		Prompt: l.count(t, UsagePromptTokens), Completion: l.count(t, UsageCompletionTokens), Total: l.count(t, UsageTotalTokens),
		Reasoning: l.count(t, UsageReasoningTokens), CacheRead: l.count(t, UsagePromptCacheReadTokens),
		CacheWrite: l.count(t, UsagePromptCacheWriteTokens), CacheMiss: l.count(t, UsagePromptCacheMissTokens),
		AcceptedPrediction: l.count(t, UsageAcceptedPredictionTokens), RejectedPrediction: l.count(t, UsageRejectedPredictionTokens),
		ToolUse: l.count(t, UsageToolUsePromptTokens), PromptAudio: -1, CompletionAudio: -1, PromptAudioSec: -1,
	}
	sent, _ := l.number(t, HTTPDataSent)
	received, _ := l.number(t, HTTPDataReceived)
	h := record.HTTP{
		Valid: true, Reused: l.count(t, HTTPConnectionReused) == 1,
		BlockedNS: l.ns(t, HTTPBlocked), DNSNS: l.ns(t, HTTPDNSLookup), ConnectNS: l.ns(t, HTTPConnecting),
		BytesSent: int64(sent * 1024), BytesReceived: int64(received * 1024),
		ChunksSent: l.count(t, HTTPChunksSent), ChunksReceived: l.count(t, HTTPChunksReceived),
	}
	h.SendStartNS = r.StartNS
	h.SendEndNS = h.SendStartNS + l.ns(t, HTTPSending)
	h.FirstByteNS = h.SendEndNS + l.ns(t, HTTPWaiting)
	h.LastByteNS = h.FirstByteNS + l.ns(t, HTTPReceiving)
	if h.ChunksReceived == 1 {
		h.LastByteNS = h.SendStartNS + l.ns(t, HTTPDuration)
	}
	r.HTTP = h
	return r
}

// TestRowsEqualLines makes records of AIPerf's per-request lines and expects
// their metrics back to the last bit.
func TestRowsEqualLines(t *testing.T) {
	text := Context{Streaming: true, OutputTokens: true, InputTokens: true}
	plain, server, good := text, text, text
	plain.Streaming = false
	server.ServerTokens = true
	good.SLOs = []SLO{{RequestLatency, 200}, {ITL, 10}}
	values := 0
	for name, ctx := range map[string]Context{
		"chat_stream": good, "chat_nostream": plain, "completions_stream": text, "faulty": text, "multi_turn": text,
		"rate_warmup": text, "reasoning_client_tokens": text, "reasoning_server_tokens": server,
		"single_token_server": server, "trace_replay": text, "error_kinds": text, "responses": text, "hf_generate": text,
		"embeddings": {InputTokens: true}, "rankings": {}, "images": {InputTokens: true},
	} {
		t.Run(name, func(t *testing.T) { values += checkLines(t, name, &ctx) })
	}
	if values < 15_000 {
		t.Errorf("only %d values were compared", values)
	}
	t.Logf("%d values are equal", values)
}

func checkLines(t *testing.T, name string, ctx *Context) (values int) {
	f, err := os.Open(filepath.Join("../../testdata/aiperf-0.13", name, "profile_export.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reg := Builtin()
	var row Row
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 16<<20)
	for n := 1; sc.Scan(); n++ {
		var l line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		reg.Plan(ctx).Fill(&row, l.record(t, ctx.Streaming))
		for _, d := range reg.Defs() {
			m, want := l.Metrics[d.Tag]
			if d.Kind == PerList {
				var gaps []float64
				if want {
					if err := json.Unmarshal(m.Value, &gaps); err != nil {
						t.Fatal(err)
					}
				}
				if len(gaps) != len(row.Gaps) {
					t.Errorf("line %d: %d gaps, want %d", n, len(row.Gaps), len(gaps))
				}
				for i, g := range gaps {
					if row.Gaps[i] != g {
						t.Errorf("line %d: gap %d is %v, want %v", n, i, row.Gaps[i], g)
					}
					values++
				}
				continue
			}
			if !d.Has(InRecords) {
				continue
			}
			v, _ := l.number(t, d.Tag)
			switch got := row.Vals[d.ID]; {
			case want && got != v:
				t.Errorf("line %d: %s is %v, want %v", n, d.Tag, got, v)
			case !want && got == got:
				t.Errorf("line %d: %s is %v, AIPerf has none", n, d.Tag, got)
			case want:
				values++
			}
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestFirstChunkTokens(t *testing.T) {
	reg := Builtin()
	rec := &record.Record{Output: 11, Reasoning: -1, ISL: 4, ChunkNS: []int64{1_100e6, 1_200e6}, Usage: record.NoUsage}
	rec.StartNS = 1_000e6
	itl, _ := reg.Lookup(ITL)
	for _, tt := range []struct {
		name   string
		usage  bool
		tokens int
		want   float64
	}{
		{"not asked for", false, 6, 10},
		{"unknown", true, 0, 10},
		{"six in the first chunk", true, 6, 20},
		{"all in the first chunk", true, 11, 10},
		{"more than there are", true, 30, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec.FirstChunkTokens = tt.tokens
			ctx := &Context{Streaming: true, OutputTokens: true, PerChunkUsage: tt.usage}
			if got := reg.Row(ctx, rec).Vals[itl.ID]; got != tt.want {
				t.Errorf("ITL is %v, want %v", got, tt.want)
			}
		})
	}
}

func TestNoTokensNoRates(t *testing.T) {
	reg := Builtin()
	ctx := &Context{Streaming: true, OutputTokens: true, InputTokens: true}
	for _, tt := range []struct {
		name   string
		rec    record.Record
		absent []Tag
	}{
		{"one token", record.Record{Output: 1, Reasoning: -1, ISL: 3, ChunkNS: []int64{2e9, 3e9}}, []Tag{ITL, OutputTokenThroughputPerUser, ReasoningTokens, OSLMismatchPct}},
		{"two tokens in one chunk", record.Record{Output: 2, Reasoning: -1, ISL: 3, ChunkNS: []int64{2e9}}, []Tag{TTST, OutputTokenThroughputPerUser}},
		{"nothing counted", record.Record{Output: -1, Reasoning: -1, ISL: -1, ChunkNS: []int64{2e9, 3e9}}, []Tag{OSL, ISL, ITL, E2EOutputTokenThroughput, PrefillThroughputPerUser, OutputTokens}},
		{"only reasoning", record.Record{Output: 0, Reasoning: 9, ISL: 3, ChunkNS: []int64{2e9, 3e9}}, []Tag{OutputTokens, TTFO}},
		{"chunk before the start", record.Record{Output: 5, Reasoning: -1, ISL: 3, ChunkNS: []int64{1, 3e9}}, []Tag{TTFT, PrefillThroughputPerUser}},
		{"no exchange", record.Record{Output: 5, Reasoning: -1, ISL: 3, ChunkNS: []int64{2e9, 3e9}}, []Tag{HTTPTotal, HTTPBlocked, HTTPDataSent}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.rec.StartNS, tt.rec.Usage = 1e9, record.NoUsage
			row := reg.Row(ctx, &tt.rec)
			for _, tag := range tt.absent {
				d, _ := reg.Lookup(tag)
				if v := row.Vals[d.ID]; v == v {
					t.Errorf("%s is %v, want none", tag, v)
				}
			}
		})
	}
}

// TestCounts checks what a request adds to counts against the spec's examples.
func TestCounts(t *testing.T) {
	reg := Builtin()
	ctx := &Context{OutputTokens: true, InputTokens: true}
	for _, tt := range []struct {
		name      string
		osl, want int
		mismatch  float64
	}{
		{"one more than 24", 25, 24, 0}, {"one more than 19", 20, 19, 1}, {"as asked", 100, 100, 0},
		{"5 % of 1000", 1050, 1000, 0}, {"51 of 2000", 1949, 2000, 1}, {"50 of 2000", 1950, 2000, 0}, {"none of 10", 0, 10, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := &record.Record{Output: tt.osl, Reasoning: -1, RequestedOSL: tt.want, ISL: 10, ChunkNS: []int64{2}, Usage: record.NoUsage}
			d, _ := reg.Lookup(OSLMismatchCount)
			if got := reg.Row(ctx, rec).Vals[d.ID]; got != tt.mismatch {
				t.Errorf("OSL %d of %d counts %v, want %v", tt.osl, tt.want, got, tt.mismatch)
			}
		})
	}
	discrepancies, _ := reg.Lookup(UsageDiscrepancyCount)
	for _, tt := range []struct {
		name                          string
		prompt, completion, reasoning int
		want                          float64
	}{{"equal", 100, 50, -1, 0}, {"10 %", 110, 45, -1, 0}, {"prompt 11 %", 111, 50, -1, 1}, {"completion", 100, 40, -1, 1}, {"reasoning", 100, 50, 30, 1}, {"no prompt", -1, 9, -1, math.NaN()}} {
		t.Run("usage "+tt.name, func(t *testing.T) {
			rec := &record.Record{Output: 40, Reasoning: 10, ISL: 100, ChunkNS: []int64{2}, Usage: record.NoUsage}
			rec.Usage.Prompt, rec.Usage.Completion, rec.Usage.Reasoning = tt.prompt, tt.completion, tt.reasoning
			if got := reg.Row(ctx, rec).Vals[discrepancies.ID]; got != tt.want && !(got != got && tt.want != tt.want) {
				t.Errorf("counts %v, want %v", got, tt.want)
			}
		})
	}
	failed := reg.Row(ctx, &record.Record{Output: 4, Reasoning: -1, ISL: 7, Err: &record.Failure{}, ChunkNS: []int64{2}, Usage: record.NoUsage})
	for _, d := range reg.Defs() {
		want, counted := map[Tag]float64{ErrorISL: 7, ErrorRequestCount: 1, ContextOverflowCount: 0}[d.Tag]
		if v := failed.Vals[d.ID]; counted != (v == v) || counted && v != want {
			t.Errorf("failed request: %s is %v", d.Tag, v)
		}
	}
}

func TestForeign(t *testing.T) {
	reg := Builtin()
	ctx := &Context{Streaming: true}
	before := reg.Plan(ctx)
	n := reg.Len()
	d := reg.Foreign("speculation_depth", "tokens")
	if d.ID != ID(n) || d.Unit != "tokens" || reg.Foreign("speculation_depth", "x") != d || reg.Len() != n+1 {
		t.Errorf("foreign definition %+v", d)
	}
	if reg.Foreign(TTFT, "ms").Short != "TTFT" {
		t.Error("a known tag got a foreign definition")
	}
	if reg.Plan(ctx) == before {
		t.Error("the plan from before the new definition is still in use")
	}
	if row := reg.Row(ctx, &record.Record{ChunkNS: []int64{1}}); len(row.Vals) != n+1 {
		t.Errorf("rows have %d values of %d", len(row.Vals), n+1)
	}
	defer func() {
		if recover() == nil {
			t.Error("a tag can be defined twice")
		}
	}()
	NewRegistry([]Def{{Tag: TTFT}, {Tag: TTFT}})
}

func BenchmarkFill(b *testing.B) {
	reg := Builtin()
	ctx := &Context{Streaming: true, OutputTokens: true, InputTokens: true, SLOs: []SLO{{TTFT, 200}, {ITL, 20}}}
	rec := &record.Record{Output: 40, Reasoning: 10, ISL: 100, RequestedOSL: 50, Usage: record.NoUsage}
	rec.StartNS, rec.EndNS = 1e9, 2e9
	for i := range 8 {
		rec.ChunkNS = append(rec.ChunkNS, 1e9+int64(50+10*i)*1e6)
	}
	rec.Usage.Prompt, rec.Usage.Completion = 100, 50
	rec.HTTP = record.HTTP{Valid: true, SendStartNS: 1, SendEndNS: 2, FirstByteNS: 3, LastByteNS: 4, ChunksReceived: 3}
	var row Row
	b.ReportAllocs()
	for b.Loop() {
		reg.Plan(ctx).Fill(&row, rec)
	}
}
