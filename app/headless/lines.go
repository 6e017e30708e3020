package headless

import (
	"fmt"
	"math"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/figure"
)

// figures tells how the phase stands, in one line.
func (t *teller) figures(s *snap.Snapshot) {
	if t.o.Level == Plain {
		t.sentence(s)
		return
	}
	t.say("%s", Line(s))
}

// Line tells how the phase of a snapshot stands.
func Line(s *snap.Snapshot) string {
	parts := []string{figure.Clock(s.At), phaseName(s), progress(s), figure.Count(s.InFlight) + " in flight",
		figure.Num(s.Rates.Requests) + " req/s"}
	if !math.IsNaN(s.Rates.OutputTokens) {
		parts = append(parts, figure.Num(s.Rates.OutputTokens)+" tok/s")
	}
	for i, l := range watched(s) {
		sc := figure.ScaleFor(l.Def.Unit, l.P50)
		p := l.Def.Short + " p50 " + sc.Of(l.P50)
		if i == 0 {
			p += " p99 " + sc.Of(l.P99)
		}
		parts = append(parts, p+" "+sc.Unit)
	}
	if s.Queued > 0 {
		parts = append(parts, figure.Count(s.Queued)+" queued")
	}
	parts = append(parts, "errors "+figure.Count(s.Errors), "client "+clientWord(s))
	return strings.Join(parts, "  ")
}

// watched are the two metrics that a line has room for: TTFT and ITL, or the
// latency of requests that do not stream.
func watched(s *snap.Snapshot) []snap.Live {
	var out []snap.Live
	for _, tag := range []metric.Tag{metric.TTFT, metric.ITL, metric.RequestLatency} {
		for _, l := range s.Live {
			if l.Def != nil && l.Def.Tag == tag && len(out) < 2 {
				out = append(out, l)
			}
		}
	}
	return out
}

func phaseName(s *snap.Snapshot) string {
	switch {
	case s.Phase.Name != "":
		return clean(s.Phase.Name)
	case s.Phase.Kind != "":
		return s.Phase.Kind
	}
	return string(s.State)
}

func progress(s *snap.Snapshot) string {
	p := figure.Count(s.Done)
	if s.Phase.Target > 0 {
		p += "/" + figure.Count(s.Phase.Target)
	}
	if !math.IsNaN(s.Phase.Progress) {
		p += " (" + figure.Whole(s.Phase.Progress) + " %)"
	}
	return p
}

func clientWord(s *snap.Snapshot) string {
	switch {
	case s.Client.Verdict == "":
		return figure.Unknown
	case s.Client.Verdict != "OK" && s.Client.Reason != "":
		return s.Client.Verdict + " (" + clean(s.Client.Reason) + ")"
	}
	return s.Client.Verdict
}

// phaseBegins says which phase has begun and what ends it.
func (t *teller) phaseBegins(s *snap.Snapshot) string {
	var until []string
	if s.Phase.Target > 0 {
		until = append(until, figure.Count(s.Phase.Target)+" requests")
	}
	if s.Phase.Planned > 0 {
		until = append(until, figure.Span(s.Phase.Planned))
	}
	of := ""
	if s.Phase.Count > 1 {
		of = fmt.Sprintf(" (phase %d of %d)", s.Phase.Index+1, s.Phase.Count)
	}
	if t.o.Level == Plain {
		line := "Phase " + phaseName(s) + of + " has begun"
		if len(until) > 0 {
			line += ", for " + strings.Join(until, " or ")
		}
		return line + "."
	}
	line := figure.Clock(s.At) + "  phase " + phaseName(s) + of + " begins"
	if len(until) > 0 {
		line += ": " + strings.Join(until, " or ")
	}
	return line
}

// sentence tells the figures as a person would.
func (t *teller) sentence(s *snap.Snapshot) {
	of := ""
	if s.Phase.Target > 0 {
		of = " of " + figure.Count(s.Phase.Target)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "After %s of %s, %s%s requests are done and %s have failed; %s are in flight", words(s.Phase.Elapsed), phaseName(s),
		figure.Count(s.Done), of, figure.Count(s.Errors), figure.Count(s.InFlight))
	if !math.IsNaN(s.Rates.Requests) {
		fmt.Fprintf(&b, ", at %s requests per second", figure.Num(s.Rates.Requests))
	}
	b.WriteString(".")
	for _, l := range watched(s) {
		if !math.IsNaN(l.P50) {
			sc := figure.ScaleFor(l.Def.Unit, l.P50)
			fmt.Fprintf(&b, " %s is %s %s at the median and %s at the 99th percentile.", l.Def.Short, sc.Of(l.P50), sc.Unit, sc.Of(l.P99))
		}
	}
	if s.Client.Verdict != "OK" && s.Client.Verdict != "" {
		fmt.Fprintf(&b, " The client is %s.", clientWord(s))
	}
	t.say("%s", b.String())
}

// limits tells when a 99th percentile crosses its objective.
func (t *teller) limits(s *snap.Snapshot) {
	for _, l := range s.Live {
		if l.Def == nil || math.IsNaN(l.SLO) || math.IsNaN(l.P99) || l.Def.Has(metric.LargerIsBetter) {
			continue
		}
		tag := string(l.Def.Tag)
		over := l.P99 > l.SLO
		was, known := t.over[tag]
		t.over[tag] = over
		if over == was || (!known && !over) {
			continue
		}
		sc := figure.ScaleFor(l.Def.Unit, l.P99)
		verb, where := "rose", "over"
		if !over {
			verb, where = "fell", "within"
		}
		t.say("%s p99 %s to %s %s, %s the limit of %s %s.", l.Def.Short, verb, sc.Of(l.P99), sc.Unit, where, sc.Of(l.SLO), sc.Unit)
	}
}

// words writes a duration as it is spoken.
func words(d time.Duration) string {
	s := int(d / time.Second)
	unit := func(n int, name string) string {
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	switch {
	case s < 60:
		return unit(s, "second")
	case s < 3600:
		return unit(s/60, "minute") + " " + unit(s%60, "second")
	}
	return unit(s/3600, "hour") + " " + unit(s/60%60, "minute")
}
