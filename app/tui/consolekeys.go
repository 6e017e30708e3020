package tui

import (
	"tacho/engine/snap"
	"tacho/views/screen"
	"tacho/views/theme"
)

// bindKeys makes the key table of each page. Where two rows have the same key,
// the page's comes first, then that of replay or steering, then the common one.
// In the footer the first rows and the last two stay longest.
func (c *console) bindKeys() {
	c.page = map[screen.Page][]bound{}
	for _, t := range screen.AllPages {
		p := screen.PageOf(t.Key)
		c.page[p] = merge(c.pageKeys(p), c.replayKeys(), c.steerKeys(), c.movement(p), c.common())
	}
	c.quitKeys = []bound{
		bind([]string{"s", "y", "enter"}, "s", "", "stop and save", func() { c.ui.Ask = screen.AskNothing; c.stop(stopAsked) }),
		bind([]string{"k", "n", "esc", "q"}, "k", "", "keep going", func() { c.ui.Ask = screen.AskNothing }),
	}
	if c.opts.Detach != nil {
		c.quitKeys = append(c.quitKeys, bind([]string{"d"}, "d", "", "detach: the run goes on without a screen", func() { c.ui.Ask = screen.AskNothing; c.detach() }))
	}
	c.stopKeys = []bound{
		bind([]string{"z", "y", "ctrl+z"}, "z", "", "suspend anyway", func() { c.ui.Ask = screen.AskNothing; c.m.suspendNow = true }),
		bind([]string{"k", "n", "esc", "q"}, "k", "", "keep going", func() { c.ui.Ask = screen.AskNothing }),
	}
}

// pageKeys are the keys of one page alone.
func (c *console) pageKeys(p screen.Page) []bound {
	filter := bind([]string{"/"}, "/", "filter", "show only rows with these words; esc shows all again", c.filter)
	switch p {
	case screen.PageLatency:
		return []bound{
			bind([]string{"h"}, "h", "heat-map", "distributions over time in place of lines", func() { c.ui.Heat = !c.ui.Heat }),
			bind([]string{"l"}, "l", "log axis", "log or linear value axis", func() { c.ui.Linear = !c.ui.Linear }),
			bind([]string{"c"}, "c", "felt", "times as served, or as felt: from the moment that the schedule wanted a request", c.felt),
		}
	case screen.PageSlices:
		return c.sortKeys(&c.ui.Slices, sliceColumns)
	case screen.PageRuns:
		return []bound{bind([]string{"z", "enter"}, "z", "planes", "how these runs lie to each other, over the whole page, or the table again", func() { c.ui.Zoom = !c.ui.Zoom })}
	case screen.PageGPUs:
		return c.gpuKeys()
	case screen.PageServer:
		return c.serverKeys()
	case screen.PageRequests:
		filter.Binding.SetHelp("/", "filter by words and numbers, as in: failed ttft>300; esc shows all again")
		return append([]bound{
			bind([]string{"enter"}, "enter", "open", "look at one request closely", c.open).offWhen(c.noRequest),
			filter,
		}, c.sortKeys(&c.ui.Requests, requestColumns)...)
	case screen.PageErrors:
		return []bound{bind([]string{"enter"}, "enter", "sample", "the whole sample body of this cause, or the list again", func() { c.ui.Expanded = !c.ui.Expanded }).
			offWhen(func() string {
				if c.shown == nil || len(c.shown.ErrorGroups) == 0 {
					return "there are no errors"
				}
				return ""
			})}
	case screen.PageLog, screen.PageConfig:
		return []bound{filter}
	}
	return nil
}

// movement moves about on a page.
func (c *console) movement(p screen.Page) []bound {
	if p == screen.PageOverview || p == screen.PageLatency {
		return []bound{
			bind([]string{"tab", "right", "l", "down", "j"}, "tab", "next", "next chart; also the arrows and h j k l", func() { c.turn(1) }),
			bind([]string{"shift+tab", "left", "h", "up", "k"}, "shift-tab", "", "previous chart", func() { c.turn(-1) }),
			bind([]string{"g"}, "g", "", "first chart", func() { c.chart(0) }),
			bind([]string{"G"}, "G", "", "last chart", func() { c.chart(-1) }),
			bind([]string{"z", "enter"}, "z", "zoom", "show the chart in front alone, or all again", func() { c.ui.Zoom = !c.ui.Zoom }),
		}
	}
	rows := []bound{
		bind([]string{"down", "j"}, "↓ j", "", "down", func() { c.scroll(1) }),
		bind([]string{"up", "k"}, "↑ k", "", "up", func() { c.scroll(-1) }),
		bind([]string{"ctrl+d", "pgdown"}, "ctrl-d", "", "down by half a page", func() { c.scroll(c.halfPage()) }),
		bind([]string{"ctrl+u", "pgup"}, "ctrl-u", "", "up by half a page", func() { c.scroll(-c.halfPage()) }),
		bind([]string{"g", "home"}, "g", "", "to the top, and stay there while rows come", func() { c.scroll(-1 << 30) }),
		bind([]string{"G", "end"}, "G", "", "to the end", func() { c.scroll(1 << 30) }),
	}
	if p == screen.PageRequests {
		rows = append(rows, c.whichKeys()...)
	}
	return rows
}

// whichKeys choose a list of requests.
func (c *console) whichKeys() []bound {
	return []bound{
		bind([]string{"tab", "right", "l"}, "tab", "next list", "next list: recent, slowest, failed", func() { c.which(1) }),
		bind([]string{"shift+tab", "left", "h"}, "shift-tab", "", "previous list", func() { c.which(-1) }),
	}
}

// common are the keys of every page.
func (c *console) common() []bound {
	digits := make([]string, len(screen.Pages))
	for i, t := range screen.Pages {
		digits[i] = t.Key
	}
	pages := bind(digits, digits[0]+"-"+digits[len(digits)-1], "", "choose the page", nil)
	pages.with = func(k string) { c.goTo(screen.PageOf(k)) }
	keys := []bound{
		pages,
		bind([]string{"0"}, "0", "", "the table of a sweep, of repeats or of a search", func() { c.goTo(screen.PageRuns) }).offWhen(func() string {
			if c.shown == nil || c.shown.Several == nil {
				return "this run is alone; a comma list such as --concurrency 1,2,4 makes a sweep"
			}
			return ""
		}),
		bind([]string{"["}, "[", "", "one time slice back; its figures are shown", func() { c.stepSlice(-1) }).offWhen(c.noSlices),
		bind([]string{"]"}, "]", "", "one time slice forward", func() { c.stepSlice(1) }).offWhen(func() string {
			if why := c.noSlices(); why != "" || c.ui.Picked {
				return why
			}
			return "the newest is shown; [ goes back"
		}),
		bind([]string{"o"}, "o", "ghost", "show or hide the earlier run", func() { c.ui.GhostOn = !c.ui.GhostOn }).offWhen(func() string {
			if c.ui.Ghost == nil {
				return "there is no earlier run to compare with: --against names one"
			}
			return ""
		}),
		bind([]string{"w"}, "w", "why", "what slow answers are consistent with, each cause with its evidence", c.why),
		bind([]string{"y"}, "y", "", "copy the table of this page to the clipboard as Markdown", c.copyTable).offWhen(c.noCopy),
		bind([]string{"Y"}, "Y", "", "write the table of this page to a Markdown file here", c.saveTable).offWhen(c.noTable),
		bind([]string{"T"}, "T", "", "next colour theme", func() { c.say("theme " + c.m.nextTheme()) }).offWhen(func() string {
			if c.m.th.Profile == theme.NoColor {
				return "colours are off"
			}
			return ""
		}),
		bind([]string{"W"}, "W", "", "charts of the last minutes that sweep like an oscilloscope, or of the whole run", c.sweep),
	}
	if c.seeker() == nil {
		keys = append(keys, bind([]string{" "}, "space", "freeze", "hold the picture still while the run goes on", c.freeze).
			offWhen(func() string {
				if c.over() && !c.ui.Frozen {
					return "the run has ended"
				}
				return ""
			}))
	}
	return append(keys,
		bind([]string{"ctrl+l"}, "ctrl-l", "", "draw the screen anew", func() { c.m.redraw = true }),
		bind([]string{"ctrl+z"}, "ctrl-z", "", "suspend tacho", c.suspend).offWhen(noShell),
		bind([]string{"esc"}, "esc", "", "back: out of a close look, a filter, a zoom, a slice", c.back).offWhen(func() string {
			if c.undo(false) {
				return ""
			}
			return "nothing is open"
		}),
		bind([]string{"ctrl+c"}, "ctrl-c", "", "stop the load, save and leave; again: cut what is in flight", c.interrupt),
		bind([]string{"?", "f1"}, "?", "help", "this page", func() { c.ui.Help = true }),
		bind([]string{"q"}, "q", "quit", "leave; asks while the run goes on", c.quit),
	)
}

func (c *console) sortKeys(l *screen.ListState, columns int) []bound {
	return []bound{
		bind([]string{"c"}, "c", "sort", "sort by the next column", func() { l.Order = l.Order.Step(1, columns); l.Move(0) }),
		bind([]string{"C"}, "C", "", "sort by the column before", func() { l.Order = l.Order.Step(-1, columns); l.Move(0) }),
		bind([]string{"r"}, "r", "", "turn the order round", func() { l.Flip = !l.Flip; l.Move(0) }),
	}
}

func (c *console) noRequest() string {
	if c.ui.Opened == nil && c.ui.RequestAt(c.shown) == nil {
		return "this list is empty"
	}
	return ""
}

func (c *console) noSlices() string {
	switch s := c.shown; {
	case s == nil || s.SliceWidth <= 0 && len(s.Slices) == 0:
		return "no time slices in this run: --slice-duration asks for them"
	case len(s.Slices) == 0:
		return "the first slice is not over"
	}
	return ""
}

func (c *console) noCopy() string {
	if c.m.clip == nil {
		return "no clipboard here"
	}
	return c.noTable()
}

func (c *console) noTable() string {
	if text, what := screen.Copy(c.shown, c.ui); text == "" {
		return "no " + what + " to copy yet"
	}
	return ""
}

// ended is why the load cannot be changed; empty while it can.
func (c *console) ended() string {
	switch s := c.src.Latest(); {
	case c.over():
		return "the run has ended"
	case c.ui.Stops > 0:
		return "the run is being stopped"
	case s == nil || s.State == snap.Starting:
		return "the load has not begun"
	case s.State != snap.Running:
		return "sending has ended"
	}
	return ""
}
