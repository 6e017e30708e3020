package screen

import "tacho/views/panel"

// Ask is the question that is open on the screen.
type Ask uint8

// The questions.
const (
	AskNothing Ask = iota
	AskQuit
	AskSuspend
)

// State is what the interface itself knows.
type State struct {
	// Focus is the chart in front, an index into Charts.
	Focus int
	Zoom  bool
	Help  bool
	// Frozen says that the picture stands still while the run goes on.
	Frozen bool
	Ask    Ask
	// Stops is how often the load was asked to stop: once lets answers in
	// flight finish, twice cuts them.
	Stops int
	// Leaving says that the screen closes when the run has ended.
	Leaving bool
}

// Keys is the key table as the screen shows it, and the answers to questions.
type Keys struct {
	Table   []panel.Key
	Quit    []panel.Key
	Suspend []panel.Key
}
