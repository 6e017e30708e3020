package tui

import (
	"tacho/engine/snap"
	"tacho/views/screen"
)

func (c *console) freeze() {
	c.ui.Frozen = !c.ui.Frozen
	c.look(c.now)
}

// stop asks the source to stop its load and leaves once it has; a source that
// cannot be stopped is left at once.
func (c *console) stop(reason string) {
	st, ok := c.src.(snap.Stopper)
	if !ok || c.over() {
		c.m.leave = true
		return
	}
	c.ui.Frozen, c.ui.Help, c.ui.Ask = false, false, screen.AskNothing
	c.ui.Stops++
	c.ui.Leaving = true
	st.Stop(reason)
	c.look(c.now)
}

// The reasons that the source is given. StopInterrupt is the key ctrl-c, which
// is no signal in a raw terminal.
const (
	stopAsked     = "stopped at the keyboard"
	StopInterrupt = "ctrl-c"
)

// interrupt is ctrl-c: stop and save, then cut, then leave.
func (c *console) interrupt() {
	if c.ui.Stops >= 2 {
		c.m.leave = true
		return
	}
	c.stop(StopInterrupt)
}

func (c *console) quit() {
	if _, ok := c.src.(snap.Stopper); ok && !c.over() && c.ui.Stops == 0 {
		c.ui.Ask = screen.AskQuit
		return
	}
	if c.ui.Stops > 0 && !c.over() {
		return // it leaves by itself once the results are saved
	}
	c.m.leave = true
}

// noShell says why ctrl-z would not come back, if it would not.
func noShell() string {
	if orphaned() {
		return "no shell is here that could go on with tacho"
	}
	return ""
}

// suspend stops the process, which stops the load too: it asks while a load runs.
func (c *console) suspend() {
	if _, ok := c.src.(snap.Stopper); ok && !c.over() {
		c.ui.Ask = screen.AskSuspend
		return
	}
	c.m.suspendNow = true
}

// detach leaves the run to go on without a screen.
func (c *console) detach() {
	c.m.do(c.opts.Detach, func(err error) {
		if err != nil {
			c.warn("not detached: " + err.Error())
			return
		}
		c.m.leave = true
	})
}
