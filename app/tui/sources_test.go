package tui

import (
	"errors"
	"fmt"
	"math"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/viewtest"
)

// steered is a live run that writes down how it was steered.
type steered struct {
	*source
	did  []string
	fail error
}

func newSteered() *steered {
	s := &steered{source: &source{done: make(chan struct{})}}
	s.Publish(viewtest.Steered())
	return s
}

func (s *steered) note(format string, a ...any) error {
	s.did = append(s.did, fmt.Sprintf(format, a...))
	return s.fail
}

func (s *steered) SetConcurrency(n int) error             { return s.note("concurrency %d", n) }
func (s *steered) SetRate(r float64) error                { return s.note("rate %g", r) }
func (s *steered) Hold(on bool) error                     { return s.note("hold %v", on) }
func (s *steered) Mark(text string) error                 { return s.note("mark %s", text) }
func (s *steered) SetSLO(tag string, limit float64) error { return s.note("slo %s %g", tag, limit) }

// tape is a recording of the invented run.
type tape struct {
	*source
	run     *viewtest.Run
	line    *snap.Timeline
	at      time.Duration
	playing bool
	speed   float64
}

func newTape() *tape {
	t := &tape{source: &source{done: make(chan struct{})}, run: viewtest.New(), line: viewtest.Timeline(), speed: 1}
	close(t.done)
	t.source.ended = true
	t.Seek(72 * time.Second)
	return t
}

func (t *tape) Timeline() *snap.Timeline { return t.line }
func (t *tape) Seek(at time.Duration) {
	t.at = max(0, min(at, t.line.Length))
	t.Publish(t.run.At(t.at))
}
func (t *tape) Play(on bool)                          { t.playing = on }
func (t *tape) SetSpeed(x float64)                    { t.speed = x }
func (t *tape) State() (time.Duration, bool, float64) { return t.at, t.playing, t.speed }
func (t *tape) Stop()                                 {} // not the method of a Stopper

// ghost is an earlier run that was slower.
type ghost struct{ points []snap.Point }

func (g *ghost) Name() string { return "before" }
func (g *ghost) History() ([]snap.Point, time.Duration) {
	if g.points == nil {
		for _, p := range viewtest.New().At(200 * time.Second).Series {
			p.TTFT50 *= 1.3
			g.points = append(g.points, p)
		}
	}
	return g.points, time.Second
}
func (g *ghost) Diff(s *snap.Snapshot) []Difference {
	return []Difference{
		{Tag: metric.TTFT, Name: "TTFT p50", Change: -0.12, Low: -0.16, High: -0.09, Word: "better"},
		{Tag: metric.ITL, Name: "ITL p50", Change: 0.01, Low: math.NaN(), High: math.NaN(), Word: "no clear difference"},
	}
}

var errBroken = errors.New("the load cannot be changed now")

var (
	_ snap.Steerer = (*steered)(nil)
	_ snap.Seeker  = (*tape)(nil)
)
