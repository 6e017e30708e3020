package replay

import (
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

func secondsOf(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// TestPictureOfALiveRun feeds the requests of a run to what draws a live one, as
// they end, and compares the pictures at many moments.
func TestPictureOfALiveRun(t *testing.T) {
	big := t.TempDir()
	bigDir{requests: 3300, perSec: 10, tokens: 12, failEvery: 41, seed: 5, stallAt: []float64{20}}.write(t, big)
	for _, dir := range []string{filepath.Join(goldenDir, "chat_stream"), filepath.Join(goldenDir, "faulty"), filepath.Join(goldenDir, "slice_gaps"), big} {
		p := play(t, dir, Options{NoCheck: true})
		k := p.tracks[0]
		l := stats.NewLive(p.dir.Registry, p.dir.Context, stats.LiveOptions{OriginNS: k.origin, SliceWidth: k.sliceWidth})
		rows, _ := rowsOf(t, dir)
		slices.SortStableFunc(rows, func(a, b *metric.Row) int { return int(a.EndNS - b.EndNS) })
		n := 0
		look := time.Duration(0)
		for tick := 100 * time.Millisecond; tick < k.length+100*time.Millisecond; tick += 100 * time.Millisecond {
			at := min(tick, k.length)
			for ; n < len(rows) && rows[n].EndNS <= k.origin+int64(at); n++ {
				l.Add(rows[n])
			}
			p.Seek(at)
			inFlight := int64(k.started(at) - k.ended(at))
			l.Tick(k.origin+int64(at), inFlight)
			l.Settled(k.origin + int64(k.settled(at)))
			if at < look && at < k.length {
				continue
			}
			look = at + k.length/37
			compareLive(t, l, p.Latest())
			if t.Failed() {
				t.Fatalf("%s at %v", dir, at)
			}
		}
		if n != len(rows) {
			t.Errorf("%s: %d of %d requests were fed", dir, n, len(rows))
		}
	}
}

func compareLive(t *testing.T, l *stats.Live, s *snap.Snapshot) {
	t.Helper()
	if l.Valid() != s.Done || l.Failed() != s.Errors || l.Good() != s.Good {
		t.Errorf("counts %d, %d, %d, live %d, %d, %d", s.Done, s.Errors, s.Good, l.Valid(), l.Failed(), l.Good())
	}
	close := func(what string, have, want, tolerance float64) {
		t.Helper()
		if math.IsNaN(have) != math.IsNaN(want) || math.Abs(have-want) > tolerance*math.Abs(want)+1e-9 {
			t.Errorf("%s: %v, live %v", what, have, want)
		}
	}
	live := l.Metrics()
	if len(live) != len(s.Live) {
		t.Fatalf("%d metrics, live %d", len(s.Live), len(live))
	}
	const edge = 0.0021 // two buckets of a sketch
	for i, w := range live {
		h := s.Live[i]
		name := string(w.Def.Tag)
		if h.Def != w.Def || h.Count != w.Count {
			t.Errorf("%s: %s, %d values, live %d", name, h.Def.Tag, h.Count, w.Count)
		}
		close(name+" avg", h.Avg, w.Avg, 1e-4)
		close(name+" p50", h.P50, w.P50, edge)
		close(name+" p90", h.P90, w.P90, edge)
		close(name+" p99", h.P99, w.P99, edge)
		close(name+" max", h.Max, w.Max, 3e-4)
		close(name+" now", h.Now, w.Now, 0.065)
		close(name+" SLO", h.SLO, w.SLO, 0)
		close(name+" within", h.Within, w.Within, 0)
		// A live run ticks up to 0.1 s after the round second.
		if d := len(h.Trend) - len(w.Trend); d < -1 || d > 1 {
			t.Errorf("%s trend: %d points, live %d", name, len(h.Trend), len(w.Trend))
		}
	}
	r := l.Totals()
	close("req/s", s.Totals.Requests, r.Requests, 1e-9)
	close("tok/s", s.Totals.OutputTokens, r.OutputTokens, 1e-9)
	close("goodput", s.Totals.Goodput, r.Goodput, 1e-9)
	close("req/s now", s.Rates.Requests, l.Rates().Requests, 1e-9)
	close("errors/s now", s.Rates.Errors, l.Rates().Errors, 1e-9)

	points, width := l.Series()
	if width != s.SeriesWidth || len(points) != len(s.Series) {
		t.Fatalf("%d points of %v, live %d of %v", len(s.Series), s.SeriesWidth, len(points), width)
	}
	const coarse = 0.017 // two buckets of a smaller sketch
	for i, w := range points {
		h := s.Series[i]
		if h.At != w.At || h.Errors != w.Errors {
			t.Errorf("point %d: %+v, live %+v", i, h, w)
		}
		close("point TTFT50", h.TTFT50, w.TTFT50, coarse)
		close("point ITL99", h.ITL99, w.ITL99, coarse)
		close("point latency", h.Latency50, w.Latency50, coarse)
		close("point TTFT felt", h.FeltTTFT50, w.FeltTTFT50, coarse)
		close("point latency felt", h.FeltLatency99, w.FeltLatency99, coarse)
		close("point requests", h.Requests, w.Requests, 1e-9)
		close("point tokens", h.OutputTokens, w.OutputTokens, 1e-9)
	}
	list := l.Slices()
	if len(list) != len(s.Slices) {
		t.Fatalf("%d slices, live %d", len(s.Slices), len(list))
	}
	for i, w := range list {
		h := s.Slices[i]
		if h.At != w.At || h.Requests != w.Requests || h.Errors != w.Errors || h.Open != w.Open {
			t.Errorf("slice %d: %+v, live %+v", i, h, w)
		}
		close("slice TTFT90", h.TTFT90, w.TTFT90, coarse)
		close("slice ITL50", h.ITL50, w.ITL50, coarse)
		close("slice tokens", h.OutputTokensPerSec, w.OutputTokensPerSec, 1e-9)
		close("slice good", h.GoodShare, w.GoodShare, 1e-9)
	}
}
