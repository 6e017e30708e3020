package headless

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tacho/engine/snap"
	"tacho/views/figure"
)

// Level is how much is told.
type Level string

// The levels.
const (
	Simple Level = "simple" // one line of figures every few seconds
	Plain  Level = "plain"  // whole sentences, when something changes
	None   Level = "none"   // only how it ended
)

// Levels are the values of the option.
var Levels = []Level{Simple, Plain, None}

// Options say how a run is told. The zero value is Simple.
type Options struct {
	Level Level
	// Every is the time between two lines of figures; 0 is 5 s, 1 s for a
	// phase planned for at most 30 s, and 15 s for sentences.
	Every time.Duration
}

// poll is how often the source is looked at for news.
const poll = 200 * time.Millisecond

// Run tells src to w until the run has ended (nil) or ctx ends (its cause). A
// writer that fails is not written to again and its error is returned at the
// end: the run does not depend on who listens.
func Run(ctx context.Context, src snap.Source, w io.Writer, o Options) error {
	if o.Level == "" {
		o.Level = Simple
	}
	if !slices.Contains(Levels, o.Level) {
		return fmt.Errorf("level %q: must be simple, plain or none", o.Level)
	}
	t := &teller{w: w, o: o, over: map[string]bool{}}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-src.Done():
			t.end(src)
			return t.err
		case <-tick.C:
			if s := src.Latest(); s != nil {
				t.look(s)
			}
		}
	}
}

// teller remembers what was said.
type teller struct {
	w   io.Writer
	o   Options
	err error

	last   *snap.Snapshot
	began  bool
	state  snap.State
	doing  string
	phase  int
	notice snap.Notice // the last one told, if told
	told   bool
	lineAt time.Duration // run age of the last line of figures
	over   map[string]bool
}

func (t *teller) say(format string, args ...any) {
	if t.err != nil {
		return
	}
	_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
}

// look tells what is new in a snapshot.
func (t *teller) look(s *snap.Snapshot) {
	if s == t.last {
		return
	}
	t.last = s
	if t.o.Level == None {
		return
	}
	if !t.began {
		t.began, t.phase = true, -1
		t.intro(s)
	}
	t.events(s)
	if t.o.Level == Plain {
		t.limits(s)
	}
	if s.State == snap.Running && s.At-t.lineAt >= t.every(s) {
		t.lineAt = s.At
		t.figures(s)
	}
}

func (t *teller) every(s *snap.Snapshot) time.Duration {
	switch {
	case t.o.Every > 0:
		return t.o.Every
	case t.o.Level == Plain:
		return 15 * time.Second
	case s.Phase.Planned > 0 && s.Phase.Planned <= 30*time.Second:
		return time.Second
	}
	return 5 * time.Second
}

// intro says once what is measured.
func (t *teller) intro(s *snap.Snapshot) {
	var parts []string
	if s.Run.Simulated {
		parts = append(parts, "SIMULATED")
	}
	for _, p := range []string{s.Run.Name, s.Run.Model, s.Run.Endpoint, s.Run.Host, s.Run.Load} {
		if p != "" {
			parts = append(parts, clean(p))
		}
	}
	if t.o.Level == Plain {
		t.say("Benchmark of %s.", strings.Join(parts, ", "))
		return
	}
	t.say("tacho: %s", strings.Join(parts, " · "))
}

// events tells changes of phase and state, and notices, each in its own line.
func (t *teller) events(s *snap.Snapshot) {
	clock := figure.Clock(s.At)
	switch {
	case s.State == snap.Running && (t.state != snap.Running || t.phase != s.Phase.Index):
		t.lineAt = s.At
		t.say("%s", t.phaseBegins(s))
	case s.State != t.state || (s.Doing != t.doing && s.Doing != "" && s.State != snap.Running):
		t.stateChange(clock, s)
	}
	t.state, t.phase, t.doing = s.State, s.Phase.Index, s.Doing
	if s.State != snap.Running {
		t.phase = -1
	}
	for _, n := range t.fresh(s.Notices) {
		word := "note"
		if n.Warn {
			word = "warning"
		}
		if t.o.Level == Plain {
			t.say("%s at %s: %s.", strings.ToUpper(word[:1])+word[1:], figure.Clock(n.At), strings.TrimSuffix(clean(n.Text), "."))
			continue
		}
		t.say("%s  %s: %s", figure.Clock(n.At), word, clean(n.Text))
	}
}

// fresh are the notices since the last one told. The list may have lost its
// oldest, so its length says nothing.
func (t *teller) fresh(list []snap.Notice) []snap.Notice {
	from := 0
	for i := len(list) - 1; i >= 0 && t.told; i-- {
		if list[i] == t.notice {
			from = i + 1
			break
		}
	}
	if len(list) > 0 {
		t.notice, t.told = list[len(list)-1], true
	}
	return list[from:]
}

func (t *teller) stateChange(clock string, s *snap.Snapshot) {
	doing := clean(s.Doing)
	switch s.State {
	case snap.Draining:
		doing = "sending has stopped, " + figure.Count(s.InFlight) + " in flight"
	case snap.Done, snap.Failed:
		return // the end says it
	}
	if doing == "" {
		doing = string(s.State)
	}
	if t.o.Level == Plain {
		t.say("%s.", strings.TrimSuffix(strings.ToUpper(doing[:1])+doing[1:], "."))
		return
	}
	t.say("%s  %s: %s", clock, s.State, doing)
}

// end tells how the run ended.
func (t *teller) end(src snap.Source) {
	s := src.Latest()
	if s == nil {
		return
	}
	level := t.o.Level
	t.look(s)
	verdict := clean(s.Verdict)
	if err := src.Err(); verdict == "" && err != nil {
		verdict = clean(err.Error())
	}
	if verdict == "" {
		verdict = string(s.State)
	}
	label := ""
	if s.Run.Simulated && level == None {
		label = "SIMULATED "
	}
	if level == Plain {
		t.say("The run has ended after %s: %s.", words(s.At), strings.TrimSuffix(verdict, "."))
		if len(s.Files) > 0 {
			t.say("%d files are in %s.", len(s.Files), clean(s.Run.Dir))
		}
		return
	}
	if state := string(s.State) + ": "; !strings.HasPrefix(verdict, state) { // a verdict may begin with it
		verdict = state + verdict
	}
	t.say("%s  %s%s", figure.Clock(s.At), label, verdict)
	if len(s.Files) > 0 {
		t.say("%s  wrote %d files to %s", figure.Clock(s.At), len(s.Files), clean(s.Run.Dir))
	}
}

// clean takes control characters out of text that came from outside.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < 0x20 || (r >= 0x7f && r < 0xa0):
			return '?'
		}
		return r
	}, s)
}
