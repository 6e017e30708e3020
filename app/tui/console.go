package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/screen"
	"tacho/views/theme"
)

// console is the face of a run, live or recorded.
type console struct {
	m    *model
	src  snap.Source
	opts Options
	ui   screen.State

	shown *snap.Snapshot // what the screen shows
	line  *line          // being typed, nil when none is
	past  []string       // commands given, oldest first
	flash time.Time      // when the word about the last key goes
	now   time.Time

	want    target    // the load asked for, until a snapshot shows it
	listed  time.Time // when the lists of requests were last renewed
	charted time.Time // when the charted series was last read

	sent     func() int64 // bytes given to the terminal; nil is not known
	counted  int64
	countAt  time.Time
	page     map[screen.Page][]bound // key tables
	quitKeys []bound
	stopKeys []bound // of the question about suspending
}

func newConsole(m *model, src snap.Source, o Options) *console {
	c := &console{m: m, src: src, opts: o, shown: src.Latest()}
	c.ui.Page = screen.PageOverview
	c.ui.Sweep = o.LowBandwidth
	c.ui.Command = o.Command
	c.ui.Ghost, c.ui.GhostOn = o.Ghost, o.Ghost != nil
	if seek := c.seeker(); seek != nil {
		c.ui.Replay.Timeline = seek.Timeline()
	}
	if s := c.shown; s != nil && s.Run.Endpoint != "" && !s.Run.Streaming {
		c.chart(screen.LatencyChart) // there is nothing on the others of times
	}
	c.bindKeys()
	c.head()
	return c
}

func (c *console) seeker() snap.Seeker {
	s, _ := c.src.(snap.Seeker)
	return s
}

// steerer is the run's steering, nil where there is none.
func (c *console) steerer() snap.Steerer {
	s, _ := c.src.(snap.Steerer)
	return s
}

// look takes the newest snapshot unless the picture is frozen.
func (c *console) look(now time.Time) {
	c.now = now
	if !c.ui.Frozen {
		c.shown = c.src.Latest()
	}
	if !c.flash.IsZero() && now.After(c.flash) {
		c.flash, c.ui.Flash = time.Time{}, ""
	}
	c.renewLists(now)
	c.renewSeries(now)
	c.head()
	c.want.settle(c.shown, now)
	c.traffic(now)
	if c.ui.Ask == screen.AskQuit && c.over() {
		c.ui.Ask = screen.AskNothing // there is nothing left to stop
	}
	if c.over() && c.seeker() == nil && (c.ui.Leaving || c.opts.LeaveWhenDone || c.opts.Told != nil && c.opts.Told()) {
		c.m.leave = true
	}
}

// listEvery is how many looks pass between two renewals of the lists of
// requests.
const listEvery = 4

// renewLists takes new lists of requests now and then. A recording has the ones
// of its head.
func (c *console) renewLists(now time.Time) {
	if c.seeker() != nil || c.shown == nil || c.ui.Frozen {
		return
	}
	if c.ui.Page != screen.PageRequests {
		c.ui.Lists = nil
		return
	}
	if c.ui.Lists == nil || c.over() || now.Sub(c.listed) >= listEvery*c.m.period-c.m.period/2 {
		c.ui.Lists, c.listed = c.shown.Requests, now
	}
}

// traffic works out what the screen costs while the help page, which shows it,
// is open.
func (c *console) traffic(now time.Time) {
	if c.sent == nil {
		return
	}
	if span := now.Sub(c.countAt); span >= 2*time.Second {
		n := c.sent()
		if !c.countAt.IsZero() && c.ui.Help {
			c.ui.Traffic = int(float64(n-c.counted) / span.Seconds())
		}
		c.counted, c.countAt = n, now
	}
}

// over reports that the run has ended, whatever the screen shows.
func (c *console) over() bool {
	select {
	case <-c.src.Done():
		return true
	default:
	}
	s := c.src.Latest()
	return s != nil && (s.State == snap.Done || s.State == snap.Failed)
}

// flashFor is how long a word about the last key stays.
const flashFor = 4 * time.Second

// say tells what a key did; warn what it could not do.
func (c *console) say(text string)  { c.word(text, false) }
func (c *console) warn(text string) { c.word(text, true) }

func (c *console) word(text string, warn bool) {
	c.ui.Flash, c.ui.FlashWarn = text, warn
	c.flash = time.Now().Add(flashFor)
}

// table is the key table in force.
func (c *console) table() []bound {
	switch c.ui.Ask {
	case screen.AskQuit:
		return c.quitKeys
	case screen.AskSuspend:
		return c.stopKeys
	}
	return c.page[c.ui.Page]
}

// press finds the key in the table in force and does what it says.
func (c *console) press(msg tea.KeyMsg) {
	k := msg.String()
	c.flash, c.ui.Flash = time.Time{}, ""
	switch {
	case k == "ctrl+c": // always does what it says
		c.line, c.ui.Prompt = nil, screen.Prompt{}
		c.interrupt()
		return
	case c.line != nil:
		c.typed(msg)
		return
	case c.ui.Help:
		if c.ui.Help, c.ui.HelpTop = scrollHelp(k, c.ui.HelpTop); !c.ui.Help {
			c.ui.Traffic = 0
		}
		return
	}
	b, ok := find(c.table(), k)
	if !ok {
		return
	}
	if why := b.run(k); why != "" {
		c.warn(b.Help().Key + ": " + why)
	}
}

// typed gives a key to the line under way.
func (c *console) typed(msg tea.KeyMsg) {
	l := c.line
	if l.press(msg) && c.line == l { // submit may have begun another
		c.line = nil
	}
	c.ui.Prompt = screen.Prompt{}
	if c.line != nil {
		c.ui.Prompt = c.line.prompt()
	}
}

// ask begins a line.
func (c *console) ask(l *line) {
	c.line = l
	c.ui.Prompt = l.prompt()
}

// version leaves the earlier run out: it does not change, and need not be
// comparable.
func (c *console) version() any {
	ui := c.ui
	ui.Ghost = nil
	return consoleVersion{c.shown, ui}
}

type consoleVersion struct {
	snap *snap.Snapshot
	ui   screen.State
}

func (c *console) draw(g *cells.Grid, th *theme.Theme) {
	c.ui = screen.Draw(g, c.shown, th, c.ui, screen.Keys{Table: shown(c.page[c.ui.Page]), Quit: shown(c.quitKeys), Suspend: shown(c.stopKeys)})
}
