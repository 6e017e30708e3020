package attach

import (
	"errors"
	"sync"

	"tacho/engine/snap"
)

// Helm says which of the screens of a run steers it: the one where it was
// started while that is there, else the first that came. Its methods may be
// called from any goroutine.
type Helm struct {
	mu sync.Mutex
	by int // 0: nobody
}

// Local is the screen where the run was started; others have higher numbers.
const Local = 1

// take gives a screen the helm if nobody has it, or if it insists.
func (h *Helm) take(screen int, insists bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by == 0 || insists {
		h.by = screen
	}
	return h.by == screen
}

// Drop gives the helm back if the screen has it.
func (h *Helm) Drop(screen int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by == screen {
		h.by = 0
	}
}

func (h *Helm) holds(screen int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.by == screen
}

var errNotSteering = errors.New("another screen steers this run now")

// Screen is a run as one of its screens has it: it obeys while that has the
// helm.
type Screen struct {
	snap.Steerer
	helm *Helm
	id   int
}

// Local is the run for the screen where it was started, which takes the helm.
func (h *Helm) Local(run snap.Steerer) *Screen {
	h.take(Local, true)
	return &Screen{run, h, Local}
}

// steer does something if the screen has the helm.
func (s *Screen) steer(do func() error) error {
	if !s.helm.holds(s.id) {
		return errNotSteering
	}
	return do()
}

// SetConcurrency is that of the run, and so are the others.
func (s *Screen) SetConcurrency(n int) error {
	return s.steer(func() error { return s.Steerer.SetConcurrency(n) })
}

// SetRate changes the arrivals per second.
func (s *Screen) SetRate(perSec float64) error {
	return s.steer(func() error { return s.Steerer.SetRate(perSec) })
}

// Hold stops or resumes the sending.
func (s *Screen) Hold(on bool) error {
	return s.steer(func() error { return s.Steerer.Hold(on) })
}

// Mark notes something at this moment; everyone may.
func (s *Screen) Mark(text string) error { return s.Steerer.Mark(text) }

// SetSLO moves a goodput limit.
func (s *Screen) SetSLO(tag string, limit float64) error {
	return s.steer(func() error { return s.Steerer.SetSLO(tag, limit) })
}

// SeriesPoints is that of the run; nil where it has none.
func (s *Screen) SeriesPoints(server, key string, n int) []snap.SeriesPoint {
	if r, ok := s.Steerer.(snap.SeriesReader); ok {
		return r.SeriesPoints(server, key, n)
	}
	return nil
}
