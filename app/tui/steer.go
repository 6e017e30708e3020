package tui

import (
	"fmt"
	"math"
	"strings"
	"time"

	"tacho/engine/snap"
)

// steerKeys change the load; a source without steering has none, so that no key
// is shown that can never work.
func (c *console) steerKeys() []bound {
	if c.steerer() == nil {
		return nil
	}
	keys := []bound{
		bind([]string{"+", "="}, "+", "", "more load: concurrency or rate", func() { c.more(1) }).offWhen(c.ended),
		bind([]string{"-", "_"}, "-", "load", "less load", func() { c.more(-1) }).offWhen(c.ended).footed("+ -"),
		bind([]string{"p"}, "p", "hold", "hold the sending, or go on", c.hold).offWhen(c.ended),
		bind([]string{"m"}, "m", "mark", "mark this moment with a note", c.note).offWhen(c.ended),
		bind([]string{":"}, ":", "command", "a command: concurrency, rate, slo, note, hold, resume; tab completes it", c.command).offWhen(c.ended),
	}
	if c.opts.Detach != nil {
		keys = append(keys, bind([]string{"d"}, "d", "detach", "leave the run to go on without a screen", c.detach).offWhen(func() string {
			if c.over() {
				return "the run has ended"
			}
			return ""
		}))
	}
	return keys
}

// target is a load that was asked for and that no snapshot shows yet, so that
// two key presses in a row add up.
type target struct {
	value float64
	until time.Time
}

// settle forgets the target once it is shown, or was not taken.
func (t *target) settle(s *snap.Snapshot, now time.Time) {
	if t.until.IsZero() {
		return
	}
	if _, v := loadOf(s); v == t.value || now.After(t.until) {
		*t = target{}
	}
}

// loadOf is what can be changed about the load under way: a rate per second, or
// a number of requests in flight.
func loadOf(s *snap.Snapshot) (rate bool, value float64) {
	switch {
	case s == nil:
		return false, 0
	case s.RateTarget > 0:
		return true, s.RateTarget
	}
	return false, float64(s.InFlightTarget)
}

// stepOf is a step of about a sixteenth, a round number.
func stepOf(v float64, rate bool) float64 {
	if v <= 0 {
		return 1
	}
	e := math.Pow(10, math.Floor(math.Log10(v/16)))
	step := 10 * e
	for _, m := range []float64{1, 2, 5} {
		if m*e >= v/16*0.7 {
			step = m * e
			break
		}
	}
	if !rate {
		step = math.Max(1, math.Round(step))
	}
	return step
}

// more changes the load by a step.
func (c *console) more(sign float64) {
	rate, v := loadOf(c.src.Latest())
	if !c.want.until.IsZero() {
		v = c.want.value
	}
	if v == 0 { // the run itself says why there is nothing to change
		c.setConcurrency(1)
		return
	}
	step := stepOf(v, rate)
	if sign < 0 { // down the way it came up
		step = stepOf(v-step, rate)
	}
	v += sign * step
	if rate {
		c.setRate(roundTo(v, step))
		return
	}
	c.setConcurrency(int(math.Round(v)))
}

func roundTo(v, step float64) float64 { return math.Round(v/step*1e6) * step / 1e6 }

func (c *console) setConcurrency(n int) {
	if n < 1 {
		c.warn("concurrency is at least 1")
		return
	}
	if err := c.steerer().SetConcurrency(n); err != nil {
		c.warn(err.Error())
		return
	}
	c.asked(float64(n))
	c.say(fmt.Sprintf("concurrency %d", n))
}

func (c *console) setRate(r float64) {
	if !(r > 0) {
		c.warn("the rate must be above 0")
		return
	}
	if err := c.steerer().SetRate(r); err != nil {
		c.warn(err.Error())
		return
	}
	c.asked(r)
	c.say(fmt.Sprintf("rate %g req/s", r))
}

func (c *console) asked(v float64) { c.want = target{v, time.Now().Add(2 * time.Second)} }

// hold stops the sending, or goes on.
func (c *console) hold() {
	s := c.src.Latest()
	if err := c.steerer().Hold(!s.Held); err != nil {
		c.warn(err.Error())
		return
	}
	if s.Held {
		c.say("sending goes on")
		return
	}
	c.say("sending is held; what is in flight goes on")
}

// note asks for the words of a mark.
func (c *console) note() {
	l := newLine("note:", "")
	l.hint = func(string) string { return "enter marks this moment" }
	l.submit = c.mark
	c.ask(l)
}

func (c *console) mark(text string) {
	if text = strings.TrimSpace(text); text == "" {
		text = "mark"
	}
	if err := c.steerer().Mark(text); err != nil {
		c.warn(err.Error())
		return
	}
	c.say("marked: " + text)
}
