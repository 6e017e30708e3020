package screen

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/theme"
)

// bannerText is the one thing that must be said now; empty when all is usual.
func bannerText(s *snap.Snapshot, st State) string {
	switch {
	case st.Flash != "":
		return st.Flash
	case st.Frozen:
		return "FROZEN at " + figure.Clock(s.At) + ", the run goes on: space shows it again"
	case st.Replay.Timeline != nil:
		return ""
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
		if now := underWay(s); now != "" {
			return now + ": " + s.Doing
		}
		return s.Doing
	case s.Held:
		return "HELD: nothing new is sent, " + figure.Count(s.InFlight) + " in flight; p goes on"
	}
	return underWay(s)
}

// underWay names the run among several; empty for one alone.
func underWay(s *snap.Snapshot) string {
	if s.Several == nil || s.Several.Now == "" {
		return ""
	}
	return s.Several.Title + " " + s.Several.Now
}

func banner(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st State) {
	text := bannerText(s, st)
	if text == "" {
		if st.Replay.Timeline != nil {
			panel.Line(g, r.X+1, r.Y, r.W-2, recording(st.Replay.Timeline), th)
		}
		return
	}
	role := theme.Strong
	switch {
	case st.Flash != "":
		role = theme.Accent
		if st.FlashWarn {
			role = theme.Warn
			text = th.Glyphs.Warn + " " + text
		}
	case st.Frozen, st.Stops > 0 && s.State != snap.Done:
		role = theme.Alarm
		text = " " + text + " "
	case s.State == snap.Failed:
		role = theme.Fail
		text = th.Glyphs.Fail + " " + text
	case s.State == snap.Done:
		text = th.Glyphs.OK + " " + text
	case s.Held:
		role = theme.Warn
		text = th.Glyphs.Warn + " " + text
	}
	g.Text(r.X+1, r.Y, r.W-2, text, th.Style(role))
}

// recording says who made a recorded run, how far its numbers agree, and what
// is not there, which is cut when there is no room: the log has all of it.
func recording(t *snap.Timeline) []panel.Seg {
	check := t.Check
	if check == "" {
		check = "numbers not checked yet"
	}
	segs := []panel.Seg{
		{Text: "made by " + t.Origin, Role: theme.Label},
		{Text: check, Role: theme.Label},
	}
	if n := len(t.Missing); n > 0 {
		text := t.Missing[0]
		if n > 1 {
			text = strconv.Itoa(n) + " things are missing, see 8: " + text
		}
		segs = append(segs, panel.Seg{Text: text, Role: theme.Warn})
	}
	return segs
}
