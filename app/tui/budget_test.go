package tui

import (
	"fmt"
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

// liveFrames are frames of a run in its second minute, half a second apart.
func liveFrames(t testing.TB, w, h, n int) []string {
	th, r := colourTheme(t), viewtest.New()
	keys := screen.Keys{Table: shown(newRun(&source{done: make(chan struct{})}, th, Options{}.withDefaults()).face.(*console).table())}
	frames := make([]string, n)
	for i := range frames {
		s := r.At(70*time.Second + time.Duration(i)*500*time.Millisecond)
		frames[i] = screen.Text(s, screen.Size{W: w, H: h}, th, screen.State{}, keys)
	}
	return frames
}

// TestByteBudget holds what the screen may cost on a slow line: bytes per frame
// times the rate over SSH, in a run in which every number changes all the time.
func TestByteBudget(t *testing.T) {
	for _, c := range []struct{ w, h, perSec, first int }{
		{80, 24, 3000, 6000}, {120, 40, 5000, 14000}, {200, 60, 8000, 40000},
	} {
		t.Run(fmt.Sprintf("%dx%d", c.w, c.h), func(t *testing.T) {
			d := &DiffWriter{lost: make(chan struct{}), played: played{clusters: new(cells.Clusters)}}
			d.want, d.have = cells.NewShared(c.w, c.h, d.clusters), cells.NewShared(c.w, c.h, d.clusters)
			d.play([]byte("\x1b[?1049h"), d)
			first, sent, naive, last := 0, 0, 0, ""
			const n = 240 // two minutes
			for i, f := range liveFrames(t, c.w, c.h, n) {
				raw := rendered(last, f, c.w, c.h)
				d.play([]byte(raw), d)
				d.dirty = true
				b := len(d.compose(nil))
				if i == 0 {
					first = b
				} else {
					sent += b
					naive += len(raw)
				}
				last = f
			}
			perSec := sent * sshFPS / (n - 1)
			t.Logf("first frame %d B; %d B/s at %d frames/s, %d B/s without the writer", first, perSec, sshFPS, naive*sshFPS/(n-1))
			if perSec > c.perSec {
				t.Errorf("%d bytes/s, want at most %d", perSec, c.perSec)
			}
			if first > c.first {
				t.Errorf("first frame %d bytes, want at most %d", first, c.first)
			}
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
