// Package home draws the start screen: the runs that were made, a closer look
// at one of them, and the profiles that were saved. It is a pure function of
// what it is given.
package home

import (
	"time"

	"tacho/views/screen"
)

// Run is one finished run of the ledger. Times are in ms; NaN is not known.
type Run struct {
	// Dir is where its files are; it names the run.
	Dir                         string
	Name, Model, Endpoint, Host string
	Load                        string // "closed loop 64"
	When                        time.Time
	Length                      time.Duration // negative is not known
	TTFT50, TTFT99, ITL50       float64
	Latency50                   float64
	ReqSec, TokSec              float64
	GoodShare                   float64 // 0..1
	Requests, Errors            int64   // negative is not known
	// Verdict is PASS or FAIL against the objectives, WARN or SATURATED when
	// the client itself was slow, cancelled, or empty; Reason says why.
	Verdict, Reason string
	// Trend is the TTFT over the run, oldest first, NaN where nothing came.
	Trend []float64
	// Origin says who made it: "tacho 0.1.0", "AIPerf 0.13.0".
	Origin    string
	Command   string
	Simulated bool
}

// Profile is one saved profile.
type Profile struct {
	Name, Path string
	Summary    string // "closed loop 64 · Qwen3-8B · http://gpu-box:8000"
	Command    string
}

// Data is what the start screen shows. It is never changed.
type Data struct {
	Runs     []Run // newest first
	Profiles []Profile
	// Root is the folder whose runs these are.
	Root string
	// Notice is one sentence about what could not be read; may be empty.
	Notice string
}

// Pane is a part of the screen that has the keys.
type Pane uint8

// The panes.
const (
	Runs Pane = iota
	Profiles
)

// State is what the interface itself knows; it can be compared.
type State struct {
	Pane           Pane
	Runs, Profiles screen.ListState
	Help           bool
	HelpTop        int
	Prompt         screen.Prompt
	Flash          string
	FlashWarn      bool
}

// List is the list that has the keys.
func (st *State) List() *screen.ListState {
	if st.Pane == Profiles {
		return &st.Profiles
	}
	return &st.Runs
}
