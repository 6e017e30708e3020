package replay

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export"
)

// copyOf copies a golden so that a test may change it.
func copyOf(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldenDir, name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// atEnd is the picture of the end, once the numbers have been checked.
func atEnd(p *Player) *snap.Snapshot {
	<-p.Checked()
	p.Seek(p.Timeline().Length)
	return p.Latest()
}

func mentions(lines []string, words ...string) bool {
	return slices.ContainsFunc(lines, func(l string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(l, w) })
	})
}

func TestPlayWithoutTheSummary(t *testing.T) {
	dir := copyOf(t, "chat_stream")
	for _, name := range []string{"profile_export_aiperf.json", "profile_export_aiperf.csv"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	p := play(t, dir, Options{})
	s := atEnd(p)
	want, err := Open(filepath.Join(goldenDir, "chat_stream"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Final == nil || s.Done != 60 || s.State != snap.Done || !mentions(p.Timeline().Missing, "profile_export_aiperf.json", "made from the records") {
		t.Fatalf("final %v, %d done, %s, missing %q", s.Final, s.Done, s.State, p.Timeline().Missing)
	}
	for _, tag := range []metric.Tag{metric.TTFT, metric.ITL, metric.ICL, metric.OSL} {
		h, ok := s.Final.Get(tag)
		w, _ := want.Run.Summary.Get(tag)
		if !ok || math.Abs(h.Avg-w.Avg) > 1e-9*w.Avg || math.Abs(h.P[8]-w.P[8]) > 1e-9*w.P[8] {
			t.Errorf("%s: %+v, want %+v", tag, h, w)
		}
	}
	if r := p.Result(); r == nil || r.Valid() != 60 || !strings.Contains(r.Reason, "60 records") {
		t.Errorf("result %+v", r)
	}
	if !s.Run.Streaming || len(s.Live) < 8 {
		t.Errorf("the metrics were not found out: %+v", s.Live)
	}
}

func TestPlayDamagedRecords(t *testing.T) {
	dir := copyOf(t, "chat_nostream")
	path := filepath.Join(dir, "profile_export.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines[4] = append(slices.Clone(lines[4][:200]), '\n')
	broken := bytes.Join(lines, nil)
	if err := os.WriteFile(path, broken[:len(broken)-100], 0o644); err != nil {
		t.Fatal(err)
	}
	p := play(t, dir, Options{})
	s := atEnd(p)
	tl := p.Timeline()
	if !mentions(tl.Missing, "1 damaged lines", "line 5") || !mentions(tl.Missing, "cut off") {
		t.Errorf("missing %q", tl.Missing)
	}
	if !strings.Contains(tl.Check, "values differ, the first: profile_export_aiperf.json: ") {
		t.Errorf("check %q", tl.Check)
	}
	if n := len(lines) - 1 - 2; s.Done != int64(n) {
		t.Errorf("%d done, want the %d that can be read", s.Done, n)
	}
	if len(s.Notices) == 0 || s.Notices[0].Text != tl.Check || !s.Notices[0].Warn {
		t.Errorf("notices %+v", s.Notices)
	}
}

func TestPlayASummaryAlone(t *testing.T) {
	dir := copyOf(t, "chat_stream")
	if err := os.Remove(filepath.Join(dir, "profile_export.jsonl")); err != nil {
		t.Fatal(err)
	}
	p := play(t, dir, Options{})
	s := p.Latest()
	if s.State != snap.Done || s.Done != 60 || len(s.Live) < 8 || len(s.Slices) < 5 || s.Run.Load != "closed loop 4" || s.Totals.Requests < 10 {
		t.Errorf("%s, %d done, %d metrics, %d slices, %s, %+v", s.State, s.Done, len(s.Live), len(s.Slices), s.Run.Load, s.Totals)
	}
	for _, l := range s.Live {
		if st, _ := s.Final.Get(l.Def.Tag); l.P99 != st.P[8] || l.P50 != st.P[4] || l.Count != max(0, st.Count) {
			t.Errorf("%+v, want %+v", l, st)
		}
	}
	if !mentions(p.Timeline().Missing, "profile_export.jsonl", "nothing to play") {
		t.Errorf("missing %q", p.Timeline().Missing)
	}
	if err := p.SetSLO("time_to_first_token", 3); err == nil {
		t.Error("a limit was moved without requests")
	}
}

// AIPerf notes in the summary that it looked for GPUs; a file of theirs is
// missing only where there were some.
func TestNoGPUsAreNotMissing(t *testing.T) {
	for data, want := range map[string]bool{
		"": false,
		`{"summary": {"endpoints_configured": [], "endpoints_successful": []}, "endpoints": {}, "error_summary": []}`: false,
		`{"summary": {}, "endpoints": {"h:9400": {"gpus": {}}}, "error_summary": []}`:                                 true,
	} {
		if got := hasGPUs(&export.Run{Telemetry: []byte(data)}); got != want {
			t.Errorf("%s: GPUs %v", data, got)
		}
	}
}

func TestPlayNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Play(dir, Options{}); err == nil || !strings.Contains(err.Error(), "not the directory of a run") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "profile_export.jsonl"), []byte("x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Play(dir, Options{}); err == nil || !strings.Contains(err.Error(), "no requests") {
		t.Errorf("a file without requests: %v", err)
	}
}

// TestPlayFromAnotherZone: AIPerf writes its window as local time without zone.
func TestPlayFromAnotherZone(t *testing.T) {
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	for _, hours := range []float64{-8, 5.75, 13} {
		time.Local = time.FixedZone("elsewhere", int(hours*3600))
		p := play(t, filepath.Join(goldenDir, "slice_gaps"), Options{})
		s := atEnd(p)
		if k := p.tracks[0]; k.origin != 1795500453495582000 || p.Timeline().Length != 5216886000 {
			t.Errorf("%v hours off: from %d, %v long", hours, k.origin, p.Timeline().Length)
		}
		if !strings.HasPrefix(p.Timeline().Check, "all ") || s.Done != 6 {
			t.Errorf("%v hours off: check %q, %d done", hours, p.Timeline().Check, s.Done)
		}
	}
}

func TestWhatIf(t *testing.T) {
	dir := filepath.Join(goldenDir, "faulty")
	p := play(t, dir, Options{NoCheck: true})
	rows, _ := rowsOf(t, dir)
	reg := metric.Builtin()
	for _, limits := range [][]metric.SLO{
		{{Tag: metric.RequestLatency, Limit: 300}},
		{{Tag: metric.RequestLatency, Limit: 300}, {Tag: metric.TTFT, Limit: 60}, {Tag: metric.OutputTokenThroughputPerUser, Limit: 30}},
		{},
	} {
		for _, at := range []time.Duration{0, p.Timeline().Length / 3, p.Timeline().Length} {
			var want Goodness
			for _, r := range rows {
				if r.EndNS > p.tracks[0].origin+int64(at) {
					continue
				}
				if r.Err != nil {
					want.Failed++
					continue
				}
				want.Valid++
				met := len(limits) > 0
				for _, l := range limits {
					d, _ := reg.Lookup(l.Tag)
					met = met && l.Met(d, r.Vals[d.ID])
				}
				if met {
					want.Good++
				}
			}
			got, err := p.WhatIf(limits, at)
			if err != nil || got.Good != want.Good || got.Valid != want.Valid || got.Failed != want.Failed {
				t.Errorf("%v at %v: %+v, %v, want %+v", limits, at, got, err, want)
			}
		}
	}
	if _, err := p.WhatIf([]metric.SLO{{Tag: metric.RequestCount, Limit: 3}}, 0); err == nil {
		t.Error("a limit on a count was tried")
	}
}

func TestMovingALimitOnTheScreen(t *testing.T) {
	p := play(t, filepath.Join(goldenDir, "chat_stream"), Options{NoCheck: true})
	p.Seek(p.Timeline().Length)
	own := p.Latest()
	if err := p.SetSLO(string(metric.RequestLatency), 1e6); err != nil {
		t.Fatal(err)
	}
	if err := p.SetSLO(string(metric.ITL), math.NaN()); err != nil {
		t.Fatal(err)
	}
	s := p.Latest()
	if s.Rates.GoodShare != 1 || math.Abs(s.Rates.Goodput-s.Rates.Requests) > 1e-9 {
		t.Errorf("just now %g good/s of %g/s, a share of %g; want all", s.Rates.Goodput, s.Rates.Requests, s.Rates.GoodShare)
	}
	if s == own || s.Good != 60 || s.Totals.GoodShare != 1 || len(s.Run.SLOs) != 1 || own.Good == 60 {
		t.Errorf("%d good, before %d, %+v, %v", s.Good, own.Good, s.Totals, s.Run.SLOs)
	}
	for _, l := range s.Live {
		switch l.Def.Tag {
		case metric.RequestLatency:
			if l.SLO != 1e6 || l.Within != 1 {
				t.Errorf("latency: %v, %v", l.SLO, l.Within)
			}
		default:
			if !math.IsNaN(l.SLO) {
				t.Errorf("%s has a limit of %v", l.Def.Tag, l.SLO)
			}
		}
	}
	if err := p.SetSLO("nonsense", 1); err == nil {
		t.Error("a limit on nothing was taken")
	}
}

func TestEventsBecomeMarksAndSegments(t *testing.T) {
	dir := t.TempDir()
	bigDir{requests: 4000, perSec: 100, tokens: 4, seed: 2}.write(t, dir)
	var b []byte
	for _, e := range []export.RunEvent{
		{AtNS: bigStart - 5e9, Kind: snap.MarkNote, Text: "before it began"},
		{AtNS: bigStart + 10e9, Kind: snap.MarkLoad, Text: "rate 100 → 120 req/s"},
		{AtNS: bigStart + 12e9, Kind: snap.MarkHold, Text: "sending held"},
		{AtNS: bigStart + 14e9, Kind: snap.MarkHold, Text: "sending resumed"},
		{AtNS: bigStart + 20e9, Kind: snap.MarkLoad, Text: "concurrency 0 → 64"},
	} {
		b = e.Append(b)
	}
	if err := os.WriteFile(filepath.Join(dir, "events.jsonl"), append(b, "{cut"...), 0o644); err != nil {
		t.Fatal(err)
	}
	p := play(t, dir, Options{NoCheck: true})
	if !mentions(p.Timeline().Missing, "events.jsonl", "[6]") {
		t.Errorf("missing %q", p.Timeline().Missing)
	}
	p.Seek(13 * time.Second)
	s := p.Latest()
	if !s.Held || len(s.Marks) != 3 || s.Marks[0].At != 0 || s.Run.Load != "120 req/s" || len(s.Segments) != 2 || s.Segments[1].To != -1 {
		t.Errorf("held %v, marks %v, load %s, segments %+v", s.Held, s.Marks, s.Run.Load, s.Segments)
	}
	s = atEnd(p)
	if s.Held || s.Run.Load != "120 req/s, cap 64" || s.InFlightTarget != 64 || len(s.Segments) != 3 {
		t.Fatalf("held %v, load %s, target %d, segments %+v", s.Held, s.Run.Load, s.InFlightTarget, s.Segments)
	}
	// A request belongs to the segment it started in: a hundred a second.
	for i, want := range []int64{1000, 1000, 2000} {
		if g := s.Segments[i]; g.Requests != want || math.IsNaN(g.TTFT50) {
			t.Errorf("segment %d: %+v, want %d requests", i, g, want)
		}
	}
	if s.Segments[0].Load != "poisson 100 req/s" {
		t.Errorf("the first load is %q", s.Segments[0].Load)
	}
	n := 0
	for _, m := range p.Timeline().Ticks {
		if m.Kind == snap.MarkLoad {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d ticks of load", n)
	}
}

func TestChangedLoad(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int64
		rate  string
	}{
		{"concurrency 64 → 80", 80, "5"}, {"rate 5 → 6.5 req/s", 64, "6.5"}, {"concurrency 64 → many", 64, "5"},
		{"something else", 64, "5"}, {"", 64, "5"},
	} {
		if limit, rate := changed(c.text, 64, "5"); limit != c.limit || rate != c.rate {
			t.Errorf("%q: %d, %s", c.text, limit, rate)
		}
	}
}

func TestStalls(t *testing.T) {
	dir := t.TempDir()
	bigDir{requests: 3000, perSec: 100, tokens: 20, seed: 8, stallAt: []float64{7, 21.5}}.write(t, dir)
	p := play(t, dir, Options{NoCheck: true})
	stalls := p.tracks[0].stalls
	if len(stalls) != 2 {
		t.Fatalf("stalls %v", stalls)
	}
	for i, at := range []float64{7, 21.5} {
		s := stalls[i]
		if d := s.at - secondsOf(at); d < -20*time.Millisecond || d > 20*time.Millisecond {
			t.Errorf("stall %d at %v, want %v s", i, s.at, at)
		}
		if s.length < 450*time.Millisecond || s.length > 550*time.Millisecond || s.stood < 10 || s.stood > s.streams || 10*s.stood < 9*s.streams {
			t.Errorf("stall %d: %+v", i, s)
		}
	}
	var ticks []snap.Mark
	for _, m := range p.Timeline().Ticks {
		if m.Kind == snap.MarkStall {
			ticks = append(ticks, m)
		}
	}
	if len(ticks) != 2 || !strings.Contains(ticks[0].Text, "streams") {
		t.Errorf("ticks %v", ticks)
	}
	p.Seek(7200 * time.Millisecond)
	if s := p.Latest(); len(s.Marks) != 0 {
		t.Errorf("a stall is told before it is over: %v", s.Marks)
	}
	p.Seek(8 * time.Second)
	if s := p.Latest(); len(s.Marks) != 1 || s.Marks[0].Kind != snap.MarkStall || len(s.Notices) != 1 {
		t.Errorf("marks %v, notices %v", s.Marks, s.Notices)
	}
	steady := t.TempDir()
	bigDir{requests: 1000, perSec: 100, tokens: 20, seed: 9}.write(t, steady)
	if got := play(t, steady, Options{NoCheck: true}).tracks[0].stalls; len(got) != 0 {
		t.Errorf("a steady run has stalls: %v", got)
	}
}

func TestErrorTicksAreGrouped(t *testing.T) {
	dir := t.TempDir()
	bigDir{requests: 8000, perSec: 80, tokens: 2, failEvery: 10, seed: 4}.write(t, dir)
	p := play(t, dir, Options{NoCheck: true})
	n, total := 0, 0
	last := time.Duration(-1)
	for _, m := range p.Timeline().Ticks {
		if m.Kind != snap.MarkError {
			continue
		}
		if m.At <= last {
			t.Errorf("ticks at %v and %v", last, m.At)
		}
		last = m.At
		n++
		if !strings.Contains(m.Text, "http_5xx 503 Service Unavailable") {
			t.Errorf("tick %q", m.Text)
		}
		var many int
		if word, _, ok := strings.Cut(m.Text, " errors"); ok {
			for _, c := range word {
				many = many*10 + int(c-'0')
			}
			total += many
		} else {
			total++
		}
	}
	if n > maxTicks+1 || n < maxTicks/2 || total != 800 {
		t.Errorf("%d ticks for %d errors", n, total)
	}
}

// TestTheQueueOfACappedLoad comes from when requests were due and taken up.
func TestTheQueueOfACappedLoad(t *testing.T) {
	o := bigDir{requests: 500, perSec: 50, tokens: 4, seed: 6}
	dir := t.TempDir()
	o.write(t, dir)
	for _, name := range []string{"profile_export_aiperf.json", "manifest.json"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte(`"type": "poisson"`), []byte(`"concurrency": 8, "type": "poisson"`))
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := play(t, dir, Options{NoCheck: true})
	p.Seek(2*time.Second + 5*time.Microsecond) // each is taken up 10 us after it was due
	s := p.Latest()
	if s.Queued != 1 || s.InFlightTarget != 8 || s.Run.Load != "poisson 50 req/s, cap 8" {
		t.Errorf("%d queued, target %d, load %s", s.Queued, s.InFlightTarget, s.Run.Load)
	}
}

func TestRequestsAreReadBack(t *testing.T) {
	dir := t.TempDir()
	bigDir{requests: 200, perSec: 100, tokens: 700, failEvery: 20, seed: 7}.write(t, dir)
	p := play(t, dir, Options{NoCheck: true})
	s := atEnd(p)
	r := s.Requests.Slowest[0]
	if r.ID == "" || r.Conversation == "" || len(r.Gaps) == 0 || len(r.Gaps) > snap.MaxGaps || r.Model != "big" || r.Phase != "profiling" {
		t.Errorf("%+v", r)
	}
	if r.Wire-r.Due != 50*time.Microsecond || r.Picked-r.Due != 10*time.Microsecond || r.First <= r.Wire || r.End <= r.First || r.ReadLate != 30*time.Microsecond {
		t.Errorf("moments of %+v", r)
	}
	if f := s.Requests.Failed[0]; f.Err == nil || f.Err.Kind != record.ErrHTTP5xx || len(s.Requests.Failed) != 10 {
		t.Errorf("failed %+v", f)
	}
	if s.Requests != p.Latest().Requests {
		t.Error("a new list without a reason")
	}
	p = play(t, filepath.Join(goldenDir, "chat_stream"), Options{NoCheck: true})
	if r := atEnd(p).Requests.Slowest[0]; r.Wire != r.Start+r.Connect || r.Picked != -1 {
		t.Errorf("of AIPerf: %+v", r)
	}
}

func TestFilesThatChangeUnderThePlayer(t *testing.T) {
	dir := copyOf(t, "chat_stream")
	p := play(t, dir, Options{NoCheck: true})
	if err := os.Truncate(filepath.Join(dir, "profile_export.jsonl"), 1000); err != nil {
		t.Fatal(err)
	}
	if s := atEnd(p); s.Done != 60 || len(s.Requests.Recent) > 1 { // one was read before
		t.Errorf("%d done, %d requests at hand", s.Done, len(s.Requests.Recent))
	}
}
