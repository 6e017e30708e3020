package telemetry

import (
	"cmp"
	"fmt"
	"time"

	"tacho/engine/record"
)

// Notice is one event about a source that is worth a line.
type Notice struct {
	// AtNS is when, on the axis of package record.
	AtNS int64
	Text string
	Warn bool
}

// maxNotices bounds the list; a source that comes and goes fills no memory.
const maxNotices = 100

// health is how a source is doing, for its notices.
type health struct {
	ever, up  bool
	failures  int   // in a row
	lastGood  int64 // 0 never
	downSince int64 // since when there are no figures; 0 while there are
	reads     int64
	failed    int64
	errors    []SourceError
	restarts  int
	slow      int // readings in a row
	told      map[string]bool
}

// tolerated is how many failures in a row of a source that has answered are
// taken for a hiccup, unless it has been silent for long.
const tolerated = 2

// once reports whether a notice of this kind was not told yet.
func (h *health) once(kind string) bool {
	if h.told[kind] {
		return false
	}
	if h.told == nil {
		h.told = map[string]bool{}
	}
	h.told[kind] = true
	return true
}

// what names the kind of source in notices.
func (w *watcher) what() string {
	if w.server {
		return "server metrics of " + w.name
	}
	return "GPU figures of " + w.name
}

// failedRead notes a failure and returns what to tell; empty is nothing.
func (h *health) failedRead(w *watcher, err error, nowNS int64) string {
	h.failures++
	h.failed++
	h.count(err)
	if h.downSince == 0 {
		h.downSince = cmp.Or(h.lastGood, nowNS)
	}
	why := trouble(err)
	switch {
	case !h.ever && (w.quiet || !h.once("never")):
		return ""
	case !h.ever:
		return w.what() + ": " + why + "; they stay absent until it answers, the load goes on"
	case h.up && (h.failures >= tolerated || nowNS-h.downSince >= int64(StaleAfter(w.every))):
		h.up = false
		return w.what() + " stopped: " + why + "; they are absent from here, the load goes on"
	}
	return ""
}

// count adds to the errors of the files, by what went wrong.
func (h *health) count(err error) {
	f := record.Failure{Type: "TelemetrySourceError", Message: trouble(err)}
	for i := range h.errors {
		if h.errors[i].Failure.Message == f.Message {
			h.errors[i].Count++
			return
		}
	}
	if len(h.errors) < 20 {
		h.errors = append(h.errors, SourceError{Failure: f, Count: 1})
	}
}

// goodRead notes a success and returns what to tell.
func (h *health) goodRead(w *watcher, nowNS int64) string {
	was, since, ever := h.up, h.downSince, h.ever
	h.reads++
	h.failures, h.downSince, h.lastGood, h.up, h.ever = 0, 0, nowNS, true, true
	if was || since == 0 {
		return ""
	}
	if !ever {
		if w.quiet {
			return ""
		}
		return w.what() + ": it answers now"
	}
	return fmt.Sprintf("%s are back after %s", w.what(), time.Duration(nowNS-since).Round(100*time.Millisecond))
}
