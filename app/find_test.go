package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/simserver"
)

// crowded is a server that answers so many requests soon and lets each one
// above them wait far longer than the limit that is asked of it.
func crowded(t *testing.T, capacity int32) *httptest.Server {
	t.Helper()
	var inside atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // only then is it noticed that a client leaves
		wait := 20 * time.Millisecond      // long enough to be together
		if inside.Add(1) > capacity {
			wait = 600 * time.Millisecond
		}
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for range 3 {
			_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"word "}}]}`+"\n\n")
			w.(http.Flusher).Flush()
		}
		inside.Add(-1) // the next one may come as soon as the end of this is read
		_, _ = io.WriteString(w, "data: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	return s
}

func findArgs(url, dir string, more ...string) []string {
	return append([]string{"find", "--max", "concurrency", "--model", "mock", "--tokenizer", "builtin", "--url", url, "--streaming", "--isl", "16", "--osl", "10",
		"--request-count", "40", "--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", dir}, more...)
}

// Three requests are answered soon; the fourth waits.
func TestFindMeetsTheCapacityOfAServer(t *testing.T) {
	t.Parallel()
	s := crowded(t, 3)
	dir := filepath.Join(t.TempDir(), "find")
	args := findArgs(s.URL, dir, "--slo", "time_to_first_token:p90<300", "--from", "2", "--to", "16", "--repeats", "2", "--price-per-hour", "3.6", "--auto-plot")
	r := tacho(t, args...)
	if r.code != 0 || answerLine(r.stdout) == "" {
		t.Fatalf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	m := readJSON(t, filepath.Join(dir, findFile))
	answer := m["answer"].(map[string]any)
	if answer["safe"] != 3.0 || answer["breaks"] != 4.0 || m["finished"] != true || answer["broken_by"] != "time_to_first_token:p90<300" {
		t.Errorf("answer %v", answer)
	}
	price, ok := answer["price_per_million_tokens"].(float64)
	if !ok || !(price > 0) || !strings.Contains(r.stdout, " per million output tokens at concurrency 3\n") {
		t.Errorf("the price at the answer is %v, and is told as\n%s", answer["price_per_million_tokens"], r.stdout)
	}
	for _, name := range []string{"ttft_vs_throughput.png", "summary.txt"} { // of all probes
		if st, err := os.Stat(filepath.Join(dir, "plots", name)); err != nil || st.Size() == 0 {
			t.Errorf("--auto-plot: %s: %v", name, err)
		}
	}
	probes := m["probes"].([]any)
	for _, p := range probes { // the value that the limit is about
		pr := p.(map[string]any)
		values, _ := pr["values"].([]any)
		if len(values) != 1 {
			t.Fatalf("load %v: values %v", pr["load"], values)
		}
		if v, _ := values[0].(float64); pr["holds"] == true && !(v > 0 && v < 300) {
			t.Errorf("load %v holds with a TTFT p90 of %v", pr["load"], values[0])
		}
	}
	for _, p := range probes {
		if _, err := os.Stat(filepath.Join(dir, p.(map[string]any)["dir"].(string), "manifest.json")); err != nil {
			t.Error(err)
		}
	}
	// The same command with --resume makes no probe again.
	first := filepath.Join(dir, probes[0].(map[string]any)["dir"].(string), "manifest.json")
	was := modified(t, first)
	again := tacho(t, append(args, "--resume")...)
	if again.code != 0 || !modified(t, first).Equal(was) || strings.Count(again.stderr, "is there already") != len(probes) {
		t.Errorf("exit %d\n%s", again.code, again.stderr)
	}
	if a, b := answerLine(r.stdout), answerLine(again.stdout); a != b {
		t.Errorf("the answer was %q, then %q", a, b)
	}
}

func answerLine(out string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "ANSWER") {
			return line
		}
	}
	return ""
}

// A limit that no load holds ends with a code of its own, and a probe is not
// carried to its end for it.
func TestFindDropsWhatIsHopeless(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Exact(30*time.Second, time.Millisecond, 4))
	dir := filepath.Join(t.TempDir(), "find")
	start := time.Now()
	args := findArgs(s.URL(), dir, "--goodput", "time_to_first_token:100", "--from", "32", "--to", "32", "--repeats", "1")
	for i, a := range args {
		if a == "--request-count" {
			args[i], args[i+1] = "--benchmark-duration", "20"
		}
	}
	r := tacho(t, args...)
	if r.code != exitSLO || !strings.Contains(r.stdout, "not even concurrency 32") || !strings.Contains(r.stderr, "dropped early") || !strings.Contains(r.stderr, "wait still") {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("it took %v, though nothing had an answer in time from the first moment", took)
	}
}

func TestFindSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--model m", "needs a limit"},
		{"--model m --max tokens", "must be concurrency or rate"},
		{"--model m --slo request_latency", "METRIC:pNN<LIMIT"},
		{"--model m --slo request_latancy:p95<3", "did you mean request_latency"},
		{"--model m --slo request_latency:p95>3", "use <"},
		{"--model m --goodput request_latency:3 --share 100", "below 100"},
		{"--model m --goodput request_latency:3 --concurrency 1,2", "one value to each option"},
		{"--model m --goodput request_latency:3 --from 9 --to 3", "--from 9 is above --to 3"},
		{"--model m --goodput request_latency:3 --budget soon", "must be seconds"},
		{"--model m --goodput request_latency:3 --repeats", "needs a value"},
	} {
		r := tacho(t, append([]string{"find"}, strings.Fields(c.args)...)...)
		if r.code != exitUsage || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%s: exit %d: %s", c.args, r.code, r.stderr)
		}
	}
	if r := tacho(t, "find", "-h"); r.code != 0 || !strings.Contains(r.stdout, "usage: tacho find") {
		t.Errorf("exit %d: %s", r.code, r.stdout)
	}
	r := tacho(t, findArgs("http://127.0.0.1:1", filepath.Join(t.TempDir(), "find"), "--goodput", "request_latency:100")...)
	if r.code != 1 || !strings.Contains(r.stderr, "refused") {
		t.Errorf("no server: exit %d: %s", r.code, r.stderr)
	}
}

func TestAJudgeCountsByTheAimThatIsFurthest(t *testing.T) {
	a, err := readSLO("time_to_first_token:p90<100")
	if err != nil {
		t.Fatal(err)
	}
	b, err := readSLO("inter_token_latency:p50<10")
	if err != nil {
		t.Fatal(err)
	}
	j := newJudge([]aim{a, b})
	reg := metric.Builtin()
	row := func(ttft, itl float64, kind record.PhaseKind) *metric.Row {
		r := &metric.Row{Vals: make([]float64, reg.Len())}
		r.Phase.Kind = kind
		r.Vals[a.defs[0].ID], r.Vals[b.defs[0].ID] = ttft, itl
		return r
	}
	for range 8 {
		j.WriteRow(row(50, 5, record.Profiling), nil)
	}
	j.WriteRow(row(500, 5, record.Profiling), nil)
	j.WriteRow(row(500, 50, record.Profiling), nil)
	j.WriteRow(row(500, 50, record.Warmup), nil)
	v, by := j.verdict(7, []int64{0, 0})
	if v.Good != 8 || v.Bad != 2 || v.Share != 0.9 || by.text != a.text {
		t.Errorf("%+v by %s", v, by.text)
	}
	if v, _ := j.verdict(7, []int64{3, 0}); v.Bad != 5 {
		t.Errorf("requests lost in flight do not count: %+v", v)
	}
	none := func(time.Duration, time.Duration) (int64, int64) { return 0, 0 }
	for range 30 {
		j.WriteRow(row(500, 5, record.Profiling), nil)
	}
	if why := j.hopeless(0.5, none); !strings.Contains(why, a.text) {
		t.Errorf("32 of 40 bad at half time: %q", why)
	}
	if why := j.hopeless(0.01, none); why != "" {
		t.Errorf("at the very beginning: %q", why)
	}
}
