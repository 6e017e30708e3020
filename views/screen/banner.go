package screen

import (
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// bannerText is the one thing that must be said now; empty when all is usual.
func bannerText(s *snap.Snapshot, st State) string {
	switch {
	case st.Frozen:
		return "FROZEN at " + figure.Clock(s.At) + ", the run goes on: space shows it again"
	case s.State == snap.Done || s.State == snap.Failed:
		return s.Verdict
	case st.Stops >= 2:
		return "CUT: requests in flight are given up, results are being saved"
	case st.Stops == 1:
		t := "STOPPING: waiting for " + figure.Count(s.InFlight) + " in flight, ctrl-c again cuts them"
		if s.State == snap.Exporting {
			t = "STOPPING: results are being saved"
		}
		return t
	case s.State == snap.Draining:
		return "sending has stopped, waiting for " + figure.Count(s.InFlight) + " answers"
	case s.State == snap.Starting || s.State == snap.Exporting:
		return s.Doing
	}
	return ""
}

func banner(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st State) {
	text := bannerText(s, st)
	if text == "" {
		return
	}
	role := theme.Strong
	switch {
	case st.Frozen, st.Stops > 0 && s.State != snap.Done:
		role = theme.Alarm
		text = " " + text + " "
	case s.State == snap.Failed:
		role = theme.Fail
		text = th.Glyphs.Fail + " " + text
	case s.State == snap.Done:
		text = th.Glyphs.OK + " " + text
	}
	g.Text(r.X+1, r.Y, r.W-2, text, th.Style(role))
}
