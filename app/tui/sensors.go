package tui

import (
	"time"

	"tacho/engine/snap"
	"tacho/views/screen"
)

// gpuKeys are those of the page of GPUs.
func (c *console) gpuKeys() []bound {
	return []bound{
		bind([]string{"enter"}, "enter", "open", "show the GPUs of the host under the cursor, or hide them", func() { c.ui.OpenHost(c.shown) }).
			offWhen(func() string {
				if !screen.Folded(c.shown) {
					return "each GPU has a row already"
				}
				return ""
			}),
	}
}

// serverKeys are those of the page of server metrics.
func (c *console) serverKeys() []bound {
	return []bound{
		bind([]string{"/"}, "/", "series", "find any series of the page by words; enter draws it, esc goes back", c.filter).offWhen(c.noCatalog),
		bind([]string{"enter"}, "enter", "draw", "draw the series under the cursor as a chart", c.chartSeries).offWhen(func() string {
			if _, _, ok := c.ui.SeriesAt(c.shown); !ok {
				return "/ finds a series first"
			}
			return c.noSeries()
		}),
		bind([]string{"tab", "right", "l"}, "tab", "next", "next server", func() { c.turnServer(1) }).offWhen(c.oneServer),
		bind([]string{"shift+tab", "left", "h"}, "shift-tab", "", "server before", func() { c.turnServer(-1) }).offWhen(c.oneServer),
	}
}

func (c *console) noServer() string {
	if c.shown == nil || len(c.shown.Servers) == 0 {
		return "no server metrics in this run"
	}
	return ""
}

func (c *console) noCatalog() string {
	if why := c.noServer(); why != "" {
		return why
	}
	if s := c.shown.Servers; len(s[max(0, min(c.ui.Server, len(s)-1))].Catalog) == 0 {
		return "the series were not kept: --server-metrics-formats jsonl keeps them"
	}
	return ""
}

func (c *console) oneServer() string {
	if why := c.noServer(); why != "" {
		return why
	}
	if len(c.shown.Servers) == 1 {
		return "there is one server"
	}
	return ""
}

// noSeries says why series cannot be charted.
func (c *console) noSeries() string {
	if _, ok := c.src.(snap.SeriesReader); !ok {
		return "the history of the series is not at hand"
	}
	return ""
}

func (c *console) turnServer(by int) {
	c.ui.Server = turned(c.ui.Server, by, len(c.shown.Servers))
	c.ui.Series, c.ui.Charted = screen.ListState{}, nil
}

// chartSeries draws the series under the cursor from now on.
func (c *console) chartSeries() {
	server, name, ok := c.ui.SeriesAt(c.shown)
	if !ok {
		return
	}
	c.ui.Series = screen.ListState{}
	c.ui.Charted = &screen.Charted{Server: server, SeriesName: name}
	c.charted = time.Time{}
	c.renewSeries(time.Now())
}

// How often a charted series is read again, and how many points of it.
const (
	seriesEvery  = time.Second
	seriesPoints = 600
)

// renewSeries reads the charted series again now and then.
func (c *console) renewSeries(now time.Time) {
	r, ok := c.src.(snap.SeriesReader)
	if c.ui.Charted == nil || !ok || c.ui.Frozen || c.ui.Page != screen.PageServer || now.Sub(c.charted) < seriesEvery {
		return
	}
	next := *c.ui.Charted // a new one: the frame goes by the pointer
	next.Points = r.SeriesPoints(next.Server, next.Key, seriesPoints)
	c.ui.Charted, c.charted = &next, now
}
