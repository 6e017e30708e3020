package replay

import "time"

// head is where a run is played: a pure function of the clock. Its zero value
// stands still at the beginning.
type head struct {
	at      time.Duration // of the run, when the clock showed since
	since   time.Time
	playing bool
	speed   float64 // seconds of the run per second
	length  time.Duration
}

// now is where the head stands when the clock shows t.
func (h *head) now(t time.Time) time.Duration {
	if !h.playing {
		return h.at
	}
	// Floats: an hour at a thousandfold speed does not fit twice.
	at := float64(h.at) + float64(t.Sub(h.since))*h.speed
	return time.Duration(max(0, min(at, float64(h.length))))
}

// set moves the head, with its state otherwise as it is.
func (h *head) set(t time.Time, at time.Duration) {
	h.at, h.since = max(0, min(at, h.length)), t
}

// settle takes over where the head stands, and stops it at the end.
func (h *head) settle(t time.Time) time.Duration {
	h.set(t, h.now(t))
	if h.at >= h.length {
		h.playing = false
	}
	return h.at
}
