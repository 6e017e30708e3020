package attach

import (
	"errors"
	"time"

	"tacho/engine/snap"
)

// Wheel is a Remote that steers. Its calls wait for the run's answer, which is
// another process's on this machine: far below a frame.
type Wheel struct{ *Remote }

var _ snap.Steerer = Wheel{}

// tell sends a command and returns why it cannot be followed.
func (r *Remote) tell(q *ask) error {
	a, err := r.link.exchange(q)
	switch {
	case err != nil:
		return errors.New("the run does not answer")
	case a.Err != "":
		return errors.New(a.Err)
	}
	return nil
}

// Stop is that of the run, and so are the others.
func (w Wheel) Stop(reason string) { _ = w.tell(&ask{Word: wordStop, Text: reason}) }

// SetConcurrency changes the number of requests in flight.
func (w Wheel) SetConcurrency(n int) error { return w.tell(&ask{Word: wordLoad, Number: float64(n)}) }

// SetRate changes the arrivals per second.
func (w Wheel) SetRate(perSec float64) error { return w.tell(&ask{Word: wordRate, Number: perSec}) }

// Hold stops or resumes the sending.
func (w Wheel) Hold(on bool) error { return w.tell(&ask{Word: wordHold, On: on}) }

// Mark notes something at this moment.
func (w Wheel) Mark(text string) error { return w.tell(&ask{Word: wordMark, Text: text}) }

// SetSLO moves a goodput limit for all screens of the run.
func (w Wheel) SetSLO(tag string, limit float64) error {
	return w.tell(&ask{Word: wordSLO, Text: tag, Number: limit})
}

// seriesKey names a series that is charted, seriesWish is what is known of it.
type (
	seriesKey  struct{ server, key string }
	seriesWish struct {
		n      int
		points []snap.SeriesPoint
		asked  time.Time
	}
)

// seriesKept is how long a series that nobody looks at is still fetched.
const seriesKept = 10 * time.Second

// SeriesPoints returns what was last fetched of a series, at first nothing: it
// does not wait.
func (r *Remote) SeriesPoints(server, key string, n int) []snap.SeriesPoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := seriesKey{server, key}
	w := r.series[k]
	if w == nil {
		w = new(seriesWish)
		r.series[k] = w
	}
	w.n, w.asked = n, time.Now()
	return w.points
}

// renewSeries fetches the series that are looked at.
func (r *Remote) renewSeries() {
	r.mu.Lock()
	wishes := map[seriesKey]int{}
	for k, w := range r.series {
		if time.Since(w.asked) > seriesKept {
			delete(r.series, k)
			continue
		}
		wishes[k] = w.n
	}
	r.mu.Unlock()
	for k, n := range wishes {
		a, err := r.link.exchange(&ask{Word: wordSeries, Server: k.server, Text: k.key, Number: float64(n)})
		if err != nil {
			return
		}
		r.mu.Lock()
		if w := r.series[k]; w != nil {
			w.points = a.Points
		}
		r.mu.Unlock()
	}
}
