package screen

import (
	"time"

	"tacho/engine/snap"
	"tacho/views/panel"
	"tacho/views/table"
)

// Page is one screen of a run, by its number key.
type Page uint8

// The pages.
const (
	PageOverview Page = 1
	PageLatency  Page = 2
	PageSlices   Page = 3
	PageGPUs     Page = 4
	PageServer   Page = 5
	PageRequests Page = 6
	PageErrors   Page = 7
	PageLog      Page = 8
	PageConfig   Page = 9
	PageRuns     Page = 10 // key 0
)

// Pages are the pages that a run has, in the order of their keys.
var Pages = []panel.Tab{
	{Key: "1", Name: "overview", Short: "over", Least: "ov"},
	{Key: "2", Name: "latency", Short: "latency", Least: "lat"},
	{Key: "3", Name: "slices", Short: "slices", Least: "sl"},
	{Key: "4", Name: "gpus", Short: "gpus", Least: "gpu"},
	{Key: "5", Name: "server", Short: "server", Least: "srv"},
	{Key: "6", Name: "requests", Short: "requests", Least: "req"},
	{Key: "7", Name: "errors", Short: "errors", Least: "err"},
	{Key: "8", Name: "log", Short: "log", Least: "log"},
	{Key: "9", Name: "config", Short: "config", Least: "cfg"},
}

// Ask is the question that is open on the screen.
type Ask uint8

// The questions.
const (
	AskNothing Ask = iota
	AskQuit
	AskSuspend
)

// ListState is where one is in a list.
type ListState struct {
	table.Cursor
	table.Order
	Filter string
	// Key is the row that the cursor stays on while others come and go; 0
	// stays with the place in the list.
	Key uint64
	// Up says that the cursor last moved up.
	Up bool
}

// Move moves the cursor by rows.
func (l *ListState) Move(by int) { l.At, l.Key, l.Up = max(0, l.At+by), 0, by < 0 }

// Which is a list of requests.
type Which uint8

// The lists of requests.
const (
	Recent Which = iota
	Slowest
	FailedOnes
	Whiches = iota // how many there are
)

// Prompt is a line that is being typed; no Label is none.
type Prompt struct {
	Label, Text string
	At          int // the cursor, in characters
	Hint        string
}

// Replay is a recorded run under the screen; no Timeline is a live one.
type Replay struct {
	*snap.Timeline
	Head    time.Duration
	Playing bool
	Speed   float64
}

// State is what the interface itself knows. It can be compared, so that a frame
// is drawn again only if something changed.
type State struct {
	Page Page // 0 is the overview
	// Focus is the chart in front, an index into Charts; LatencyFocus is that of
	// the latency page.
	Focus, LatencyFocus int
	Zoom, Help          bool
	HelpTop             int
	// Heat shows distributions in place of lines, Linear a value axis from 0.
	Heat, Linear bool
	// Felt shows times on the latency page as they were felt: from the moment that
	// the schedule wanted a request, this client's lateness included.
	Felt bool
	// Why shows on the latency page what slow answers are consistent with.
	Why bool
	// Sweep draws charts like an oscilloscope.
	Sweep bool
	// Frozen says that the picture stands still while the run goes on.
	Frozen bool
	Ask    Ask
	// Stops is how often the load was asked to stop: once lets answers in
	// flight finish, twice cuts them.
	Stops int
	// Leaving says that the screen closes when the run has ended.
	Leaving bool

	// Picked says that a slice is pointed at: the one that begins at Slice.
	Picked bool
	Slice  time.Duration

	Slices, GPUs, Series, Requests, Errors, Log, Config, Runs ListState
	Which                                                     Which
	// RunsHeld says that the cursor of the runs was moved and no longer follows
	// the one under way.
	RunsHeld bool
	// Lists are shown in place of the snapshot's: rows that all move several
	// times a second can be neither read nor sent over a slow line. Nil shows
	// the snapshot's.
	Lists *snap.Requests
	// Opened is the request that is looked at closely.
	Opened *snap.Request
	// Expanded shows one error over the whole page, from line ExpandedTop on.
	Expanded    bool
	ExpandedTop int

	// Host is the one whose GPUs are shown where hosts stand for theirs.
	Host string
	// Server is the server that is looked at, an index; Charted the series of a
	// page that was chosen, nil for none.
	Server  int
	Charted *Charted

	Prompt Prompt
	// Flash is a word about the last key.
	Flash     string
	FlashWarn bool

	// Command is the command line that makes the same run; may be empty.
	Command string
	Replay  Replay
	// Ghost is an earlier run; it is drawn while GhostOn.
	Ghost   Ghost
	GhostOn bool
	// Traffic is what the screen costs on the line, bytes per second, for the
	// help page.
	Traffic int
}

// List is the list of the page in front; nil on a page without one.
func (st *State) List() *ListState {
	switch st.Page {
	case PageSlices:
		return &st.Slices
	case PageRuns:
		return &st.Runs
	case PageGPUs:
		return &st.GPUs
	case PageServer:
		return &st.Series
	case PageRequests:
		return &st.Requests
	case PageErrors:
		return &st.Errors
	case PageLog:
		return &st.Log
	case PageConfig:
		return &st.Config
	}
	return nil
}

// Keys is the key table as the screen shows it, and the answers to questions.
type Keys struct {
	Table   []panel.Key
	Quit    []panel.Key
	Suspend []panel.Key
}
