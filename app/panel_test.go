package app

import (
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/views/screen"
	"tacho/views/theme"
)

// TestRealPagesFillThePanel: captured pages of servers, read by the monitor, give
// what the page of server metrics shows.
func TestRealPagesFillThePanel(t *testing.T) {
	for name, want := range map[string]struct {
		kind  string
		words []string
	}{
		"vllm-0.32.0.txt":    {"vLLM", []string{"running ", "waiting ", "KV cache ", "prefix hits ", "preemptions ", "generation ", "TTFT", "ITL", "latency"}},
		"llamacpp-11434.txt": {"llama.cpp", []string{"running ", "waiting ", "prompt ", "generation "}},
	} {
		page, err := os.ReadFile("../engine/telemetry/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		// First as it was when nothing had been done, then as it was captured.
		empty := regexp.MustCompile(`(?m)^([^#].*) \S+$`).ReplaceAll(page, []byte("$1 0.0"))
		var n atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if n.Add(1) == 1 {
				w.Write(empty)
				return
			}
			w.Write(page)
		}))
		m, err := telemetry.Start(t.Context(), telemetry.Config{Servers: []string{s.URL + "/metrics"}, Every: 20 * time.Millisecond, Tail: -1})
		if err != nil {
			t.Fatal(err)
		}
		st := m.Latest()
		for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); st = m.Latest() {
			if len(st.Servers) == 1 && st.Servers[0].Finished > 0 || len(st.Servers) == 1 && st.Servers[0].ITL > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if _, err := m.Close(); err != nil {
			t.Error(err)
		}
		s.Close()
		if len(st.Servers) != 1 || st.Servers[0].Kind != want.kind {
			t.Fatalf("%s: %+v", name, st.Servers)
		}
		v := &st.Servers[0]
		if math.IsNaN(v.Running) || math.IsNaN(v.Waiting) || len(v.Catalog) == 0 {
			t.Errorf("%s: running %v, waiting %v, %d series", name, v.Running, v.Waiting, len(v.Catalog))
		}
		glyphs, err := theme.GlyphSet("braille")
		if err != nil {
			t.Fatal(err)
		}
		th, err := theme.New("dark", theme.NoColor, glyphs)
		if err != nil {
			t.Fatal(err)
		}
		frame := screen.Text(&snap.Snapshot{State: snap.Running, Servers: st.Servers}, screen.Size{W: 120, H: 40}, th, screen.State{Page: screen.PageServer}, screen.Keys{})
		for _, w := range append(want.words, want.kind) {
			if !strings.Contains(frame, w) {
				t.Errorf("%s: %q is not on the screen:\n%s", name, w, frame)
			}
		}
		if strings.Contains(frame, "running –") {
			t.Errorf("%s: no number of running requests", name)
		}
	}
}
