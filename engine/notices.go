package engine

import (
	"fmt"
	"slices"
	"time"

	"tacho/engine/record"
	"tacho/engine/secret"
	"tacho/engine/snap"
)

// notices are the events worth a line on the screen and in the manifest. The
// collector's goroutine owns them.
type notices struct {
	list []snap.Notice
	seen oddities
}

// maxNotices bounds the list; the oldest go first.
const maxNotices = 200

func (n *notices) add(at time.Duration, warn bool, format string, a ...any) {
	if len(n.list) == maxNotices {
		n.list = slices.Delete(n.list, 0, 1)
	}
	n.list = append(n.list, snap.Notice{At: at, Text: fmt.Sprintf(format, a...), Warn: warn})
}

// odd tells each kind of oddity once, when it is first seen.
func (n *notices) odd(o oddities, at time.Duration) {
	if o.loose > 0 && n.seen.loose == 0 {
		n.add(at, true, `answers lack the "object" field; they are read all the same, where AIPerf would count them as errors`)
	}
	if o.inside > 0 && n.seen.inside == 0 {
		n.add(at, true, "errors inside of answers with status 200 (%s); as in AIPerf, such a request is valid if content came before", record.OneLine(o.text, 80))
	}
	if o.redirect != "" && n.seen.redirect == "" {
		n.add(at, true, "the server redirects requests to %s; one that is sent on has both exchanges in its times: --url with that address spares it", record.OneLine(secret.RedactURL(o.redirect), 120))
	}
	if o.open > 0 && n.seen.open == 0 {
		n.add(at, true, "the server leaves streams open after [DONE]; each is left after some seconds, in which it keeps its slot, where AIPerf would wait on")
	}
	n.seen = o
}

func (n *notices) copy() []snap.Notice { return slices.Clone(n.list) }
