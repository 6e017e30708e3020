package simserver

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// do posts body through net/http and returns the response and its text.
func do(t *testing.T, s *Server, path, body, id string) (*http.Response, string) {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.CertPool()}, DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return nil, ""
	}
	if id != "" {
		req.Header.Set("X-Request-ID", id)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return nil, ""
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("read the answer: %v", err)
	}
	return resp, string(b)
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestPlainEndpoints(t *testing.T) {
	cfg := Fast()
	cfg.Models = []string{"alpha", "beta/b"}
	s := start(t, cfg)
	for path, wants := range map[string][]string{
		"/v1/models": {`"id":"alpha"`, `"id":"beta/b"`, `"owned_by":"tacho-simulator"`, `"object":"list"`},
		"/health":    nil,
		"/version":   {`{"version":"`, "simulator"},
	} {
		resp, text := get(t, s.URL()+path)
		if resp.StatusCode != 200 || resp.Header.Get("Server") != "tacho-simulator" {
			t.Errorf("%s: %s, server %q", path, resp.Status, resp.Header.Get("Server"))
		}
		mustContain(t, path, text, wants...)
	}
}

func TestRefusals(t *testing.T) {
	cfg := Fast()
	cfg.Models, cfg.StrictModels, cfg.MaxModelLen = []string{"only"}, true, 100
	s := start(t, cfg)
	long := strings.Repeat("word", 120)
	for name, c := range map[string]struct {
		path, body, want string
		status           int
	}{
		"unknown path":      {"/v1/nothing", `{}`, `{"detail":"Not Found"}`, 404},
		"wrong method":      {"/v1/models", `{}`, `{"detail":"Method Not Allowed"}`, 405},
		"not JSON":          {"/v1/chat/completions", `{"model":`, `"type":"Bad Request"`, 400},
		"wrong type":        {"/v1/chat/completions", `{"model":7}`, `"code":400`, 400},
		"no messages":       {"/v1/chat/completions", `{"model":"only"}`, `"param":"messages"`, 400},
		"unknown model":     {"/v1/chat/completions", chatBody("other", 4, ""), "The model `other` does not exist. Valid aliases: only.", 404},
		"too many tokens":   {"/v1/chat/completions", chatBody("only", 101, ""), "max_tokens=101 cannot be greater than max_model_len=100.", 400},
		"no tokens":         {"/v1/chat/completions", chatBody("only", 0, ""), `"param":"max_tokens"`, 400},
		"n":                 {"/v1/chat/completions", chatBody("only", 4, `,"n":2`), `"param":"n"`, 400},
		"temperature":       {"/v1/chat/completions", chatBody("only", 4, `,"temperature":-3`), "temperature must be non-negative", 400},
		"prompt too long":   {"/v1/completions", `{"model":"only","prompt":"` + long + `"}`, "maximum context length is 100 tokens", 400},
		"no prompt":         {"/v1/completions", `{"model":"only"}`, `"param":"prompt"`, 400},
		"impossible prompt": {"/v1/completions", `{"model":"only","prompt":{}}`, `"param":"prompt"`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			resp, text := do(t, s, c.path, c.body, "")
			if resp.StatusCode != c.status {
				t.Errorf("status %d, want %d", resp.StatusCode, c.status)
			}
			mustContain(t, "body", text, c.want)
			if !json.Valid([]byte(text)) {
				t.Errorf("not JSON: %s", text)
			}
		})
	}
}

func TestRequestIDIsEchoed(t *testing.T) {
	s := start(t, Fast())
	for _, more := range []string{"", streaming} {
		resp, text := do(t, s, "/v1/chat/completions", chatBody("m", 2, more), `odd "id"`)
		if got := resp.Header.Get("X-Request-ID"); got != `odd "id"` {
			t.Errorf("header %q", got)
		}
		mustContain(t, "body", text, `"id":"chatcmpl-odd \"id\""`)
	}
}

func TestKeepAliveAndPipelining(t *testing.T) {
	s := start(t, Fast())
	c, err := net.Dial("tcp", hostOf(s))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	one := strings.Replace(post("/v1/chat/completions", chatBody("m", 3, streaming)), "Connection: close\r\n", "", 1)
	whole := strings.Replace(post("/v1/completions", `{"model":"m","prompt":"x","max_tokens":3}`), "Connection: close\r\n", "", 1)
	// Two at once, then one more.
	fmt.Fprint(c, one, whole)
	br := bufio.NewReader(c)
	read := func(want string) {
		t.Helper()
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		mustContain(t, "answer", string(b), want)
	}
	read("[DONE]")
	read(`"text_completion"`)
	fmt.Fprint(c, one)
	read("[DONE]")
}

func TestHTTP10HasNoChunks(t *testing.T) {
	req := strings.Replace(post("/v1/chat/completions", chatBody("m", 8, streaming)), "HTTP/1.1", "HTTP/1.0", 1)
	got := talk(t, start(t, Fast()), req, 20*time.Second)
	if strings.Contains(got.head(), "chunked") || got.end != endFIN {
		t.Errorf("ended with %s, head %s", got.end, got.head())
	}
	normal(t, events(got.body()))
}

func TestExpectContinue(t *testing.T) {
	req := strings.Replace(post("/v1/completions", `{"prompt":"x","max_tokens":1}`), "Host:", "Expect: 100-continue\r\nHost:", 1)
	got := talk(t, start(t, Fast()), req, 20*time.Second)
	mustContain(t, "answer", got.raw, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
}

func TestGarbageRequest(t *testing.T) {
	s := start(t, Fast())
	got := talk(t, s, "\x16\x03\x01 this is not HTTP\r\n\r\n", 20*time.Second)
	mustContain(t, "answer", got.raw, "HTTP/1.1 400 Bad Request")
	got = talk(t, s, "GET /"+strings.Repeat("a", 2<<20), 20*time.Second)
	if strings.Contains(got.raw, "200 OK") {
		t.Error("an endless request line was accepted")
	}
}

// TestSlowReader has the socket fill up in mid-answer; nothing may be lost or
// written twice, and other streams go on.
func TestSlowReader(t *testing.T) {
	cfg := faultConfig()
	cfg.Limits.HugeBytes = 24 << 20
	s := start(t, cfg)
	c, err := net.Dial("tcp", hostOf(s))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	fmt.Fprint(c, post("/v1/chat/completions", chatBody("fault-huge-event", 8, streaming)))
	do(t, s, "/v1/chat/completions", chatBody("m", 50, streaming), "") // not held up by the other
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	raw, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	text, ok := seen{raw: string(raw)}.dechunk()
	if !ok || len(text) < 24<<20 {
		t.Fatalf("%d bytes, intact %v", len(text), ok)
	}
	normal(t, events(text))
}

func TestClientThatLeavesIsForgotten(t *testing.T) {
	cfg := Fast()
	cfg.Engine.StepBase = 5 * time.Millisecond
	s := start(t, cfg)
	for _, model := range []string{"m", "fault-hang", "fault-hang-mid"} {
		c, err := net.Dial("tcp", hostOf(s))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, post("/v1/chat/completions", chatBody(model, 50000, streaming)))
		if model != "fault-hang" {
			if _, err := c.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			eventually(t, "running", func() bool { return s.ticks.load().running == 1 })
		}
		_ = c.Close()
		eventually(t, "gone", func() bool { return s.ticks.load().running == 0 })
	}
	s.stats.mu.Lock()
	defer s.stats.mu.Unlock()
	if s.stats.finishedBy["abort"] == 0 {
		t.Error("no abort was counted")
	}
}
