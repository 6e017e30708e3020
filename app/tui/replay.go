package tui

import (
	"time"

	"tacho/engine/snap"
)

// replayKeys move the head of a recorded run; a live one has none.
func (c *console) replayKeys() []bound {
	if c.seeker() == nil {
		return nil
	}
	keys := []bound{
		bind([]string{" "}, "space", "play", "play, or pause", c.play),
		bind([]string{"left"}, "←", "", "back; with shift by ten times as much", func() { c.seek(-c.seekStep()) }),
		bind([]string{"right"}, "→", "seek", "forward; with shift by ten times as much", func() { c.seek(c.seekStep()) }).footed("← →"),
		bind([]string{"shift+left", "H"}, "shift-←", "", "back by a lot", func() { c.seek(-10 * c.seekStep()) }),
		bind([]string{"shift+right", "L"}, "shift-→", "", "forward by a lot", func() { c.seek(10 * c.seekStep()) }),
		bind([]string{"n"}, "n", "error", "next error", func() { c.jump(snap.MarkError, 1) }).offWhen(c.none(snap.MarkError, "errors")),
		bind([]string{"N"}, "N", "", "error before", func() { c.jump(snap.MarkError, -1) }).offWhen(c.none(snap.MarkError, "errors")),
		bind([]string{"s"}, "s", "stall", "next stall", func() { c.jump(snap.MarkStall, 1) }).offWhen(c.none(snap.MarkStall, "stalls")),
		bind([]string{"S"}, "S", "", "stall before", func() { c.jump(snap.MarkStall, -1) }).offWhen(c.none(snap.MarkStall, "stalls")),
		bind([]string{"["}, "[", "", "one time slice back", func() { c.jumpSlice(-1) }).offWhen(c.noTapeSlices),
		bind([]string{"]"}, "]", "", "one time slice forward", func() { c.jumpSlice(1) }).offWhen(c.noTapeSlices),
		bind([]string{"<"}, "<", "", "slower", func() { c.speed(-1) }),
		bind([]string{">"}, ">", "speed", "faster", func() { c.speed(1) }).footed("< >"),
		bind([]string{"home"}, "home", "", "to the beginning", func() { c.seeker().Seek(0); c.head() }),
		bind([]string{"end"}, "end", "", "to the end", func() { c.seeker().Seek(c.ui.Replay.Length); c.head() }),
	}
	if _, ok := c.src.(limiter); ok && c.steerer() == nil {
		keys = append(keys, bind([]string{":"}, ":", "command", "a command: slo METRIC LIMIT asks what if", c.command))
	}
	return keys
}

// none says that a recording has no ticks of a kind.
func (c *console) none(kind snap.MarkKind, name string) func() string {
	return func() string {
		for i := range c.ui.Replay.Ticks {
			if c.ui.Replay.Ticks[i].Kind == kind {
				return ""
			}
		}
		return "no " + name + " in this run"
	}
}

func (c *console) noTapeSlices() string {
	if len(c.ui.Replay.Slices) == 0 {
		return "this run has no time slices"
	}
	return ""
}

// head takes over where the recording stands.
func (c *console) head() {
	if s := c.seeker(); s != nil {
		r := &c.ui.Replay
		r.Timeline = s.Timeline() // what is found while the run is still read comes later
		r.Head, r.Playing, r.Speed = s.State()
		c.shown = s.Latest()
	}
}

// play plays on, from the beginning if the end was reached.
func (c *console) play() {
	s := c.seeker()
	at, playing, _ := s.State()
	if !playing && at >= c.ui.Replay.Length {
		s.Seek(0)
	}
	s.Play(!playing)
	c.head()
}

func (c *console) seek(by time.Duration) {
	s := c.seeker()
	at, _, _ := s.State()
	s.Seek(max(0, min(at+by, c.ui.Replay.Length)))
	c.head()
}

// seekSteps are the lengths of a step.
var seekSteps = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// seekStep is about a hundredth of the recording, a round time.
func (c *console) seekStep() time.Duration {
	for _, s := range seekSteps {
		if s >= c.ui.Replay.Length/150 {
			return s
		}
	}
	return seekSteps[len(seekSteps)-1]
}

// jump goes to the next or the last tick of a kind.
func (c *console) jump(kind snap.MarkKind, dir int) {
	var times []time.Duration
	text := map[time.Duration]string{}
	for i := range c.ui.Replay.Ticks {
		if m := &c.ui.Replay.Ticks[i]; m.Kind == kind {
			times = append(times, m.At)
			text[m.At] = m.Text
		}
	}
	if at, ok := c.jumpTo(times, dir); ok {
		c.say(string(kind) + ": " + text[at])
		return
	}
	c.warn("no further " + string(kind) + " that way")
}

func (c *console) jumpSlice(dir int) {
	if _, ok := c.jumpTo(c.ui.Replay.Slices, dir); !ok {
		c.seek(time.Duration(dir) * c.ui.Replay.Length) // to the end of the recording
	}
}

// jumpTo goes to the next of some times in order; ok is false without one.
func (c *console) jumpTo(times []time.Duration, dir int) (time.Duration, bool) {
	s := c.seeker()
	at, _, _ := s.State()
	best, ok := time.Duration(0), false
	for _, t := range times {
		switch {
		case dir > 0 && t > at && !ok:
			best, ok = t, true
		case dir < 0 && t < at:
			best, ok = t, true
		}
	}
	if ok {
		s.Seek(best)
		c.head()
	}
	return best, ok
}

// speeds are in seconds of the run per second.
var speeds = []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500}

func (c *console) speed(dir int) {
	s := c.seeker()
	_, _, now := s.State()
	next := now
	for i := range speeds {
		if dir > 0 && speeds[i] > now {
			next = speeds[i]
			break
		}
		if j := len(speeds) - 1 - i; dir < 0 && speeds[j] < now {
			next = speeds[j]
			break
		}
	}
	s.SetSpeed(next)
	c.head()
}
