package replay

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/export/aiperf"
)

// TestSensorsAtTheHead feeds a board with everything up to a moment, and
// compares its picture with that of the player.
func TestSensorsAtTheHead(t *testing.T) {
	for _, name := range []string{"telemetry", "chat_stream", "prefix_named"} {
		dir := filepath.Join(goldenDir, name)
		p := play(t, dir, Options{NoCheck: true})
		length := p.Timeline().Length
		some := false
		for _, part := range []float64{0.5, 1, 0.2, 0.9, 0} {
			at := time.Duration(part * float64(length))
			p.Seek(at)
			s := p.Latest()
			k := p.tracks[p.trackAt(at)]
			b := telemetry.NewBoard(k.origin, staleAfter)
			ns := k.origin + int64(min(at-k.offset, k.length))
			eachLine(t, filepath.Join(dir, p.dir.Names.Of("gpu_telemetry")), func(line []byte) {
				if g, err := aiperf.DecodeGPU(line); err != nil {
					t.Error(err)
				} else if g.AtNS <= ns {
					b.AddGPU(&g, 0)
				}
			})
			d := decoderOf(t, p.dir)
			eachLine(t, filepath.Join(dir, p.dir.Names.Of("server_metrics_jsonl")), func(line []byte) {
				if c, err := d.Decode(line); err != nil {
					t.Error(err)
				} else if c.AtNS <= ns {
					b.AddScrape(c)
				}
			})
			want := b.State(ns)
			if have := fmt.Sprint(s.GPUs); have != fmt.Sprint(want.GPUs) {
				t.Errorf("%s at %v: GPUs differ: %.300s", name, at, have)
			}
			// A catalogue may be another list of the same.
			if have := fmt.Sprint(s.Servers); have != fmt.Sprint(want.Servers) {
				t.Errorf("%s at %v: servers differ: %.300s", name, at, have)
			}
			some = some || len(s.GPUs) > 0
		}
		if !some || p.Latest().GPUNote != "" {
			t.Errorf("%s: no GPUs at any moment, %q", name, p.Latest().GPUNote)
		}
	}
}

// eachLine calls f with the lines of a file, if it is there.
func eachLine(t *testing.T, path string, f func([]byte)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		f(line)
	}
}

// TestSensorsOfALongRun: only the last samples are read, and what counts from
// the first still does.
func TestSensorsOfALongRun(t *testing.T) {
	dir := copyOf(t, "chat_stream")
	p := play(t, dir, Options{NoCheck: true})
	k := p.tracks[0]
	const n = 3000
	var b []byte
	for i := range n {
		for gpu := range 2 {
			g := telemetry.NewGPUSample(telemetry.GPUID{Index: gpu, UUID: fmt.Sprint("GPU-", gpu), Platform: "nvidia"}, "http://box:9400/metrics", k.origin+int64(i)*int64(k.length)/n)
			g.Values[telemetry.PowerUsage], g.Values[telemetry.EnergyUsed] = float64(100*(gpu+1)), float64(i)*1e-6
			b = aiperf.AppendGPU(b, &g)
		}
	}
	b = append(b, "{\"cut"...)
	if err := os.WriteFile(filepath.Join(dir, "gpu_telemetry_export.jsonl"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	p = play(t, dir, Options{NoCheck: true})
	if !mentions(p.Timeline().Missing, "gpu_telemetry_export.jsonl", "1 damaged lines") {
		t.Errorf("missing %q", p.Timeline().Missing)
	}
	for _, part := range []float64{0.5, 0.51, 1, 0.25} {
		p.Seek(time.Duration(part * float64(k.length)))
		s := p.Latest()
		if len(s.GPUs) != 2 || s.GPUs[1].Power != 200 || len(s.GPUs[0].History) == 0 || len(s.GPUs[0].History) > snap.HistoryPoints {
			t.Fatalf("at %v: %+v", s.At, s.GPUs)
		}
		if e := s.GPUs[0].Energy; math.Abs(e-part*n) > 2 {
			t.Errorf("at %v: %v J, want %v", s.At, e, part*n)
		}
	}
}

func TestWithoutSensors(t *testing.T) {
	s := atEnd(play(t, filepath.Join(goldenDir, "faulty"), Options{NoCheck: true}))
	if len(s.GPUs) != 0 || !strings.Contains(s.GPUNote, "gpu_telemetry_export.jsonl") {
		t.Errorf("%v, %q", s.GPUs, s.GPUNote)
	}
}

// decoderOf is the decoder of a directory's scrapes, with the types of its JSON.
func decoderOf(t *testing.T, d *Dir) *aiperf.ScrapeDecoder {
	t.Helper()
	data, err := os.ReadFile(d.file("server_metrics_json"))
	if err != nil {
		return aiperf.NewScrapeDecoder(nil)
	}
	run, err := aiperf.DecodeServerJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	return aiperf.NewScrapeDecoder(run.Metrics)
}
