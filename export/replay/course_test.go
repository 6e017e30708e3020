package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/export/aiperf"
)

// TestCourseOfARecordedRun: what the head shows of GPUs and servers over time is
// that of the files, and grows with the head.
func TestCourseOfARecordedRun(t *testing.T) {
	p := play(t, filepath.Join(goldenDir, "telemetry"), Options{NoCheck: true})
	length := p.Timeline().Length
	p.Seek(length)
	all := p.Latest()
	if len(all.Sensors) < 8 || all.SensorWidth <= 0 {
		t.Fatalf("%d points of %v", len(all.Sensors), all.SensorWidth)
	}
	busy := false
	for i, x := range all.Sensors {
		if i > 0 && x.At <= all.Sensors[i-1].At {
			t.Errorf("point %d at %v comes after %v", i, x.At, all.Sensors[i-1].At)
		}
		if x.GPUUtil < 0 || x.GPUUtil > 100 || x.KVUse > 1 {
			t.Errorf("%+v", x)
		}
		busy = busy || x.GPUPower > 0 && x.Running >= 0
	}
	if !busy {
		t.Error("no point has power and requests")
	}
	if !(all.Cost.Joules > 0) || !(all.Cost.JoulesPerTok > 0) {
		t.Errorf("cost %+v", all.Cost)
	}
	p.Seek(length - 3*time.Second)
	if some := p.Latest(); len(some.Sensors) == 0 || len(some.Sensors) >= len(all.Sensors) {
		t.Errorf("%d points 3 s before the end, %d at it", len(some.Sensors), len(all.Sensors))
	}
	p.Seek(length)
	s := p.Latest().Servers[0]
	var key string
	for _, c := range s.Catalog {
		if strings.HasPrefix(c.Key, "vllm:num_requests_running") {
			key = c.Key
		}
	}
	points := p.SeriesPoints(s.Name, key, 100)
	if len(points) < 5 || points[len(points)-1].At <= 0 {
		t.Errorf("%d points of %s: %v", len(points), key, points)
	}
	if p.SeriesPoints("nobody", key, 10) != nil || p.SeriesPoints(s.Name, "nothing", 10) != nil {
		t.Error("points of what is not there")
	}
	var _ snap.SeriesReader = p
}

// TestStatesInPlaceOfPages: a run that keeps only what the screen needs of the
// pages is played as one that keeps the pages.
func TestStatesInPlaceOfPages(t *testing.T) {
	pages := play(t, filepath.Join(goldenDir, "telemetry"), Options{NoCheck: true})
	dir := copyOf(t, "telemetry")
	name := filepath.Join(dir, "server_metrics_export.jsonl")
	d := decoderOf(t, pages.dir)
	var roles telemetry.RoleReader
	var b []byte
	eachLine(t, name, func(line []byte) {
		s, err := d.Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		r := roles.Read(s)
		b = aiperf.AppendServerState(b, &r)
	})
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "server_states.jsonl"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	states := play(t, dir, Options{NoCheck: true})
	length := pages.Timeline().Length
	for _, part := range []float64{0.4, 0.9, 1, 0.1} {
		at := time.Duration(part * float64(length))
		pages.Seek(at)
		states.Seek(at)
		want, got := pages.Latest(), states.Latest()
		if len(got.Servers) != len(want.Servers) || part > 0.2 && len(want.Servers) == 0 {
			t.Fatalf("at %v: %d servers, want %d", at, len(got.Servers), len(want.Servers))
		}
		for i := range want.Servers {
			w := want.Servers[i]
			w.Catalog = nil
			if a, b := fmt.Sprint(got.Servers[i]), fmt.Sprint(w); a != b {
				t.Errorf("at %v: %s\nwant %s", at, a, b)
			}
		}
		if a, b := fmt.Sprint(got.Sensors), fmt.Sprint(want.Sensors); a != b {
			t.Errorf("at %v: the course is %.200s, want %.200s", at, a, b)
		}
	}
	if p := states.SeriesPoints(states.Latest().Servers[0].Name, "x", 5); p != nil {
		t.Errorf("series that were not kept: %v", p)
	}
}
