package app

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"tacho/app/headless"
	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/export/aggregate"
	"tacho/export/plot"
	"tacho/profiles"
	"tacho/views/figure"
)

// onScreen reports whether a profile's runs are drawn rather than told.
func onScreen(env Env, p *profiles.Profile) bool {
	return p.Runtime.UI.V == "dashboard" && env.Terminal
}

// screenOver draws the board while drive makes the runs, and returns its error.
func (r *runner) screenOver(p *profiles.Profile, drive func() error) error {
	if !onScreen(r.env, p) {
		err := drive()
		r.board.close(err)
		return err
	}
	ended := make(chan error, 1)
	go func() {
		err := drive()
		r.board.close(err)
		ended <- err
	}()
	shown := r.screens.show(r.stops.ctx, screenOptions(r.env, p, r.origins.Args))
	err := <-ended
	if shown != nil && r.stops.ctx.Err() == nil {
		fmt.Fprintln(r.env.Stderr, "tacho: the screen failed, the runs did not:", shown)
	}
	return err
}

func (s *several) screen(drive func() error) error {
	err := s.screenOver(s.profile, drive)
	s.tables()
	return err
}

// quiet reports whether nothing is told while the runs go on.
func (r *runner) quiet(p *profiles.Profile) bool {
	return onScreen(r.env, p) || p.Runtime.UI.V == "none" || p.NoSweepTable.V
}

// say tells a line about the runs.
func (s *several) say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if s.log != nil {
		s.log.Info(line)
	}
	if !s.quiet(s.profile) {
		fmt.Fprintln(s.env.Stderr, "tacho: "+line)
	}
}

// opening tells what is about to be done.
func (s *several) opening() {
	what := fmt.Sprintf("%d repeats", s.profile.MultiRun.NumRuns.V)
	if n := len(s.profile.Cells()); n > 0 {
		what = fmt.Sprintf("a sweep of %d cells", n)
		if t := s.profile.MultiRun.NumRuns.V; t > 1 {
			what += fmt.Sprintf(", %d repeats each", t)
		}
	}
	s.say("%s into %s", what, s.base)
	for _, n := range append(s.origins.Notices, s.warnings()...) {
		s.say("note: %s", n)
	}
	if s.state.resume && len(s.state.before) > 0 {
		s.say("going on where an earlier command stopped; --no-resume would make all runs again")
	}
}

// warnings are what the cells have to be warned of before the first begins.
func (s *several) warnings() (list []string) {
	cells := s.profile.Cells()
	if len(cells) == 0 {
		cells = []profiles.Cell{{Profile: s.profile}}
	}
	for _, c := range cells {
		if w := openFiles(c.Profile); w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

func (s *several) title(i int) string {
	return fmt.Sprintf("[%d/%d] %s", i+1, len(s.jobs), s.name(&s.jobs[i]))
}

// progress tells figures of a long run now and then.
func (s *several) progress(ctx context.Context, ses *session) {
	if s.quiet(s.profile) {
		return
	}
	tellFigures(ctx, ses, s.env.Stderr, lineOptions(s.profile))
}

// figuresEvery is the time between two lines about one of several runs.
const figuresEvery = 10 * time.Second

func tellFigures(ctx context.Context, ses *session, w io.Writer, o headless.Options) {
	every := o.Every
	if every == 0 {
		every = figuresEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ses.live.Done():
			return
		case <-ctx.Done():
			return
		case <-tick.C:
			if v := ses.live.Latest(); v != nil && v.State == snap.Running {
				tellLine(w, v)
			}
		}
	}
}

// tellResult tells in a line what came of a run.
func (s *several) tellResult(i int, o *outcome) {
	switch o.status {
	case statusFailed:
		line, _, _ := strings.Cut(o.err, "\n")
		s.say("%s: FAILED: %s", s.title(i), line)
	case statusCut:
		s.say("%s: stopped before its end, not counted", s.title(i))
	default:
		row := blankRow(nil, 1)
		fill(&row, []*outcome{o})
		s.say("%s: %s", s.title(i), rowText(&row))
	}
}

// rowText tells the numbers of a cell in one line.
func rowText(c *snap.SeveralCell) string {
	var parts []string
	add := func(name string, v float64, unit string) {
		if !math.IsNaN(v) {
			parts = append(parts, name+figure.Num(v)+unit)
		}
	}
	add("TTFT p50 ", c.TTFT50, " ms")
	add("p99 ", c.TTFT99, " ms")
	add("ITL p50 ", c.ITL50, " ms")
	if math.IsNaN(c.TTFT50) {
		add("latency p99 ", c.Latency99, " ms")
	}
	add("", c.RequestsPerSec, " req/s")
	add("", c.TokSec, " tok/s")
	add("good ", 100*c.GoodShare, " %")
	parts = append(parts, fmt.Sprintf("%d ok %d failed", c.Requests, c.Errors))
	return strings.Join(parts, "  ")
}

// tables prints the cells, the best of them, and the files.
func (s *several) tables() {
	w := s.env.Stdout
	table := s.picture(nil)
	fmt.Fprintln(w)
	severalTable(w, table, s.tableWidth())
	fmt.Fprintln(w, "times in ms"+s.intervals())
	if s.simulated {
		fmt.Fprintln(w, "SIMULATED server: these numbers say nothing about real hardware.")
	}
	sweep := s.summed()
	tellLimits(w, sweep)
	for _, b := range sweep.Best() {
		for i := range s.results {
			if c := s.results[i].cell; c != nil && c.Label == b.Cell.Label {
				what := map[string]string{"best_throughput": "most throughput", "best_latency_p99": "best p99 TTFT"}[b.Name]
				fmt.Fprintf(w, "%-17s %s (%s %s)\n", what+":", cellName(c), figure.Num(b.Metric), b.Unit)
			}
		}
	}
	if front := sweep.Pareto(); len(front) > 0 {
		var names []string
		for _, f := range front {
			for i := range s.results {
				if c := s.results[i].cell; c != nil && c.Label == f.Label {
					names = append(names, cellName(c))
				}
			}
		}
		fmt.Fprintf(w, "%-17s %s\n", "Pareto front:", strings.Join(names, "; "))
	}
	s.tellRest()
	if s.undrawn != "" {
		fmt.Fprintln(w, "note:", s.undrawn)
	}
	fmt.Fprintf(w, "files:  %s\n", s.base)
	if s.profile.Artifacts.AutoPlot.V && s.undrawn == "" {
		fmt.Fprintf(w, "  %s/%s\n", plot.Folder, plot.SummaryFile)
	}
	for _, f := range s.written {
		if strings.HasSuffix(f.Name, aggregate.SweepJSON) || strings.HasSuffix(f.Name, aggregate.SweepCSV) || len(s.written) <= 4 {
			fmt.Fprintf(w, "  %-62s %10s\n", f.Name, figure.Bytes(f.Bytes))
		}
	}
}

// tellLimits says how many cells hold the limits of the sweep.
func tellLimits(w io.Writer, sweep *aggregate.Sweep) {
	holding, of := sweep.Feasible()
	if len(sweep.Limits) == 0 || of == 0 {
		return
	}
	var limits []string
	for i := range sweep.Limits {
		limits = append(limits, sweep.Limits[i].String())
	}
	note := ""
	if holding == 0 {
		note = "; the best of all are shown"
	}
	fmt.Fprintf(w, "%-17s %d of %d cells hold %s%s\n", "limits:", holding, of, strings.Join(limits, ", "), note)
	for _, u := range sweep.Unknown() {
		fmt.Fprintf(w, "note: no cell has %s, which slaFilters names\n", u)
	}
}

// tellRest says what a stop left out.
func (s *several) tellRest() {
	if !s.stopped() {
		return
	}
	left := 0
	for _, c := range s.results {
		if !c.converged {
			left += c.of - len(c.over())
		}
	}
	if left > 0 {
		fmt.Fprintf(s.env.Stderr, "tacho: stopped with %d of %d runs left; the same command with --artifact-dir %s goes on with them\n", left, len(s.jobs), s.base)
	}
}

// intervals tells the confidence intervals of repeats without a sweep.
func (s *several) intervals() string {
	if len(s.profile.Cells()) > 0 {
		return ""
	}
	level := s.profile.MultiRun.ConfidenceLevel.V
	conf, err := aggregate.Confident(s.results[0].over(), level)
	if err != nil || len(okLabels(conf.Runs)) < 2 {
		return ""
	}
	out := ""
	for _, m := range []struct {
		tag  metric.Tag
		stat string
	}{{metric.TTFT, "p50"}, {metric.TTFT, "p99"}, {metric.ITL, "p50"}, {metric.RequestLatency, "p99"}, {metric.RequestThroughput, "avg"}, {metric.OutputTokenThroughput, "avg"}} {
		if st := conf.Find(string(m.tag) + "_" + m.stat); st != nil {
			out += fmt.Sprintf("\n%s %s: mean %s, %g %% interval %s to %s %s", m.tag, m.stat, figure.Num(st.Mean), 100*level, figure.Num(st.CILow), figure.Num(st.CIHigh), st.Unit)
		}
	}
	return out
}

func okLabels(runs []aggregate.Run) (labels []string) {
	for i := range runs {
		if runs[i].OK() {
			labels = append(labels, runs[i].Label)
		}
	}
	return labels
}
