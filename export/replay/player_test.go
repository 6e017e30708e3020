package replay

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

// play opens a directory for a test.
func play(t testing.TB, dir string, o Options) *Player {
	t.Helper()
	p, err := Play(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// allDirs are the golden directories that can be opened.
func allDirs(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(goldenDir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() || e.Name() == "inputs" {
			return err
		}
		if _, err := Open(path); err == nil && filepath.Base(filepath.Dir(path)) != "phases" {
			out = append(out, path)
		}
		return nil
	})
	if err != nil || len(out) < 25 {
		t.Fatalf("%d directories, %v", len(out), err)
	}
	return out
}

// TestPlayGoldens opens every golden, looks at its beginning, middle and end,
// and holds the end against the summary that AIPerf wrote.
func TestPlayGoldens(t *testing.T) {
	withRecords := 0
	for _, dir := range allDirs(t) {
		name, _ := filepath.Rel(goldenDir, dir)
		t.Run(name, func(t *testing.T) {
			p := play(t, dir, Options{})
			<-p.Checked() // so that no picture goes out of date by itself
			length := p.Timeline().Length
			if length <= 0 {
				t.Fatalf("length %v", length)
			}
			for _, at := range []time.Duration{0, length / 2, length} {
				p.Seek(at)
				s := p.Latest()
				if s == nil || s.At != at || s != p.Latest() {
					t.Fatalf("at %v: %+v", at, s)
				}
				if name != "http_trace" { // lines of several runs
					checkSnapshot(t, p, s)
				}
			}
			s := p.Latest()
			if name == "http_trace" {
				return
			}
			if s.State != snap.Done && s.State != snap.Failed {
				t.Errorf("at the end the state is %s", s.State)
			}
			if s.InFlight != 0 || s.Verdict == "" || len(s.Files) == 0 {
				t.Errorf("at the end %d in flight, verdict %q, %d files", s.InFlight, s.Verdict, len(s.Files))
			}
			check := p.Timeline().Check
			run := p.dir.Run
			if run == nil {
				if s.State != snap.Failed || check != "no summary to check" {
					t.Errorf("without a summary: %s, %q", s.State, check)
				}
				return
			}
			valid, failed := counts(run)
			if s.Done != valid || s.Errors != failed || s.Final != run.Summary {
				t.Errorf("at the end %d done, %d errors, want %d, %d", s.Done, s.Errors, valid, failed)
			}
			if good := mean(run.Summary, metric.GoodRequestCount); !math.IsNaN(good) && p.tape != nil && s.Good != int64(good) {
				t.Errorf("%d good, want %v", s.Good, good)
			}
			if p.tape == nil {
				if len(p.Timeline().Missing) == 0 || !strings.HasPrefix(check, "not checked") {
					t.Errorf("no records, yet missing %q, check %q", p.Timeline().Missing, check)
				}
				return
			}
			withRecords++
			if !strings.HasPrefix(check, "all ") {
				t.Errorf("check %q", check)
			}
			agrees(t, p, s)
		})
	}
	if withRecords < 20 {
		t.Errorf("only %d directories had records", withRecords)
	}
}

// agrees holds the figures of a picture of the end against the summary: sketches
// know them to 0.1 %, and by nearest rank.
func agrees(t *testing.T, p *Player, s *snap.Snapshot) {
	t.Helper()
	for _, l := range s.Live {
		st, ok := s.Final.Get(l.Def.Tag)
		if !ok {
			if l.Count > 0 {
				t.Errorf("%s is live and not in the summary", l.Def.Tag)
			}
			continue
		}
		if l.Count != st.Count {
			t.Errorf("%s: %d values, want %d", l.Def.Tag, l.Count, st.Count)
		}
		for _, c := range []struct {
			name       string
			have, want float64
		}{{"avg", l.Avg, st.Avg}, {"min", l.Min, st.Min}, {"max", l.Max, st.Max}} {
			if math.Abs(c.have-c.want) > 3e-4*math.Abs(c.want)+1e-3 {
				t.Errorf("%s %s: %v, want %v", l.Def.Tag, c.name, c.have, c.want)
			}
		}
		if l.P50 < st.P[3] || l.P50 > st.P[5] || l.P99 > st.Max*1.001 { // between p25 and p75: few values, other rule
			if math.Abs(l.P50-st.P[4]) > 2e-3*st.P[4] {
				t.Errorf("%s p50: %v, want %v", l.Def.Tag, l.P50, st.P[4])
			}
		}
	}
}

// checkSnapshot holds what must be so at any moment.
func checkSnapshot(t *testing.T, p *Player, s *snap.Snapshot) {
	t.Helper()
	if s.Done < 0 || s.Errors < 0 || s.Good > s.Done || s.InFlight < 0 || s.Queued < 0 {
		t.Errorf("counts %d, %d, %d, %d, %d", s.Done, s.Errors, s.Good, s.InFlight, s.Queued)
	}
	var errors int64
	for _, g := range s.ErrorGroups {
		errors += g.Count
	}
	if len(s.ErrorGroups) < maxShown && errors != s.Errors {
		t.Errorf("%d errors in groups, %d in all", errors, s.Errors)
	}
	if len(p.tracks) == 0 {
		return
	}
	k := p.tracks[p.trackAt(s.At)]
	if p.trackAt(p.head.length) == p.trackAt(s.At) {
		var points, latencies int64
		for _, pt := range s.Series {
			points += pt.Errors
		}
		if points != s.Errors {
			t.Errorf("%d errors in the series, %d in all", points, s.Errors)
		}
		if s.LatencyHeat != nil {
			for _, c := range s.LatencyHeat.Columns {
				for _, n := range c {
					latencies += int64(n)
				}
			}
		}
		if latencies != s.Done {
			t.Errorf("%d latencies on the map, %d done", latencies, s.Done)
		}
	}
	if s.SliceWidth > 0 {
		var in int64
		for _, r := range s.Slices {
			in += r.Requests + r.Errors
		}
		if in != s.Done+s.Errors && !k.warm() {
			t.Errorf("%d requests in the slices, %d in all", in, s.Done+s.Errors)
		}
	}
	if s.Requests == nil {
		if s.Done+s.Errors > 0 {
			t.Error("no requests at hand")
		}
		return
	}
	if n := int64(len(s.Requests.Recent)); n != min(snap.KeepRecent, s.Done+s.Errors) {
		t.Errorf("%d recent requests of %d", n, s.Done+s.Errors)
	}
	if n := int64(len(s.Requests.Failed)); n != min(snap.KeepFailed, s.Errors) {
		t.Errorf("%d failed requests at hand of %d", n, s.Errors)
	}
	for i, r := range s.Requests.Recent {
		if r.End > s.At-k.offset {
			t.Errorf("request %d ends at %v, in the future of %v", r.Num, r.End, s.At)
		}
		if i > 0 && r.End > s.Requests.Recent[i-1].End {
			t.Error("recent requests are not newest first")
		}
	}
	for i, r := range s.Requests.Slowest {
		if i > 0 && r.Latency > s.Requests.Slowest[i-1].Latency {
			t.Error("slowest requests are not slowest first")
		}
	}
}

func TestPlayTwoPhases(t *testing.T) {
	p := play(t, filepath.Join(goldenDir, "rate_warmup"), Options{})
	tl := p.Timeline()
	var phases []snap.Mark
	for _, m := range tl.Ticks {
		if m.Kind == snap.MarkPhase {
			phases = append(phases, m)
		}
	}
	if len(phases) != 2 || phases[0].At != 0 || phases[1].At != 438489348 {
		t.Fatalf("phases %+v", phases)
	}
	p.Seek(phases[1].At - 1)
	s := p.Latest()
	if s.Phase.Kind != string(record.Warmup) || s.Done != 10 || s.Phase.Index != 0 || s.Phase.Count != 2 || s.Phase.Target != 10 {
		t.Errorf("in the warm-up: %+v, %d done", s.Phase, s.Done)
	}
	p.Seek(phases[1].At)
	if s = p.Latest(); s.Phase.Kind != string(record.Profiling) || s.Done != 0 || s.Phase.Elapsed != 0 || s.Run.Load != "poisson 25 req/s" {
		t.Errorf("when profiling begins: %+v, %d done, %s", s.Phase, s.Done, s.Run.Load)
	}
}

func TestClockOfThePlayer(t *testing.T) {
	c := &clock{t: time.Unix(1000, 0)}
	p := play(t, filepath.Join(goldenDir, "chat_stream"), Options{Now: c.now, NoCheck: true})
	length := p.Timeline().Length
	state := func(at time.Duration, playing bool, speed float64) {
		t.Helper()
		if a, pl, sp := p.State(); a != at || pl != playing || sp != speed {
			t.Errorf("at %v, playing %v, speed %v; want %v, %v, %v", a, pl, sp, at, playing, speed)
		}
	}
	state(0, false, 1)
	first := p.Latest()
	c.advance(time.Second)
	if p.Latest() != first {
		t.Error("a new picture while nothing moved")
	}
	p.Play(true)
	c.advance(time.Second)
	state(time.Second, true, 1)
	second := p.Latest()
	if second == first || second.At != time.Second {
		t.Errorf("the picture is of %v", second.At)
	}
	c.advance(50 * time.Millisecond)
	if p.Latest() != second {
		t.Error("more than ten pictures a second")
	}
	p.SetSpeed(2)
	c.advance(500 * time.Millisecond)
	state(2050*time.Millisecond, true, 2)
	p.SetSpeed(-3)
	p.SetSpeed(0)
	state(2050*time.Millisecond, true, 2)
	p.Play(false)
	c.advance(time.Hour)
	state(2050*time.Millisecond, false, 2)
	p.Seek(-5)
	state(0, false, 2)
	p.SetSpeed(1e9)
	p.Play(true)
	c.advance(time.Millisecond)
	state(time.Second, true, 1000)
	c.advance(time.Hour)
	state(length, false, 1000)
	if s := p.Latest(); s.State != snap.Done || s.At != length {
		t.Errorf("at the end: %s at %v", s.State, s.At)
	}
	p.Play(true)
	state(length, false, 1000)
	p.Seek(time.Hour)
	state(length, false, 1000)
	select {
	case <-p.Done():
		t.Error("done before it was closed")
	default:
	}
	last := p.Latest()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	<-p.Done()
	if p.Latest() != last || p.Err() != nil {
		t.Error("a closed player forgot its picture")
	}
	p.Seek(0) // does nothing, and does not fail
	if p.Latest() != last {
		t.Error("a closed player moved")
	}
}

// TestPlayingAddsUp compares what playing on makes with what seeking makes.
func TestPlayingAddsUp(t *testing.T) {
	dir := t.TempDir()
	bigDir{requests: 9000, perSec: 1000, tokens: 4, failEvery: 37, seed: 3}.write(t, dir)
	c := &clock{t: time.Unix(1000, 0)}
	a, b := play(t, dir, Options{Now: c.now, NoCheck: true, Playing: true, Speed: 10}), play(t, dir, Options{Now: c.now, NoCheck: true})
	for a.head.playing {
		s := a.Latest()
		b.Seek(0) // so that it starts over
		b.Latest()
		b.Seek(s.At)
		same(t, s, b.Latest())
		c.advance(130 * time.Millisecond)
	}
	if s := a.Latest(); s.State != snap.Done || s.Done != 9000-9000/37 {
		t.Errorf("at the end %s with %d", s.State, s.Done)
	}
}

// same compares two pictures of one moment.
func same(t *testing.T, a, b *snap.Snapshot) {
	t.Helper()
	if a.Done != b.Done || a.Errors != b.Errors || a.Good != b.Good || a.InFlight != b.InFlight || len(a.Series) != len(b.Series) {
		t.Fatalf("at %v: %d, %d, %d, %d and %d, %d, %d, %d", a.At, a.Done, a.Errors, a.Good, a.InFlight, b.Done, b.Errors, b.Good, b.InFlight)
	}
	for i := range a.Live {
		x, y := a.Live[i], b.Live[i]
		if x.P50 != y.P50 && x.Count > 0 || x.P99 != y.P99 && x.Count > 0 || x.Count != y.Count || x.Now != y.Now && y.Now == y.Now {
			t.Fatalf("at %v: %+v and %+v", a.At, x, y)
		}
	}
	if (a.Requests == nil) != (b.Requests == nil) {
		t.Fatalf("at %v: requests %v and %v", a.At, a.Requests, b.Requests)
	}
	for i := range a.Done {
		if i == snap.KeepSlowest {
			break
		}
		if a.Requests.Slowest[i].Latency != b.Requests.Slowest[i].Latency {
			t.Fatalf("at %v: slowest %d differs", a.At, i)
		}
	}
}
