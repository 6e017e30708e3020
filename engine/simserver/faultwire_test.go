package simserver

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// faultConfig is fast, and its slow faults are short.
func faultConfig() Config {
	cfg := Fast()
	cfg.Limits = FaultLimits{Stall: 30 * time.Millisecond, SlowHead: 10 * time.Millisecond, SplitGap: time.Millisecond, HugeBytes: 1 << 20}
	return cfg
}

// statusLine expects an HTTP error with that content type.
func statusLine(status int, ctype string) func(*testing.T, seen) {
	return func(t *testing.T, got seen) {
		mustContain(t, "head", got.head(), fmt.Sprintf("HTTP/1.1 %d ", status), "Content-Type: "+ctype, "Server: tacho-simulator")
		if ctype == typeJSON && !json.Valid([]byte(got.body())) {
			t.Errorf("body is not JSON: %s", got.body())
		}
		if ctype == typeHTML {
			mustContain(t, "body", got.body(), "<html>")
		}
	}
}

// wantEvents checks the decoded events of an intact stream.
func wantEvents(check func(t *testing.T, evs []string)) func(*testing.T, seen) {
	return func(t *testing.T, got seen) {
		text, ok := got.dechunk()
		if !ok {
			t.Fatalf("the stream is not intact:\n%s", clip(got.raw))
		}
		check(t, events(text))
	}
}

// normal checks that a client which reads events sees an ordinary answer of 8
// tokens.
func normal(t *testing.T, evs []string) {
	t.Helper()
	content := 0
	for _, e := range evs {
		if e != "[DONE]" && !json.Valid([]byte(e)) {
			t.Errorf("not JSON: %q", clip(e))
		}
		if strings.Contains(e, `"delta":{"content":" `) {
			content++
		}
	}
	if content != 8 {
		t.Errorf("%d content events, want 8", content)
	}
}

// broken checks that a chunked answer with some content is cut.
func broken(t *testing.T, got seen) {
	text, ok := got.dechunk()
	if ok {
		t.Errorf("the stream looks complete:\n%s", clip(got.raw))
	}
	if got.end != endRST { // a reset may take delivered bytes with it
		mustContain(t, "text", text, `"delta":{"content":" `)
	}
	if strings.Contains(text, "[DONE]") {
		t.Error("a cut stream must not say [DONE]")
	}
}

// onWire says, for each fault, what a plain client must see of a streamed
// answer of 8 tokens.
var onWire = map[string]struct {
	end   ending
	check func(*testing.T, seen)
}{
	"reset": {endRST, func(t *testing.T, got seen) {
		if got.raw != "" {
			t.Errorf("got %q before the reset", got.raw)
		}
	}},
	"close": {endFIN, func(t *testing.T, got seen) {
		if got.raw != "" {
			t.Errorf("got %q before the close", got.raw)
		}
	}},
	"hang": {endOpen, func(t *testing.T, got seen) {
		if got.raw != "" {
			t.Errorf("got %q from a server that hangs", got.raw)
		}
	}},
	"slow-headers": {endFIN, func(t *testing.T, got seen) {
		if got.took < 2*faultConfig().Limits.SlowHead {
			t.Errorf("it took only %v", got.took)
		}
		wantEvents(normal)(t, got)
	}},
	"http-400": {endFIN, statusLine(400, typeJSON)}, "http-400-html": {endFIN, statusLine(400, typeHTML)},
	"http-401": {endFIN, statusLine(401, typeJSON)}, "http-401-html": {endFIN, statusLine(401, typeHTML)},
	"http-404": {endFIN, statusLine(404, typeJSON)}, "http-404-html": {endFIN, statusLine(404, typeHTML)},
	"http-429": {endFIN, statusLine(429, typeJSON)}, "http-429-html": {endFIN, statusLine(429, typeHTML)},
	"http-500": {endFIN, statusLine(500, typeJSON)}, "http-500-html": {endFIN, statusLine(500, typeHTML)},
	"http-503": {endFIN, statusLine(503, typeJSON)}, "http-503-html": {endFIN, statusLine(503, typeHTML)},
	"empty-200": {endFIN, func(t *testing.T, got seen) {
		mustContain(t, "head", got.head(), "200 OK", typeSSE)
		if got.body() != "" {
			t.Errorf("body %q, want none", got.body())
		}
	}},
	"json-error-200": {endFIN, func(t *testing.T, got seen) {
		mustContain(t, "answer", got.raw, "200 OK", typeJSON, `{"error":{`)
	}},
	"html-200":  {endFIN, func(t *testing.T, got seen) { mustContain(t, "answer", got.raw, "200 OK", typeHTML, "<p>") }},
	"cut":       {endFIN, broken},
	"cut-reset": {endRST, broken},
	"cut-event": {endFIN, func(t *testing.T, got seen) {
		broken(t, got)
		if !strings.HasSuffix(got.raw, `{"id":"chatcmpl-`) {
			t.Errorf("does not end inside an event: %s", clip(got.raw))
		}
	}},
	"hang-mid": {endOpen, broken},
	"stall": {endFIN, func(t *testing.T, got seen) {
		if got.took < faultConfig().Limits.Stall {
			t.Errorf("it took only %v", got.took)
		}
		wantEvents(normal)(t, got)
	}},
	"bad-json": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		i := slices.IndexFunc(evs, func(e string) bool { return e != "[DONE]" && !json.Valid([]byte(e)) })
		if i < 0 {
			t.Fatal("every event is valid JSON")
		}
		normal(t, slices.Delete(slices.Clone(evs), i, i+1))
	})},
	"bad-chunk": {endFIN, func(t *testing.T, got seen) {
		broken(t, got)
		mustContain(t, "raw", got.raw, "zz!\r\n")
	}},
	"error-first": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		if len(evs) != 2 || !strings.HasPrefix(evs[0], `{"error":`) || evs[1] != "[DONE]" {
			t.Errorf("events %q", evs)
		}
	})},
	"error-mid": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		if len(evs) != 1+4+2 || !strings.HasPrefix(evs[5], `{"error":`) {
			t.Errorf("events %q", evs)
		}
	})},
	"error-event": {endFIN, func(t *testing.T, got seen) {
		text, ok := got.dechunk()
		if !ok || !strings.HasSuffix(text, errorBlock) {
			t.Errorf("does not end with the error block: %s", clip(text))
		}
	}},
	"role-only": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		if len(evs) != 3 || !strings.Contains(evs[0], `"role":"assistant"`) || !strings.Contains(evs[1], `"finish_reason":"stop"`) {
			t.Errorf("events %q", evs)
		}
	})},
	"usage-only": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		if len(evs) != 2 || !strings.Contains(evs[0], `"choices":[],"usage":{`) {
			t.Errorf("events %q", evs)
		}
	})},
	"zero-tokens": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		if len(evs) != 4 || !strings.Contains(evs[2], `"completion_tokens":0`) {
			t.Errorf("events %q", evs)
		}
	})},
	"no-usage": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		normal(t, evs)
		if strings.Contains(strings.Join(evs, ""), `"usage"`) {
			t.Error("there is usage")
		}
	})},
	"no-object": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		normal(t, evs)
		if strings.Contains(strings.Join(evs, ""), `"object"`) {
			t.Error("there is an object field")
		}
	})},
	"no-done": {endFIN, wantEvents(func(t *testing.T, evs []string) {
		normal(t, evs)
		if slices.Contains(evs, "[DONE]") {
			t.Error("there is a [DONE]")
		}
	})},
	"ping": {endFIN, func(t *testing.T, got seen) {
		wantEvents(normal)(t, got)
		if n := strings.Count(got.raw, ": ping\n\n"); n != 8 {
			t.Errorf("%d pings, want one per token", n)
		}
	}},
	"crlf": {endFIN, func(t *testing.T, got seen) {
		text, _ := got.dechunk()
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.Contains(text, "}\r\n\r\n") {
			t.Errorf("not CRLF throughout: %q", clip(text))
		}
		wantEvents(normal)(t, got)
	}},
	"multi-line": {endFIN, func(t *testing.T, got seen) {
		text, _ := got.dechunk()
		mustContain(t, "text", text, ",\ndata: \"object\"")
		wantEvents(normal)(t, got)
	}},
	"batched": {endFIN, func(t *testing.T, got seen) {
		wantEvents(normal)(t, got)
		if got.reads > 1+1+2+2 { // head, role, two groups, usage, end
			t.Errorf("%d reads, want few", got.reads)
		}
	}},
	"split-event": {endFIN, func(t *testing.T, got seen) {
		wantEvents(normal)(t, got)
		if n := strings.Count(got.raw, "\r\n"); n < 8*3*2 {
			t.Errorf("%d line ends in the framing, want three chunks per event", n)
		}
	}},
	"huge-event": {endFIN, func(t *testing.T, got seen) {
		wantEvents(normal)(t, got)
		if len(got.raw) < 1<<20 {
			t.Errorf("%d bytes in all, want more than a megabyte", len(got.raw))
		}
	}},
}

func TestFaultsOnTheWire(t *testing.T) {
	s := start(t, faultConfig())
	for _, f := range Faults() {
		if f.Stage == StageConnection {
			continue // below
		}
		t.Run(f.Name, func(t *testing.T) {
			want, ok := onWire[f.Name]
			if !ok {
				t.Fatal("this fault has no expectation")
			}
			idle := 20 * time.Second
			if want.end == endOpen {
				idle = time.Second // hang-mid must have sent its half by then
			}
			got := talk(t, s, post("/v1/chat/completions", chatBody("sim-fault-"+f.Name, 8, streaming)), idle)
			if got.end != want.end {
				t.Errorf("the connection ended with %s, want %s", got.end, want.end)
			}
			want.check(t, got)
		})
	}
}

func TestConnectionFaults(t *testing.T) {
	wants := map[string]struct{ plain, tls ending }{
		"accept-reset": {endRST, endRST},
		"accept-close": {endFIN, endFIN},
		"tls-alert":    {endFIN, endAlert},
	}
	for _, f := range Faults() {
		if f.Stage != StageConnection {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			want, ok := wants[f.Name]
			if !ok {
				t.Fatal("this fault has no expectation")
			}
			cfg := faultConfig()
			cfg.Faults = []FaultRule{{Name: f.Name, Percent: 100}}
			got := talk(t, start(t, cfg), "", 20*time.Second)
			if got.end != want.plain || strings.HasPrefix(got.raw, "HTTP") {
				t.Errorf("plain: %s after %q, want %s", got.end, got.raw, want.plain)
			}
			cfg.TLS = true
			if end := handshake(t, start(t, cfg)); end != want.tls {
				t.Errorf("TLS: the handshake ended with %s, want %s", end, want.tls)
			}
			// By model name it comes once the request has been read.
			got = talk(t, start(t, faultConfig()), post("/v1/chat/completions", chatBody("sim-fault-"+f.Name, 8, "")), 20*time.Second)
			if got.end != want.plain || strings.HasPrefix(got.raw, "HTTP") {
				t.Errorf("by model name: %s after %q, want %s", got.end, got.raw, want.plain)
			}
		})
	}
}

// TestFaultsOfWholeAnswers walks every fault over an answer that is not
// streamed: it must end, and those that break it must be visible.
func TestFaultsOfWholeAnswers(t *testing.T) {
	s := start(t, faultConfig())
	cut := []string{"cut", "cut-reset", "cut-event", "bad-chunk", "hang-mid"}
	for _, f := range Faults() {
		if f.Stage == StageConnection || f.Name == "hang" {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			idle := 20 * time.Second
			if f.Name == "hang-mid" {
				idle = 300 * time.Millisecond
			}
			got := talk(t, s, post("/v1/chat/completions", chatBody("sim-fault-"+f.Name, 8, "")), idle)
			if f.Stage == StageResponse {
				return // the same as with a stream
			}
			text, whole := got.dechunk()
			switch {
			case slices.Contains(cut, f.Name):
				if whole {
					t.Errorf("the answer is complete: %s", got.raw)
				}
			case f.Name == "bad-json":
				if !whole || json.Valid([]byte(text)) {
					t.Errorf("want a whole body of broken JSON, got %q", text)
				}
			default:
				if !whole || !json.Valid([]byte(text)) {
					t.Errorf("want an intact answer, got %q", got.raw)
				}
			}
		})
	}
}
