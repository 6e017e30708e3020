package snap

import "time"

// Steerer is a live Source whose load can be changed while it runs. Each change
// becomes a Mark. Calls do not block; one that cannot be honoured returns why.
type Steerer interface {
	Stopper
	// SetConcurrency changes the number of requests in flight of a closed loop
	// or the cap of an open one; at least 1.
	SetConcurrency(n int) error
	// SetRate changes the arrivals per second of an open loop.
	SetRate(perSec float64) error
	// Hold stops the sending, or resumes it, without ending the phase.
	Hold(on bool) error
	// Mark notes something at this moment.
	Mark(text string) error
	// SetSLO moves a goodput limit for the screen alone (what-if); NaN takes
	// it away.
	SetSLO(tag string, limit float64) error
}

// Seeker is a recorded run that is played. Its Latest is the picture at the
// head.
type Seeker interface {
	Source
	Timeline() *Timeline
	// Seek moves the head; out of range is the nearest end.
	Seek(at time.Duration)
	// Play starts or stops the head; SetSpeed is in run seconds per second,
	// above 0.
	Play(on bool)
	SetSpeed(x float64)
	// State is where the head is.
	State() (at time.Duration, playing bool, speed float64)
}

// Timeline is a recorded run as a bar.
type Timeline struct {
	Length time.Duration
	Ticks  []Mark // errors, stalls, marks, phases, in order of time
	// Slices are the starts of the time slices.
	Slices []time.Duration
	// Origin says who made it: "AIPerf 0.13.0", "tacho 0.1.0".
	Origin string
	Dir    string
	// Missing says what files are not there and what that disables, a line each.
	Missing []string
	// Check is how the recomputed numbers agree with the directory's summary:
	// "all 3920 values agree"; empty while it is not known yet.
	Check string
	// Differ are the values that do not agree, a line each, with at the end how
	// many more there are.
	Differ []string
}
