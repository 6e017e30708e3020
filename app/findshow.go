package app

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"tacho/app/headless"
	"tacho/engine/search"
	"tacho/engine/snap"
	"tacho/views/figure"
)

func tellLine(w io.Writer, s *snap.Snapshot) { fmt.Fprintln(w, "      ", headless.Line(s)) }

func (f *finder) say(format string, args ...any) {
	if !f.quiet(f.profile) {
		fmt.Fprintf(f.env.Stderr, "tacho: "+format+"\n", args...)
	}
}

func (f *finder) limits() string {
	var texts []string
	for i := range f.aims {
		texts = append(texts, f.aims[i].text)
	}
	return strings.Join(texts, " and ")
}

// verdict tells a probe in a few words.
func (f *finder) verdict(pr *findProbe) string {
	switch {
	case pr.Hopeless != "":
		return "dropped early: " + pr.Hopeless
	case pr.Error != "":
		return "does not hold: " + pr.Error
	}
	word := "holds"
	if !pr.Holds {
		word = "does not hold"
	}
	return fmt.Sprintf("%s: %s %% of %d requests good, needs %g %%", word, figure.Share(float64(pr.Good)/float64(max(1, pr.Good+pr.Bad))), pr.Good+pr.Bad, 100*pr.Share)
}

// picture is where the search stands; running is the probe under way.
func (f *finder) picture(running *findProbe) *snap.Several {
	v := &snap.Several{Title: "search", Names: []string{f.what}, At: -1, Limits: limitsOf(f.aims)}
	for _, pr := range f.probes {
		row := pr.row
		row.State, row.Runs, row.Of, row.Kept = snap.CellDone, 1, 1, pr.kept
		row.GoodShare = float64(pr.Good) / float64(pr.Good+pr.Bad)
		row.Note, row.AtLimits = "holds", pr.atLimits(len(v.Limits))
		switch {
		case pr.Hopeless != "":
			row.State, row.Note = snap.CellFailed, "dropped early"
		case !pr.Holds:
			row.State, row.Note = snap.CellFailed, "does not hold"
		}
		v.Cells = append(v.Cells, row)
	}
	if running != nil {
		row := blankRow([]string{loadText(running.X)}, 1)
		row.State = snap.CellRunning
		row.AtLimits = running.atLimits(len(v.Limits))
		if n := running.Good + running.Bad; n > 0 {
			row.GoodShare, row.Requests, row.Note = float64(running.Good)/float64(n), n, "holds so far"
			if float64(running.Good) < running.Share*float64(n) {
				row.Note = "does not hold so far"
			}
		}
		v.At = len(v.Cells)
		v.Cells = append(v.Cells, row)
	}
	return v
}

// underWay shows how a probe stands that is not over.
func (f *finder) underWay(pr *findProbe, j *judge, lost []int64) {
	v, by := j.verdict(pr.X, lost)
	now := findProbe{X: pr.X, Good: v.Good, Bad: v.Bad, Share: v.Share, By: by.text, Values: j.values()}
	f.board.again(f.picture(&now))
}

// answered is the picture at the end.
func (f *finder) answered(a search.Answer) *snap.Several {
	v := f.picture(nil)
	v.Answer = []string{f.sentence(a)}
	for _, pr := range slices.Backward(f.probes) {
		if pr.X == a.Safe { // never where none is
			v.Answer = append(v.Answer, fmt.Sprintf("at %s %s: %s", f.what, loadText(a.Safe), rowText(&pr.row)))
			break
		}
	}
	if text := f.costText(a); text != "" {
		v.Answer = append(v.Answer, text)
	}
	return v
}

// tell prints the probes and the answer.
func (f *finder) tell(a search.Answer) {
	w := f.env.Stdout
	fmt.Fprintln(w)
	severalTable(w, f.picture(nil), f.tableWidth())
	fmt.Fprintln(w, "times in ms")
	if f.simulated {
		fmt.Fprintln(w, "SIMULATED server: these numbers say nothing about real hardware.")
	}
	fmt.Fprintf(w, "limits: %s\n", f.limits())
	for _, line := range f.answered(a).Answer {
		fmt.Fprintln(w, line)
	}
	if f.stopped() || f.spent {
		fmt.Fprintf(f.env.Stderr, "tacho: the search is not finished; the same command with --artifact-dir %s goes on with it\n", f.base)
	}
	fmt.Fprintf(w, "files:  %s\n  %s\n", f.base, findFile)
}

// sentence is the answer with what is known of it.
func (f *finder) sentence(a search.Answer) string {
	switch a.Outcome {
	case search.Found:
		s := fmt.Sprintf("ANSWER: %s %s holds in %d of %d probes; %s does not, in %d of %d", f.what, loadText(a.Safe), a.SafeRuns, a.SafeRuns, loadText(a.Breaks), a.BreakRuns, a.BreakOf)
		if by := f.brokenBy(a); by != "" {
			s += " (" + by + ")"
		}
		return s
	case search.HoldsAll:
		return fmt.Sprintf("ANSWER: %s %s, the highest asked for, holds in %d of %d probes; --to looks higher", f.what, loadText(a.Safe), a.SafeRuns, a.SafeRuns)
	case search.HoldsNone:
		return fmt.Sprintf("ANSWER: not even %s %s, the lowest asked for, holds", f.what, loadText(f.cfg.Low))
	}
	s := "INCONCLUSIVE: " + a.Why
	if !math.IsNaN(a.Safe) {
		s += fmt.Sprintf("; %s has held", loadText(a.Safe))
	}
	if !math.IsNaN(a.Breaks) {
		s += fmt.Sprintf("; %s has not", loadText(a.Breaks))
	}
	return s
}

// exit is the error that a search ends the program with.
func (f *finder) exit(a search.Answer) error {
	if code := f.stops.exitCode(); code != 0 {
		return &silentError{code}
	}
	switch a.Outcome {
	case search.HoldsNone:
		return &silentError{exitSLO}
	case search.Inconclusive:
		return &silentError{exitInconclusive}
	}
	return nil
}
