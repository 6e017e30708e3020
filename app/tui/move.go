package tui

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"tacho/views/screen"
	"tacho/views/table"
)

var sliceColumns, requestColumns = table.SliceColumns, table.RequestColumns

func (c *console) goTo(p screen.Page) {
	c.ui.Page = p
	c.ui.Opened, c.ui.Expanded, c.ui.Lists, c.ui.Why = nil, false, nil, false
	c.renewLists(time.Now())
}

func turned(at, by, n int) int { return (at + by + n) % n }

// turn moves to another chart of the page.
func (c *console) turn(by int) {
	if c.ui.Page == screen.PageLatency {
		c.ui.LatencyFocus = turned(c.ui.LatencyFocus, by, screen.LatencyCharts)
		return
	}
	c.ui.Focus = turned(c.ui.Focus, by, screen.Charts())
}

// chart goes to a chart by its index, from the end if negative.
func (c *console) chart(i int) {
	c.ui.Focus, c.ui.LatencyFocus = turned(i, 0, screen.Charts()), turned(i, 0, screen.LatencyCharts)
}

// scroll moves the cursor of the page, or the text that is open on it.
func (c *console) scroll(by int) {
	l := c.ui.List()
	if c.ui.Page == screen.PageRuns {
		c.ui.RunsHeld = by > -1<<20 // g follows the one under way again
	}
	switch {
	case c.ui.Page == screen.PageErrors && c.ui.Expanded:
		c.ui.ExpandedTop = max(0, c.ui.ExpandedTop+by)
	case c.ui.Opened != nil && c.ui.Page == screen.PageRequests: // the next one of the list
		l.Move(by)
		if q := c.ui.RequestAt(c.shown); q != nil {
			c.ui.Opened = q
		} else {
			l.Move(-by)
		}
	case l == nil:
		c.turn(max(-1, min(by, 1)))
	default:
		l.Move(by)
		if c.ui.Page == screen.PageSlices {
			c.ui.Picked = false // the cursor leads
		}
	}
}

func (c *console) halfPage() int { return max(1, (c.m.size.H-8)/2) }

// which goes to another list of requests.
func (c *console) which(by int) {
	c.ui.Which = screen.Which(turned(int(c.ui.Which), by, screen.Whiches))
	c.ui.Opened = nil
	c.ui.Requests.Cursor, c.ui.Requests.Key = table.Cursor{}, 0
}

// open looks at the request under the cursor, or goes back to the list.
func (c *console) open() {
	if c.ui.Opened != nil {
		c.ui.Opened = nil
		return
	}
	c.ui.Opened = c.ui.RequestAt(c.shown)
}

func (c *console) stepSlice(by int) { c.ui.StepSlice(c.shown, by) }

// back undoes the innermost thing that is open.
func (c *console) back() { c.undo(true) }

// undo undoes the innermost thing that is open, and tells whether there is one.
func (c *console) undo(really bool) bool {
	ui := &c.ui
	if !really {
		copied := c.ui
		ui = &copied
	}
	l := ui.List()
	switch {
	case ui.Opened != nil:
		ui.Opened = nil
	case ui.Expanded:
		ui.Expanded = false
	case l != nil && l.Filter != "":
		l.Filter = ""
		l.Move(0)
	case ui.Charted != nil && ui.Page == screen.PageServer:
		ui.Charted = nil
	case ui.Why && ui.Page == screen.PageLatency:
		ui.Why = false
	case ui.Zoom:
		ui.Zoom = false
	case ui.Picked:
		ui.Picked = false
		ui.Slices.Cursor = table.Cursor{}
	default:
		return false
	}
	return true
}

// filter asks for the words that rows must have; the list follows each key.
func (c *console) filter() {
	list := c.ui.List()
	if list == nil {
		return
	}
	before := *list
	l := newLine("/", list.Filter)
	l.change = func(text string) { list.Filter = text; list.Cursor, list.Key = table.Cursor{}, 0 }
	l.cancel = func() { *list = before; list.Filter = "" }
	l.hint = func(string) string { return "enter keeps it, esc shows all" }
	c.ui.Opened = nil
	c.ask(l)
}

// why shows what slow answers are consistent with, or the latency page again.
func (c *console) why() {
	on := c.ui.Page != screen.PageLatency || !c.ui.Why
	c.goTo(screen.PageLatency)
	c.ui.Why = on
}

// felt shows times as served or as felt.
func (c *console) felt() {
	if c.ui.Felt = !c.ui.Felt; c.ui.Felt {
		c.say("as felt: from when the schedule wanted each request, waiting here included; c goes back")
		return
	}
	c.say("as served: from the moment that each request left")
}

func (c *console) sweep() {
	c.ui.Sweep = !c.ui.Sweep
	if c.ui.Sweep {
		c.say("charts show the last minutes and sweep")
		return
	}
	c.say("charts show the whole run")
}

// copyTable puts the table of the page into the clipboard of the terminal.
func (c *console) copyTable() {
	text, what := screen.Copy(c.shown, c.ui)
	if err := c.m.clip(text); err != nil {
		c.warn(err.Error())
		return
	}
	c.say(fmt.Sprintf("%s copied as a Markdown table, %d bytes; the terminal may have to allow it (OSC 52)", what, len(text)))
}

// saveTable writes the table of the page to a new file in the folder that the
// program was started in.
func (c *console) saveTable() {
	text, what := screen.Copy(c.shown, c.ui)
	name := "tacho-" + strings.ReplaceAll(what, " ", "-") + "-" + time.Now().Format("20060102-150405") + ".md"
	c.m.do(func() error { return writeNew(name, text) }, func(err error) {
		if err != nil {
			c.warn("not written: " + err.Error())
			return
		}
		c.say(fmt.Sprintf("%s written to %s, %d bytes", what, name, len(text)))
	})
}

// writeNew writes a file that is not there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
