package replay

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// invented writes a run and opens it.
func invented(t *testing.T, o bigDir) (string, *Player) {
	t.Helper()
	dir := t.TempDir()
	o.write(t, dir)
	return dir, play(t, dir, Options{NoCheck: true})
}

func openGhost(t *testing.T, dir string) *Ghost {
	t.Helper()
	g, err := OpenGhost(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func TestGhost(t *testing.T) {
	base := bigDir{requests: 2000, perSec: 50, tokens: 8, noSummary: true}
	before, then := invented(t, base)
	g := openGhost(t, before)
	if g.Name() != filepath.Base(before) {
		t.Errorf("name %q", g.Name())
	}
	points, width := g.History()
	if width != time.Second || len(points) != 41 {
		t.Errorf("%d points of %v", len(points), width)
	}
	base.seed, base.slow = 1, 1.1
	_, now := invented(t, base)
	now.Seek(3 * time.Second)
	if d := g.Diff(now.Latest()); len(d) != 0 {
		t.Errorf("after 3 s: %+v", d)
	}
	for _, at := range []time.Duration{15 * time.Second, 35 * time.Second, time.Hour} {
		now.Seek(at)
		s := now.Latest()
		diffs := g.Diff(s)
		if len(diffs) != 4 {
			t.Fatalf("at %v: %+v", at, diffs)
		}
		for _, d := range diffs {
			want, word := 0.1, Worse
			if d.Tag == metric.OutputTokenThroughput { // the rate is given, so no less comes out
				want, word = 0, Unclear
			}
			if math.Abs(d.Change-want) > 0.07 || d.Word != word || d.Low > d.Change || d.High < d.Change {
				t.Errorf("at %v: %+v", at, d)
			}
		}
		live, _ := g.Totals(s.Phase.Elapsed)
		then.Seek(min(at, g.Length()))
		if want := then.Latest().Live; live[0].Count != want[0].Count || live[0].P50 != want[0].P50 {
			t.Errorf("at %v the ghost has %+v, want %+v", at, live[0], want[0])
		}
	}
	// And the other way round.
	then.Seek(time.Hour)
	other := openGhost(t, now.info.Dir)
	for _, d := range other.Diff(then.Latest())[:3] {
		if d.Word != Better {
			t.Errorf("%+v, want better", d)
		}
	}
}

// TestGhostOfTheSameServer: runs that differ by chance alone must seldom be told
// apart.
func TestGhostOfTheSameServer(t *testing.T) {
	base := bigDir{requests: 750, perSec: 30, tokens: 4, noSummary: true, seed: 1000}
	dir, _ := invented(t, base)
	g := openGhost(t, dir)
	wrong := 0
	const runs = 40
	for i := range runs {
		base.seed = uint64(i)
		_, p := invented(t, base)
		p.Seek(time.Hour)
		diffs := g.Diff(p.Latest())
		if len(diffs) != 4 {
			t.Fatalf("%+v", diffs)
		}
		for _, d := range diffs {
			if d.Word != Unclear {
				wrong++
				break
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if wrong > runs/20 {
		t.Errorf("%d of %d runs of the same server differ", wrong, runs)
	}
}

func TestGhostKnowsItsLimits(t *testing.T) {
	if _, err := OpenGhost(filepath.Join(goldenDir, "summary_level")); err == nil || !strings.Contains(err.Error(), "no requests") {
		t.Errorf("a ghost without records: %v", err)
	}
	g := openGhost(t, filepath.Join(goldenDir, "rate_warmup"))
	if g.k.warm() {
		t.Error("the ghost is of the warm-up")
	}
	p := play(t, filepath.Join(goldenDir, "rate_warmup"), Options{NoCheck: true})
	if d := g.Diff(p.Latest()); d != nil {
		t.Errorf("compared with a warm-up: %+v", d)
	}
	if d := g.Diff(nil); d != nil {
		t.Errorf("compared with nothing: %+v", d)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	p.Seek(time.Hour)
	if d := g.Diff(p.Latest()); len(d) != 0 {
		t.Errorf("a closed ghost says %+v", d)
	}
	if d := g.Diff(&snap.Snapshot{SeriesWidth: time.Second}); len(d) != 0 {
		t.Errorf("compared with an empty picture: %+v", d)
	}
}
