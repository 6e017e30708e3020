package simserver

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder keeps the truth of every request.
type recorder struct {
	mu  sync.Mutex
	all []Truth
}

func (r *recorder) add(t Truth) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, t)
}

func (r *recorder) list() []Truth {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// checkSchedule asserts the structure of a log: deadlines exactly on the
// script, no write before its deadline, times in order.
func checkSchedule(t *testing.T, tr Truth, sc Script, tokens int) {
	t.Helper()
	if len(tr.DueNS) != tokens || len(tr.WriteNS) != tokens || tr.CompletionTokens != tokens || !tr.Complete || tr.Status != 200 {
		t.Fatalf("%d deadlines, %d writes, %d tokens, complete %v, status %d; want %d tokens", len(tr.DueNS), len(tr.WriteNS), tr.CompletionTokens, tr.Complete, tr.Status, tokens)
	}
	want := tr.ArrivalNS + int64(sc.TTFT)
	for i, due := range tr.DueNS {
		if due != want {
			t.Fatalf("token %d is due %v after the arrival, want %v", i, time.Duration(due-tr.ArrivalNS), time.Duration(want-tr.ArrivalNS))
		}
		want += int64(sc.gap(i))
	}
	if tr.HeadersNS > tr.EndNS || tr.ArrivalNS > tr.WriteNS[0] || tr.WriteNS[tokens-1] > tr.EndNS || !slices.IsSorted(tr.WriteNS) {
		t.Errorf("times out of order: %+v", tr)
	}
	for i := range tr.WriteNS {
		if tr.WriteNS[i] < tr.DueNS[i] {
			t.Errorf("token %d was written %v early", i, time.Duration(tr.DueNS[i]-tr.WriteNS[i]))
		}
	}
}

func TestScriptedDeadlines(t *testing.T) {
	for name, c := range map[string]struct {
		script Script
		path   string
		tls    bool
	}{
		"chat":        {Script{TTFT: 20 * time.Millisecond, ITL: 2 * time.Millisecond}, "/v1/chat/completions", false},
		"completions": {Script{TTFT: 20 * time.Millisecond, ITL: 2 * time.Millisecond}, "/v1/completions", false},
		"gaps":        {Script{TTFT: time.Millisecond, Gaps: []time.Duration{time.Millisecond, 5 * time.Millisecond, 0}}, "/v1/chat/completions", false},
		"all at once": {Script{}, "/v1/chat/completions", false},
		"over TLS":    {Script{TTFT: 20 * time.Millisecond, ITL: 2 * time.Millisecond}, "/v1/chat/completions", true},
	} {
		t.Run(name, func(t *testing.T) {
			const streams, tokens = 6, 20
			var rec recorder
			cfg := Exact(c.script.TTFT, c.script.ITL, tokens)
			cfg.Script, cfg.TLS, cfg.Truth = c.script, c.tls, rec.add
			s := start(t, cfg)
			var wg sync.WaitGroup
			for i := range streams {
				wg.Go(func() {
					body := `{"model":"m","prompt":"go","messages":[{"role":"user","content":"go"}],"stream":true}`
					_, text := do(t, s, c.path, body, fmt.Sprint("id-", i))
					extra := 1 // [DONE]
					if strings.Contains(c.path, "chat") {
						extra = 3 // role and finish
					}
					if n := len(events(text)); n != tokens+extra {
						t.Errorf("%d events for %d tokens", n, tokens)
					}
				})
			}
			wg.Wait()
			eventually(t, "all logged", func() bool { return len(rec.list()) == streams })
			ids := map[string]bool{}
			for _, tr := range rec.list() {
				checkSchedule(t, tr, c.script, tokens)
				ids[tr.RequestID] = true
			}
			if len(ids) != streams {
				t.Errorf("request ids %v", ids)
			}
		})
	}
}

// TestScriptedWholeAnswer has a single content event, due with the last token.
func TestScriptedWholeAnswer(t *testing.T) {
	var rec recorder
	cfg := Exact(10*time.Millisecond, time.Millisecond, 9)
	cfg.Truth = rec.add
	s := start(t, cfg)
	do(t, s, "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"go"}]}`, "one")
	eventually(t, "logged", func() bool { return len(rec.list()) == 1 })
	tr := rec.list()[0]
	if len(tr.DueNS) != 1 || tr.DueNS[0]-tr.ArrivalNS != int64(18*time.Millisecond) || tr.CompletionTokens != 9 {
		t.Errorf("truth %+v, want one write due after 18 ms", tr)
	}
}

// TestEngineDeadlines checks the log of the engine's tokens in the same way,
// as far as the engine lets their times be known.
func TestEngineDeadlines(t *testing.T) {
	var rec recorder
	cfg := Fast()
	cfg.Truth = rec.add
	s := start(t, cfg)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { do(t, s, "/v1/chat/completions", chatBody("m", 30, streaming), "") })
	}
	wg.Wait()
	eventually(t, "all logged", func() bool { return len(rec.list()) == 8 })
	for _, tr := range rec.list() {
		if len(tr.DueNS) != 30 || !slices.IsSorted(tr.DueNS) || !slices.IsSorted(tr.WriteNS) || tr.DueNS[0] <= tr.ArrivalNS {
			t.Errorf("truth %+v", tr)
		}
		for i := range tr.DueNS {
			if tr.WriteNS[i] < tr.DueNS[i] {
				t.Errorf("token %d was written before its step had ended", i)
			}
		}
	}
}

func TestTruthOfRefusedAndCutRequests(t *testing.T) {
	var rec recorder
	cfg := faultConfig()
	cfg.Truth = rec.add
	s := start(t, cfg)
	for _, body := range []string{"not json", chatBody("fault-http-503", 4, ""), chatBody("fault-cut", 4, streaming), chatBody("fault-reset", 4, "")} {
		talk(t, s, post("/v1/chat/completions", body), 20*time.Second)
	}
	eventually(t, "all logged", func() bool { return len(rec.list()) == 4 })
	type short struct {
		Index, Status, Tokens int
		Fault                 string
		Complete              bool
	}
	var got []short
	for _, tr := range rec.list() {
		got = append(got, short{tr.Index, tr.Status, tr.CompletionTokens, tr.Fault, tr.Complete})
		if tr.RequestID != "req-1" || tr.ID != "req-1" {
			t.Errorf("ids %q, %q", tr.RequestID, tr.ID)
		}
	}
	want := []short{{1, 400, 0, "", true}, {2, 503, 0, "http-503", true}, {3, 200, 2, "cut", false}, {4, 0, 0, "reset", false}}
	slices.SortFunc(got, func(a, b short) int { return a.Index - b.Index })
	if !slices.Equal(got, want) {
		t.Errorf("truths %v, want %v", got, want)
	}
}

func TestTruthLogRoundTrip(t *testing.T) {
	var b bytes.Buffer
	l := NewTruthLog(&b)
	want := []Truth{
		{RequestID: "a", ID: "a", Index: 1, DueNS: []int64{1, 2}, WriteNS: []int64{1, 3}, Complete: true},
		{ID: "b", Index: 2, Fault: "cut", DueNS: []int64{}, WriteNS: []int64{}},
	}
	for _, tr := range want {
		l.Record(tr)
	}
	got, err := ReadTruth(&b)
	if err != nil || l.Err() != nil {
		t.Fatal(err, l.Err())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if _, err := ReadTruth(strings.NewReader("{}\n{broken\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v does not name line 2", err)
	}
	bad := NewTruthLog(failingWriter{})
	bad.Record(Truth{})
	if bad.Err() == nil {
		t.Error("a failed write is not reported")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }

func FuzzReadTruth(f *testing.F) {
	f.Add([]byte("{\"request_id\":\"a\",\"due_ns\":[1,2]}\n"))
	f.Add([]byte("{}\n\n"))
	f.Add([]byte("nonsense"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := ReadTruth(bytes.NewReader(b))
		if n := bytes.Count(b, []byte("\n")) + 1; len(all) > n {
			t.Errorf("%d truths from %d lines, error %v", len(all), n, err)
		}
	})
}
