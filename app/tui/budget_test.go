package tui

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/screen"
	"tacho/views/theme"
	"tacho/views/viewtest"
)

func colourTheme(t testing.TB) *theme.Theme {
	t.Helper()
	g, err := theme.GlyphSet("braille")
	if err != nil {
		t.Fatal(err)
	}
	th, err := theme.New("dark", theme.ANSI256, g)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// liveFrames are frames of a page of a run in its second minute.
func liveFrames(t testing.TB, size screen.Size, n int, every time.Duration, ui screen.State) []string {
	th, r := colourTheme(t), viewtest.New()
	keys := screen.Keys{Table: shown(newRun(&source{done: make(chan struct{})}, th, Options{}.withDefaults()).face.(*console).table())}
	frames := make([]string, n)
	for i := range frames {
		g := cells.New(size.W, size.H)
		s := r.Busy(70*time.Second+time.Duration(i)*every, 8, 2)
		if i%listEvery == 0 && ui.Page == screen.PageRequests {
			ui.Lists = s.Requests
		}
		ui = screen.Draw(g, s, th, ui, keys)
		frames[i] = g.String()
	}
	return frames
}

// traffic is what frames cost on the line: the first one, and the others in
// bytes per frame, with the writer and without.
func traffic(frames []string, size screen.Size) (first, mean, naive int) {
	d := &DiffWriter{lost: make(chan struct{}), played: played{clusters: new(cells.Clusters)}}
	d.want, d.have = cells.NewShared(size.W, size.H, d.clusters), cells.NewShared(size.W, size.H, d.clusters)
	d.play([]byte("\x1b[?1049h"), d)
	last := ""
	for i, f := range frames {
		raw := rendered(last, f, size.W, size.H)
		d.play([]byte(raw), d)
		d.dirty = true
		b := len(d.compose(nil))
		if i == 0 {
			first = b
		} else {
			mean += b
			naive += len(raw)
		}
		last = f
	}
	return first, mean / (len(frames) - 1), naive / (len(frames) - 1)
}

// TestByteBudget holds what the screen may cost on a slow line, page by page, in
// a run in which every number changes all the time: over SSH, and with
// LowBandwidth.
func TestByteBudget(t *testing.T) {
	pages := map[string]screen.State{
		"overview": {Page: screen.PageOverview}, "latency": {Page: screen.PageLatency}, "heat": {Page: screen.PageLatency, Heat: true}, "felt": {Page: screen.PageLatency, Felt: true}, "why": {Page: screen.PageLatency, Why: true},
		"slices": {Page: screen.PageSlices}, "requests": {Page: screen.PageRequests}, "slowest": {Page: screen.PageRequests, Which: screen.Slowest},
		"gpus": {Page: screen.PageGPUs}, "server": {Page: screen.PageServer}, "errors": {Page: screen.PageErrors}, "log": {Page: screen.PageLog}, "config": {Page: screen.PageConfig},
	}
	for _, c := range []struct {
		size            screen.Size
		ssh, low, first int
	}{
		{screen.Size{W: 80, H: 24}, 3000, 1000, 6000}, {screen.Size{W: 120, H: 40}, 5000, 1500, 14000}, {screen.Size{W: 200, H: 60}, 8000, 2500, 40000},
	} {
		for name, ui := range pages {
			t.Run(fmt.Sprintf("%s/%dx%d", name, c.size.W, c.size.H), func(t *testing.T) {
				first, mean, naive := traffic(liveFrames(t, c.size, 80, time.Second/sshFPS, ui), c.size)
				ui.Sweep = true
				_, low, _ := traffic(liveFrames(t, c.size, 60, time.Second/lowFPS, ui), c.size)
				t.Logf("first frame %d B; %d B/s over SSH (%d B/s without the writer); %d B/s at low bandwidth", first, mean*sshFPS, naive*sshFPS, low*lowFPS)
				if mean*sshFPS > c.ssh {
					t.Errorf("%d bytes/s over SSH, want at most %d", mean*sshFPS, c.ssh)
				}
				if low*lowFPS > c.low {
					t.Errorf("%d bytes/s at low bandwidth, want at most %d", low*lowFPS, c.low)
				}
				if first > c.first {
					t.Errorf("first frame %d bytes, want at most %d", first, c.first)
				}
			})
		}
	}
}

// BenchmarkDrawing is what the screen costs at the default rate of a local
// terminal: drawing, the renderer's part, and the diffs, in percent of a core.
func BenchmarkDrawing(b *testing.B) {
	for _, size := range []screen.Size{{W: 80, H: 24}, {W: 120, H: 40}, {W: 200, H: 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.W, size.H), func(b *testing.B) {
			th, r := colourTheme(b), viewtest.New()
			keys := screen.Keys{Table: shown(newRun(&source{done: make(chan struct{})}, th, Options{}.withDefaults()).face.(*console).table())}
			snaps := make([]*snap.Snapshot, 32)
			for i := range snaps {
				snaps[i] = r.Busy(70*time.Second+time.Duration(i)*time.Second/localFPS, 8, 2)
			}
			d := &DiffWriter{lost: make(chan struct{}), played: played{clusters: new(cells.Clusters), alt: true}, size: func() (int, int) { return size.W, size.H }}
			d.moved = sync.NewCond(&d.mu)
			d.want, d.have = cells.NewShared(size.W, size.H, d.clusters), cells.NewShared(size.W, size.H, d.clusters)
			ui, last := screen.State{Page: screen.PageOverview}, ""
			var out []byte
			for i := 0; b.Loop(); i++ {
				g := cells.New(size.W, size.H)
				ui = screen.Draw(g, snaps[i%len(snaps)], th, ui, keys)
				frame := g.String()
				d.Show(frame)
				d.play([]byte(rendered(last, frame, size.W, size.H)), d)
				d.dirty = true
				out, last = d.compose(out[:0]), frame
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*localFPS*100, "%core")
		})
	}
}

// source is a run that a test moves on by hand.
type source struct {
	snap.Cell
	done  chan struct{}
	stops int
	ended bool
}

func (s *source) Done() <-chan struct{} { return s.done }
func (s *source) Err() error            { return nil }
func (s *source) Stop(string)           { s.stops++ }
func (s *source) end() {
	if !s.ended {
		s.ended = true
		s.Publish(viewtest.Done())
		close(s.done)
	}
}
