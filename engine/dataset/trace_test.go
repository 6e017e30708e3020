package dataset

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

const goldenTrace = "../../testdata/aiperf-0.13/inputs/mooncake.jsonl"

// The trace AIPerf 0.13 was run with: lengths as recorded, ISL by the
// tokenizer as AIPerf counted it, blocks shared where the ids are.
func TestMooncakeGolden(t *testing.T) {
	tok := token.Builtin()
	d := mustOpen(t, Config{File: FileConfig{Path: goldenTrace, Schedule: &Window{AutoOffset: true}}}, tok)
	if info := Describe(d); info.Kind != "mooncake_trace" || !info.Trace || !info.Timed || d.Len() != 30 {
		t.Fatalf("%d conversations, described as %+v", d.Len(), info)
	}
	var rows []struct {
		Timestamp    float64
		InputLength  int     `json:"input_length"`
		OutputLength int     `json:"output_length"`
		HashIDs      []int64 `json:"hash_ids"`
	}
	eachLine(t, goldenTrace, func(line []byte) {
		rows = append(rows, rows0(t, line, rows)...)
	})
	firstBlock := map[int64]string{}
	for i, r := range rows {
		c := at(t, d, i)
		turn := c.Turns[0]
		text := turn.Texts[0].Content
		if n := tok.Count(text); n != r.InputLength || turn.MaxTokens != r.OutputLength || turn.TimestampMS != r.Timestamp-1000 || !turn.Timed {
			t.Errorf("row %d has %d tokens for %d, OSL %d for %d, time %v for %v", i, n, r.InputLength, turn.MaxTokens, r.OutputLength, turn.TimestampMS, r.Timestamp-1000)
		}
		if c.ID != fmt.Sprintf("session_%06d", i) || c.SelfContained {
			t.Errorf("row %d is %q", i, c.ID)
		}
		ids := tok.Encode(text)
		block := tok.Decode(ids[:512])
		if had, ok := firstBlock[r.HashIDs[0]]; ok && had != block {
			t.Errorf("row %d: block %d differs from that of an earlier row", i, r.HashIDs[0])
		}
		firstBlock[r.HashIDs[0]] = block
		for b := 0; b < len(ids); b += 512 {
			if s := tok.Decode(ids[b : b+1]); s != "<|endoftext|>" {
				t.Errorf("row %d: block at %d begins with %q", i, b, s)
			}
		}
	}
	if len(firstBlock) != 4 || firstBlock[0] == firstBlock[1] {
		t.Errorf("%d different first blocks, want 4", len(firstBlock))
	}
	i := 0
	for s, err := range d.(Timed).Starts() {
		if err != nil || s.Index != i || s.AtMS != rows[i].Timestamp-1000 {
			t.Errorf("start %d is %+v, %v", i, s, err)
		}
		i++
	}
	if i != 30 {
		t.Errorf("%d starts", i)
	}
}

// rows0 decodes one line into the element type of rows.
func rows0[T any](t *testing.T, line []byte, _ []T) []T {
	var v T
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatal(err)
	}
	return []T{v}
}

func TestBlocksWithoutSeparator(t *testing.T) {
	for _, tok := range append(tokenizers(t), nil) {
		d := mustOpen(t, Config{File: FileConfig{BlockSize: 16, Corpus: Coding, Path: write(t, "x.jsonl",
			`{"input_length":40,"hash_ids":[1,2,-9223372036854775808]}`+"\n"+`{"input_length":70,"hash_ids":[1,2]}`+"\n"+`{"input_length":25}`+"\n")}}, tok)
		a, b, c := at(t, d, 0).Turns[0].Texts[0].Content, at(t, d, 1).Turns[0].Texts[0].Content, at(t, d, 2).Turns[0].Texts[0].Content
		if tok == nil {
			if len(a) != 160 || len(b) != 280 || len(c) != 100 || a[:128] != b[:128] {
				t.Errorf("without a tokenizer: %d, %d and %d characters, shared: %v", len(a), len(b), len(c), a[:128] == b[:128])
			}
			continue
		}
		shared := 0
		for shared < min(len(a), len(b)) && a[shared] == b[shared] {
			shared++
		}
		if n := tok.Count(a[:shared]); n < 28 {
			t.Errorf("%s: only %d tokens are shared of 32", tok.Name(), n)
		}
		if n := tok.Count(b); n < 60 || n > 80 {
			t.Errorf("%s: 70 tokens, 32 of them shared, became %d", tok.Name(), n)
		}
		if n := tok.Count(c); n != 25 {
			t.Errorf("%s: a row without blocks has %d tokens, want 25", tok.Name(), n)
		}
	}
}

func TestMooncakeInputs(t *testing.T) {
	d := fromFile(t, `{"session_id":"a","input_length":300,"output_length":20,"timestamp":5}
{"text_input":"as it stands","output_length":0,"delay":70}
{"session_id":"a","delay":2000,"input_length":150,"output_length":30}
{"messages":[{"role":"user", "content":"hi"}],"tools":[{"type":"function"}],"output_length":9,"timestamp":40,"extra":{"top_p":1}}
{"payload":{"messages":[{"role":"user","content":"verbatim"}], "max_tokens":5},"session_id":"p"}
{"payload":{"prompt":"x"},"session_id":"p","delay":9}
`, FileConfig{})
	if d.Len() != 4 {
		t.Fatalf("%d conversations, want 4", d.Len())
	}
	a := at(t, d, 0)
	if a.ID != "a" || len(a.Turns) != 2 || a.SelfContained || a.Turns[1].DelayMS != 2000 || a.Turns[1].Timed || a.Turns[0].TimestampMS != 5 {
		t.Errorf("session a is %+v", a)
	}
	if b := at(t, d, 1).Turns[0]; b.Texts[0].Content != "as it stands" || b.MaxTokens != 1 || b.DelayMS != 70 {
		t.Errorf("literal text is %+v", b)
	}
	if c := at(t, d, 2); !c.SelfContained || string(c.Turns[0].Messages) != `[{"role":"user","content":"hi"}]` || string(c.Turns[0].Tools) != `[{"type":"function"}]` || len(c.Turns[0].Extra) != 1 {
		t.Errorf("messages are %+v", c)
	}
	if p := at(t, d, 3); !p.SelfContained || len(p.Turns) != 2 || string(p.Turns[0].Body) != `{"messages":[{"role":"user","content":"verbatim"}],"max_tokens":5}` || p.Turns[1].DelayMS != 9 {
		t.Errorf("payloads are %+v", p)
	}
}

func TestBailian(t *testing.T) {
	const file = `{"chat_id":7,"parent_chat_id":-1,"timestamp":0.5,"input_length":40,"output_length":12,"type":"text","turn":1,"hash_ids":[1,2,3]}
{"chat_id":8,"parent_chat_id":-1,"timestamp":0.7,"input_length":16,"output_length":0,"type":"search","turn":1,"hash_ids":[1]}
{"chat_id":10,"parent_chat_id":9,"timestamp":9,"input_length":20,"output_length":3,"turn":3,"hash_ids":[5,6]}
{"chat_id":9,"parent_chat_id":7,"timestamp":2,"input_length":60,"output_length":4,"turn":2}
{"chat_id":20,"parent_chat_id":99,"timestamp":3,"input_length":5,"output_length":5}
{"chat_id":30,"parent_chat_id":31,"timestamp":4,"input_length":5,"output_length":5,"turn":2}
{"chat_id":31,"parent_chat_id":30,"timestamp":5,"input_length":5,"output_length":5,"turn":1}
`
	d := fromFile(t, file, FileConfig{})
	if info := Describe(d); info.Kind != "bailian_trace" {
		t.Fatalf("described as %+v", info)
	}
	type got struct {
		id    string
		times []float64
	}
	var all []got
	for i := range d.Len() {
		c := at(t, d, i)
		g := got{id: c.ID}
		for _, turn := range c.Turns {
			g.times = append(g.times, turn.TimestampMS)
		}
		all = append(all, g)
	}
	// The last two name each other, so they are one conversation.
	want := []got{{"7", []float64{500, 2000, 9000}}, {"8", []float64{700}}, {"20", []float64{3000}}, {"30", []float64{5000, 4000}}}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("conversations %v, want %v", all, want)
	}
	if n := at(t, d, 1).Turns[0].MaxTokens; n != 1 {
		t.Errorf("no output at all became %d, want 1", n)
	}
	tok := token.Builtin()
	if n := tok.Count(at(t, d, 0).Turns[0].Texts[0].Content); n != 40 {
		t.Errorf("first turn has %d tokens, want 40", n)
	}
}

func TestBurstGPT(t *testing.T) {
	content := "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n\n45.5,\"GPT\n4\",10,0,10,API log\n"
	for _, file := range []string{content, packed(t, content)} {
		d := fromFile(t, file, FileConfig{Schedule: &Window{}})
		if info := Describe(d); d.Len() != 2 || info.Kind != "burst_gpt_trace" || !info.Timed {
			t.Fatalf("%d conversations, described as %+v", d.Len(), info)
		}
		a, b := at(t, d, 0).Turns[0], at(t, d, 1).Turns[0]
		if a.TimestampMS != 5000 || a.MaxTokens != 18 || a.InputTokens != 472 || b.TimestampMS != 45500 || b.MaxTokens != 1 || b.InputTokens != 10 {
			t.Errorf("rows are %+v and %+v", a, b)
		}
	}
}

func TestSchedule(t *testing.T) {
	const file = `{"timestamp":3000,"input_length":5}
{"timestamp":1000,"input_length":6,"session_id":"s"}
{"timestamp":1500,"input_length":7}
{"timestamp":2500,"input_length":8,"session_id":"s"}
`
	ms := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		cfg    FileConfig
		starts []Start
		later  float64 // of the second turn of s
		skip   string
	}{
		"auto":        {FileConfig{Schedule: &Window{AutoOffset: true}}, []Start{{1, 0}, {2, 500}, {0, 2000}}, 1500, ""},
		"absolute":    {FileConfig{Schedule: &Window{}}, []Start{{1, 1000}, {2, 1500}, {0, 3000}}, 2500, ""},
		"from 1500":   {FileConfig{Schedule: &Window{Start: ms(1500)}}, []Start{{1, 0}, {2, 1000}, {0, 1500}}, noTime, "1 rows"},
		"until 1500":  {FileConfig{Schedule: &Window{AutoOffset: true, End: ms(1500)}}, []Start{{0, 0}, {1, 500}}, noTime, "2 rows"},
		"twice":       {FileConfig{Schedule: &Window{AutoOffset: true}, Synthesis: Synthesis{Speedup: 2}}, []Start{{1, 0}, {2, 250}, {0, 1000}}, 750, ""},
		"dropped":     {FileConfig{Schedule: &Window{AutoOffset: true}, IgnoreDelays: true}, []Start{{1, 0}, {2, 500}, {0, 2000}}, 1500, ""},
		"max ISL 6":   {FileConfig{Schedule: &Window{AutoOffset: true}, Synthesis: Synthesis{MaxISL: 6}}, []Start{{1, 0}, {0, 2000}}, noTime, "longer"},
		"auto, by 10": {FileConfig{Schedule: &Window{AutoOffset: true}, Synthesis: Synthesis{Speedup: 10}}, []Start{{1, 0}, {2, 50}, {0, 200}}, 150, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := fromFile(t, file, c.cfg)
			var got []Start
			for s, err := range d.(Timed).Starts() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, s)
				if ms := at(t, d, s.Index).Turns[0].TimestampMS; ms != s.AtMS {
					t.Errorf("start %+v, but the turn says %v", s, ms)
				}
			}
			if !reflect.DeepEqual(got, c.starts) {
				t.Errorf("starts %v, want %v", got, c.starts)
			}
			if c.later != noTime {
				if s := at(t, d, 1); len(s.Turns) != 2 || s.Turns[1].TimestampMS != c.later {
					t.Errorf("session s is %+v, want its second turn at %v", s, c.later)
				}
			}
			if notices := fmt.Sprint(Describe(d).Notices); !strings.Contains(notices, c.skip) {
				t.Errorf("notices %s, want %q", notices, c.skip)
			}
		})
	}
	d := fromFile(t, file, FileConfig{IgnoreDelays: true})
	if c := at(t, d, 1); c.Turns[0].Timed || c.Turns[0].TimestampMS != 0 {
		t.Errorf("dropped times: %+v", c.Turns[0])
	}
	for _, err := range d.(Timed).Starts() {
		if err == nil || !strings.Contains(err.Error(), "not opened for a fixed schedule") {
			t.Errorf("starts without a schedule: %v", err)
		}
	}
	for range fromFile(t, file, FileConfig{Schedule: &Window{}}).(Timed).Starts() {
		break // an early end is no trouble
	}
}

// noTime stands for a turn that was left out.
const noTime = math.MaxFloat64

func TestSynthesis(t *testing.T) {
	const file = `{"input_length":1300,"hash_ids":[1,2,3],"output_length":10}
{"input_length":1600,"hash_ids":[1,2,4,5],"output_length":3}
{"input_length":100,"output_length":8}
{"input_length":600,"hash_ids":[9,8]}
`
	half := 0.25
	for name, c := range map[string]struct {
		s      Synthesis
		tokens [4]int
		blocks [4]int
		output int
	}{
		"speed alone":  {Synthesis{Speedup: 2}, [4]int{1300, 1600, 100, 600}, [4]int{3, 4, 0, 2}, 10},
		"prefix by 2":  {Synthesis{PrefixLen: 2}, [4]int{2324, 2624, 100, 600}, [4]int{5, 6, 0, 2}, 10},
		"prefix 1.5":   {Synthesis{PrefixLen: 1.5}, [4]int{1812, 2112, 100, 600}, [4]int{4, 5, 0, 2}, 10},
		"prefix half":  {Synthesis{PrefixLen: 0.5}, [4]int{788, 1088, 100, 600}, [4]int{2, 3, 0, 2}, 10},
		"prompt by 2":  {Synthesis{PromptLen: 2}, [4]int{1576, 2176, 100, 1200}, [4]int{4, 5, 0, 3}, 10},
		"prompt tiny":  {Synthesis{PromptLen: 1e-9}, [4]int{1024, 1024, 100, 600}, [4]int{2, 2, 0, 0}, 10},
		"outputs":      {Synthesis{OutputLen: &half}, [4]int{1300, 1600, 100, 600}, [4]int{3, 4, 0, 2}, 2},
		"outputs, cut": {Synthesis{PromptLen: 2, MaxOSL: 4, MaxISL: 1700}, [4]int{1576, 1700, 100, 1200}, [4]int{4, 5, 0, 3}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			d := fromFile(t, file, FileConfig{Synthesis: c.s}).(*File)
			for i := range 4 {
				r, err := d.rowAt(place(i), &d.scan)
				if err != nil {
					t.Fatal(err)
				}
				d.shape.apply(&r, i)
				if n := r.trace.tokens; n != c.tokens[i] || len(r.trace.blocks) != c.blocks[i] {
					t.Errorf("row %d: %d tokens in %d blocks, want %d in %d", i, n, len(r.trace.blocks), c.tokens[i], c.blocks[i])
				}
			}
			if n := at(t, d, 0).Turns[0].MaxTokens; n != c.output {
				t.Errorf("output %d, want %d", n, c.output)
			}
			if got := token.Builtin().Count(at(t, d, 0).Turns[0].Texts[0].Content); got != c.tokens[0] {
				t.Errorf("the text has %d tokens, want %d", got, c.tokens[0])
			}
		})
	}
	d := fromFile(t, strings.Repeat(`{"input_length":1024,"hash_ids":[1,2]}`+"\n", 200), FileConfig{Synthesis: Synthesis{PrefixRoots: 4}})
	texts := map[string]int{}
	for i := range d.Len() {
		texts[at(t, d, i).Turns[0].Texts[0].Content]++
	}
	if len(texts) != 4 {
		t.Errorf("equal rows in 4 sets of blocks have %d texts", len(texts))
	}
	for _, s := range []Synthesis{{PrefixLen: 1e12}, {PromptLen: 1e12}} {
		d := fromFile(t, file, FileConfig{Synthesis: s}).(*File)
		r, err := d.rowAt(0, &d.scan)
		if err != nil {
			t.Fatal(err)
		}
		if d.shape.apply(&r, 0); r.trace.tokens > maxPromptTokens+1300 || r.trace.tokens < maxPromptTokens/2 {
			t.Errorf("%+v made %d tokens", s, r.trace.tokens)
		}
	}
	d = fromFile(t, file, FileConfig{Synthesis: Synthesis{MaxOSL: 5}})
	if n := at(t, d, 0).Turns[0].MaxTokens; n != 5 || d.(*File).shape != nil {
		t.Errorf("a cut alone gave %d", n)
	}
	_, err := openFor(t, Config{File: FileConfig{Path: write(t, "x.jsonl", `{"input_length":600,"hash_ids":[1,2]}`+"\n"+`{"input_length":600,"hash_ids":[1,2]}`), Synthesis: Synthesis{Speedup: 2}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "x.jsonl:1: input_length is 600, below the 2 shared blocks") || !strings.Contains(err.Error(), "x.jsonl:2") {
		t.Errorf("rows shorter than their shared blocks gave %v", err)
	}
}

func TestIDSet(t *testing.T) {
	var s idSet
	ids := []int64{0, 1, 65535, 65536, 1<<32 - 1, 1 << 32, -1, math.MinInt64, math.MaxInt64}
	for _, id := range ids {
		if s.has(id) || s.add(id) || !s.has(id) || !s.add(id) {
			t.Errorf("id %d", id)
		}
	}
	if s.has(2) || s.has(1<<33) {
		t.Error("ids that were not added")
	}
	for i := range int64(maxPages + 10) {
		s.add(i << 16)
	}
	if len(s.pages) != maxPages || len(s.rest) < 10 || !s.has(int64(maxPages+9)<<16) {
		t.Errorf("%d pages, %d others", len(s.pages), len(s.rest))
	}
}

// Conversations depend on seed, settings and number alone.
func TestFilesRepeat(t *testing.T) {
	path := write(t, "x.jsonl", strings.Repeat(`{"input_length":40,"hash_ids":[1,2,3]}`+"\n"+`{"input_length":30}`+"\n", 50))
	cfg := Config{File: FileConfig{Path: path, BlockSize: 16, OSL: Dist{Mean: 9, StdDev: 3}}, Models: []string{"a", "b"}, Selection: RandomModel}
	a, b := mustOpen(t, cfg, token.Builtin()), mustOpen(t, cfg, token.Builtin())
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for i := range a.Len() {
				if _, err := a.At((i*7 + k) % a.Len()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := b.Len() - 1; i >= 0; i-- {
		at(t, b, i)
	}
	wg.Wait()
	for i := range a.Len() {
		if x, y := at(t, a, i), at(t, b, i); !reflect.DeepEqual(x, y) {
			t.Fatalf("conversation %d differs:\n%+v\n%+v", i, x, y)
		}
	}
	other, err := Open(t.Context(), cfg, random.Seeded(2), token.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(at(t, a, 0), at(t, other, 0)) || a.Hash() != b.Hash() || a.Hash() == other.Hash() {
		t.Error("another seed gives the same, or the hash does not follow")
	}
	moved := cfg
	moved.File.Path = write(t, "y.jsonl", strings.Repeat(`{"input_length":40,"hash_ids":[1,2,3]}`+"\n"+`{"input_length":30}`+"\n", 50))
	if d := mustOpen(t, moved, token.Builtin()); d.Hash() != a.Hash() || !reflect.DeepEqual(at(t, d, 7), at(t, a, 7)) {
		t.Error("the same content under another name differs")
	}
}

func TestRoundRobinOverTurns(t *testing.T) {
	const file = `{"session_id":"a","turns":[{"role":"system","text":"s"},{"text":"1"},{"text":"2"},{"text":"3"}]}
{"session_id":"b","turns":[{"text":"4"}]}
{"session_id":"c","turns":[{"text":"5"},{"text":"6"}]}
`
	d := mustOpen(t, Config{File: FileConfig{Path: write(t, "m.jsonl", file)}, Models: []string{"x", "y"}}, nil)
	n := 0
	for i := range d.Len() {
		for _, turn := range at(t, d, i).Turns {
			if want := []string{"x", "y"}[n%2]; turn.Model != want {
				t.Errorf("turn %d (%s) has model %s, want %s", n, turn.Texts[0].Content, turn.Model, want)
			}
			n++
		}
	}
}

// A later row of a session needs no time: it follows the answer, and is left out
// when there is none.
func TestScheduleOfSessions(t *testing.T) {
	file := strings.Join([]string{
		`{"timestamp":1000,"input_length":8,"session_id":"a"}`,
		`{"delay":300,"input_length":8,"session_id":"a"}`,
		`{"timestamp":1200,"input_length":8,"session_id":"b"}`,
		`{"delay":50,"input_length":8,"session_id":"b"}`,
		`{"timestamp":9000,"input_length":8,"session_id":"b"}`,
	}, "\n")
	start := 1100.0
	end := 2000.0
	for name, c := range map[string]struct {
		w     Window
		turns []int
	}{"all": {Window{AutoOffset: true}, []int{2, 3}}, "part": {Window{Start: &start, End: &end}, []int{2}}} {
		d := fromFile(t, file, FileConfig{Schedule: &c.w})
		if d.Len() != len(c.turns) {
			t.Fatalf("%s: %d conversations, want %d", name, d.Len(), len(c.turns))
		}
		for i, want := range c.turns {
			conv, err := d.At(i)
			if err != nil || len(conv.Turns) != want || !conv.Turns[0].Timed || conv.Turns[1].Timed {
				t.Errorf("%s: conversation %d: %+v, %v; want %d turns", name, i, conv, err, want)
			}
		}
	}
}
