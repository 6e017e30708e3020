package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/endpoint"
	"tacho/engine/simserver"
)

// truths collects what a simulated server says of its requests.
type truths struct {
	mu   sync.Mutex
	list []simserver.Truth
}

func (l *truths) add(x simserver.Truth) { l.mu.Lock(); defer l.mu.Unlock(); l.list = append(l.list, x) }

// take waits for n requests, which are told after their answers, and forgets them.
func (l *truths) take(t *testing.T, n int) []simserver.Truth {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		list := l.list
		if len(list) >= n || time.Now().After(end) {
			l.list = nil
			l.mu.Unlock()
			return list
		}
		l.mu.Unlock()
	}
}

// loggedSim is a simulated server whose truth is collected.
func loggedSim(t *testing.T) (*simserver.Server, *truths) {
	t.Helper()
	log := new(truths)
	cfg := simserver.Fast()
	cfg.Truth = log.add
	return startSim(t, cfg), log
}

func TestPicturesInRequests(t *testing.T) {
	srv := startSim(t, simserver.Fast())
	for kind, want := range map[string]any{"chat": 2.0, "responses": 2.0, "messages": 2.0, "chat-embeddings": 2.0, "nim-embeddings": nil} {
		t.Run(kind, func(t *testing.T) {
			e, err := endpoint.Lookup(kind)
			if err != nil {
				t.Fatal(err)
			}
			batch := " --image-batch-size 2"
			if kind == "nim-embeddings" {
				batch = " --image-batch-size 1" // a picture for each text; AIPerf does not count these
			}
			dir := runEndpoint(t, srv, e.Spec(), pictures+batch, false)
			summary := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
			var got any
			if m, ok := summary["num_images"].(map[string]any); ok {
				got = m["avg"]
			}
			if got != want || (summary["image_throughput"] != nil) != (want != nil) {
				t.Errorf("num_images %v, want %v; image_throughput %v", got, want, summary["image_throughput"])
			}
		})
	}
}

func TestSeveralServersAndModels(t *testing.T) {
	a, logA := loggedSim(t)
	b, logB := loggedSim(t)
	for reuse, conns := range map[string]func(n int) bool{
		"pooled":               func(n int) bool { return n < 6 },
		"never":                func(n int) bool { return n == 12 },
		"sticky-user-sessions": func(n int) bool { return n >= 6 },
	} {
		args, dir := shortRun(t, a.URL(), "--url", b.URL(), "-m", "x,y", "--model-selection-strategy", "round-robin", "--connection-reuse-strategy", reuse,
			"--session-header", "X-My-Session", "--session-turns-mean", "2", "--num-sessions", "6", "--export-level", "raw")
		at := slices.Index(args, "--request-count")
		args = slices.Delete(args, at, at+2)
		if r := tacho(t, args...); r.code != 0 {
			t.Fatalf("%s: exit %d\n%s\n%s", reuse, r.code, r.stdout, r.stderr)
		}
		models := map[string]int{}
		var each []int
		for _, log := range []*truths{logA, logB} {
			list := log.take(t, 6)
			each = append(each, len(list))
			for _, x := range list {
				models[x.Model]++
			}
		}
		if each[0] != 6 || each[1] != 6 || models["x"] != 6 || models["y"] != 6 {
			t.Errorf("%s: requests by server %v, by model %v", reuse, each, models)
		}
		fresh := 0
		eachLine(t, filepath.Join(dir, "profile_export.jsonl"), func(line []byte) {
			var rec struct {
				Metrics struct {
					Reused struct{ Value float64 } `json:"http_req_connection_reused"`
				}
			}
			if err := json.Unmarshal(line, &rec); err != nil {
				t.Fatal(err)
			}
			if rec.Metrics.Reused.Value == 0 {
				fresh++
			}
		})
		if !conns(fresh) {
			t.Errorf("%s: %d of 12 requests opened a connection", reuse, fresh)
		}
		eachLine(t, filepath.Join(dir, "profile_export_raw.jsonl"), func(line []byte) {
			var rec struct {
				Headers map[string]string `json:"request_headers"`
			}
			if err := json.Unmarshal(line, &rec); err != nil {
				t.Fatal(err)
			}
			if h := rec.Headers; h["X-My-Session"] == "" || h["X-Correlation-ID"] != "" || h["X-Session-Affinity"] == "" {
				t.Errorf("headers %v", h)
			}
		})
	}
}

// countGets puts a server before another that counts what is asked of jobs since
// it was asked last.
func countGets(t *testing.T, behind *simserver.Server) (at string, gets func() (polls, content int)) {
	t.Helper()
	to, err := url.Parse(behind.URL())
	if err != nil {
		t.Fatal(err)
	}
	var polls, content atomic.Int32
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, Transport: &http.Transport{DisableKeepAlives: true}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/content"):
			content.Add(1)
		case strings.HasPrefix(r.URL.Path, "/v1/videos/"):
			polls.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() (int, int) { return int(polls.Swap(0)), int(content.Swap(0)) }
}

// TestVideoJobs follows jobs to their ends: made, fetched, failed, too slow.
func TestVideoJobs(t *testing.T) {
	t.Parallel()
	fast, log := loggedSim(t)
	slow := simserver.Fast()
	slow.Engine.StepBase = 10 * time.Second
	stuck := startSim(t, slow)
	run := func(at string, more string) (result, string) {
		args, dir := shortRun(t, at, strings.Fields("--endpoint-type video-generation "+more)...)
		return tachoWith(t, map[string]string{"AIPERF_HTTP_VIDEO_POLL_INTERVAL": "0.005"}, args...), dir
	}
	counted, gets := countGets(t, fast)
	for more, fetched := range map[string]int{"-m m": 0, "-m m --download-video-content": 3} {
		r, dir := run(counted, more)
		if r.code != 0 || !strings.Contains(r.stdout, "Video Inference Time") {
			t.Fatalf("%s: exit %d\n%s\n%s", more, r.code, r.stdout, r.stderr)
		}
		if n := len(log.take(t, 3)); n != 3 {
			t.Errorf("%s: %d submissions, want 3", more, n)
		}
		polls, content := gets()
		if polls < 3 || content != fetched {
			t.Errorf("%s: %d polls, %d videos fetched, want %d", more, polls, content, fetched)
		}
		eachLine(t, filepath.Join(dir, "profile_export.jsonl"), func(line []byte) {
			var rec struct{ Metadata, Metrics map[string]any }
			if err := json.Unmarshal(line, &rec); err != nil {
				t.Fatal(err)
			}
			if rec.Metrics["http_req_total"] != nil || rec.Metadata["request_ack_ns"] != nil || rec.Metrics["request_latency"] == nil {
				t.Errorf("record %s", line)
			}
		})
	}
	for _, c := range []struct {
		at   string
		more string
		want string
	}{
		{fast.URL(), "-m badjob", `"code":500,"type":"VideoGenerationError","message":"Video generation failed: simulated failure of the job"`},
		{stuck.URL(), "-m m --concurrency 3 --request-timeout-seconds 0.5", `"code":504,"type":"TimeoutError","message":"Video generation timed out after 0.5s"`},
		{stuck.URL(), "-m m --concurrency 3 --request-timeout-seconds 0.5", `"error_kind":"timeout"`},
		{fast.URL(), "-m m --custom-endpoint /v1/embeddings", `"code":400`},
	} {
		r, dir := run(c.at, c.more)
		b, err := os.ReadFile(filepath.Join(dir, "profile_export.jsonl"))
		if r.code != 1 || err != nil || strings.Count(string(b), c.want) != 3 {
			t.Errorf("%s: exit %d, %v, want %s in each of\n%s", c.more, r.code, err, c.want, b)
		}
	}
	r, _ := run(fast.URL(), "-m m --request-timeout-seconds 0")
	if r.code != 2 {
		t.Errorf("no timeout: exit %d", r.code)
	}
	res := tachoWith(t, map[string]string{"AIPERF_HTTP_VIDEO_POLL_INTERVAL": "soon"}, "profile", "-m", "m", "--url", fast.URL(), "--endpoint-type", "video-generation", "--ui", "none", "--artifact-dir", t.TempDir())
	if res.code != 2 || !strings.Contains(res.stderr, "AIPERF_HTTP_VIDEO_POLL_INTERVAL=soon: must be seconds from 0.001 to 10") {
		t.Errorf("a bad interval: exit %d\n%s", res.code, res.stderr)
	}
}

// TestRankingsAskTheServer has the server say which ranking API it has.
func TestRankingsAskTheServer(t *testing.T) {
	srv, _ := loggedSim(t)
	args, dir := shortRun(t, srv.URL(), "-m", "m", "--endpoint-type", "rankings", "--rankings-passages-mean", "2")
	r := tacho(t, args...)
	if r.code != 0 || !strings.Contains(r.stdout, "the ranking API is nim-rankings, at /v1/ranking") {
		t.Errorf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	cfg := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))["input_config"].(map[string]any)["endpoint"].(map[string]any)
	if fmt.Sprint(cfg["type"]) != "nim_rankings" {
		t.Errorf("input_config: %v", cfg)
	}
	if !strings.Contains(r.stderr+r.stdout, "--streaming has no effect: rankings answers in one piece") {
		t.Errorf("no word on --streaming:\n%s\n%s", r.stdout, r.stderr)
	}
}

func TestRecordedTemplate(t *testing.T) {
	t.Parallel()
	srv, _ := loggedSim(t)
	file := filepath.Join(t.TempDir(), "body.jinja")
	const body = "{\"model\":{{ model|tojson }},\n\"prompt\":{{ text|tojson }},\"max_tokens\":3}\n"
	if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
	args, dir := shortRun(t, srv.URL(), "-m", "m", "--endpoint-type", "template", "--endpoint", "/v1/completions", "--extra-inputs", "payload_template:"+file,
		"response_field:choices[0].text", "seed:5", "--wait-for-model-timeout", "5")
	args = slices.DeleteFunc(args, func(a string) bool { return a == "--streaming" }) // the template decides
	if r := tacho(t, args...); r.code != 0 {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	cfg := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))["input_config"].(map[string]any)["endpoint"].(map[string]any)
	if fmt.Sprint(cfg["template"]) != fmt.Sprint(map[string]any{"body": body, "response_field": "choices[0].text"}) || fmt.Sprint(cfg["extra"]) != "map[seed:5]" {
		t.Errorf("input_config: %v", cfg)
	}
	if r := tacho(t, "rerun", dir, "--artifact-dir", dir+"-again", "--ui", "none"); r.code != 0 {
		t.Errorf("run again: exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	b, err := os.ReadFile(filepath.Join(dir, "inputs.json"))
	if err != nil || !strings.Contains(string(b), `"seed": 5`) && !strings.Contains(string(b), `"seed":5`) || strings.Contains(string(b), "payload_template") {
		t.Errorf("inputs.json: %v\n%.500s", err, b)
	}
}
