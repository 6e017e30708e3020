package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"tacho/engine/snap"
	"tacho/export"
	"tacho/profiles"
)

// job is one of several runs.
type job struct {
	cell  *profiles.Cell // nil: repeats of the profile itself
	at    int            // of the cell among the results
	trial int            // from 0
	dir   string         // below the base, with slashes
}

// several makes the runs of a sweep, of repeats, or of both.
type several struct {
	*runner
	profile *profiles.Profile
	mode    string // repeated or independent
	jobs    []job
	state   *severalState
	results []*cellRuns // by cell
	started time.Time
	written []snap.File // over all runs
	log     *slog.Logger
	// simulated says that a run met the simulator.
	simulated bool
	undrawn   string // why there are no pictures
}

// runner makes runs one after the other under one screen and one watcher of
// signals.
type runner struct {
	env     Env
	origins *profiles.Origins
	base    string // the folder that all of them are below
	group   *group
	stops   *interrupts
	board   *board
	current atomic.Pointer[artifacts]
	screens *screens
	said    bytes.Buffer // on stdout, for screens elsewhere
}

func newRunner(env Env, p *profiles.Profile, o *profiles.Origins) *runner {
	return &runner{env: env, origins: o, base: p.Artifacts.Dir.V, group: newGroup(p.Artifacts.Dir.V)}
}

// watch starts watching for signals; the caller closes r.stops.
func (r *runner) watch() {
	r.stops = watchSignals(func(code int) {
		if a := r.current.Load(); a != nil {
			a.abandon(r.env.Stderr)
		}
		os.Exit(code)
	})
	r.board.stops = r.stops
}

// stopped reports whether the user wants no further run.
func (r *runner) stopped() bool {
	select {
	case <-r.stops.soft:
		return true
	default:
		return false
	}
}

// one makes one run. during is called while it goes on, until it has ended; it
// may be nil. The session is nil when the run's folder cannot be had.
func (r *runner) one(p *profiles.Profile, m *member, during func(ctx context.Context, s *session)) (*session, error) {
	s, e, err := newSession(r.env, p, r.origins)
	if err != nil {
		return nil, err
	}
	defer s.files.close()
	r.current.Store(s.files)
	defer r.current.Store(nil)
	s.member = m
	s.notices = slices.Clone(s.notices)
	s.begin(r.stops)
	s.doing("starting")
	r.board.follow(s.live)
	_, err = s.run(r.stops.ctx, e, func(ctx context.Context) error {
		if during != nil {
			during(ctx, s)
		}
		return nil
	})
	return s, err
}

// pause waits between two runs, less when the user stops.
func (r *runner) pause(seconds float64, why string) {
	if seconds <= 0 {
		return
	}
	r.board.note(fmt.Sprintf("cooling down %g s %s", seconds, why))
	defer r.board.note("")
	select {
	case <-r.stops.soft:
	case <-time.After(time.Duration(seconds * float64(time.Second))):
	}
}

// runSeveral makes all runs of a profile that has more than one, or what is
// left of them.
func runSeveral(env Env, p *profiles.Profile, o *profiles.Origins) error {
	s := &several{runner: newRunner(env, p, o), profile: p, mode: p.Sweep.IterationOrder.V, started: time.Now()}
	s.jobs = jobsOf(p, s.mode)
	s.results = resultsOf(p)
	if err := s.openState(); err != nil {
		return err
	}
	closeLog, err := s.openLog()
	if err != nil {
		return err
	}
	defer closeLog()
	s.board = newBoard(s.picture(nil))
	s.watch()
	defer s.stops.close()
	s.openScreens(p, s.log)
	err = s.screen(s.drive)
	s.farewell(err)
	return err
}

// drive makes the runs and sums them up.
func (s *several) drive() error {
	s.opening()
	if err := s.design(); err != nil {
		return err
	}
	var last *job
	for i := range s.jobs {
		j := &s.jobs[i]
		if s.stopped() {
			break
		}
		rows := s.results[j.at]
		if s.kept(j) {
			s.say("%s is there already", s.title(i))
			continue
		}
		if rows.converged {
			continue
		}
		if last != nil {
			s.coolDown(last, j)
			if s.stopped() {
				break
			}
		}
		last = j
		if err := s.make(i); err != nil {
			return err // nothing that another run would do better
		}
		s.settle(j)
	}
	s.board.set(s.picture(nil))
	return s.finish()
}

// make makes one run and keeps what came of it. The error is one that all
// other runs would meet as well.
func (s *several) make(i int) error {
	j := &s.jobs[i]
	dir := filepath.Join(s.base, filepath.FromSlash(j.dir))
	p := s.profile.Trial(j.cell, j.trial, dir)
	s.board.run(s.picture(j), fmt.Sprintf("%d/%d %s", i+1, len(s.jobs), s.name(j)))
	s.say("%s", s.title(i))
	m := &member{group: s.group, id: newRunID(), label: runLabel(j.trial), trial: j.trial, cell: j.cell}
	ses, err := s.one(p, m, s.progress)
	if ses == nil {
		return err
	}
	s.simulated = s.simulated || ses.info.Simulated
	stoppedEarly := s.stopped() && (ses.result == nil || ses.result.Cancelled)
	out := outcome{trial: j.trial, label: m.label, fingerprint: fingerprint(p), dir: j.dir}
	switch {
	case stoppedEarly:
		out.status = statusCut
	case err != nil:
		if code(err) == exitUsage {
			return err
		}
		out.status, out.err = statusFailed, err.Error()
	default:
		out.status = statusDone
	}
	s.add(j, &out)
	s.tellResult(i, &out)
	return s.state.save()
}

// openLog opens the log over all runs.
func (s *several) openLog() (closeLog func(), err error) {
	path := filepath.Join(s.base, filepath.FromSlash(export.Names{}.Of(export.Log)))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, bare(err)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", bare(err))
	}
	s.log = slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: logLevel(s.profile)}))
	return func() { f.Close() }, nil
}

// settle works out whether the cell's repeats are enough.
func (s *several) settle(j *job) {
	rows := s.results[j.at]
	if enough, why := s.enough(rows); enough && len(rows.runs) < rows.of {
		rows.converged = true
		s.say("%s: %d runs are enough, %s", s.name(j), len(rows.runs), why)
	}
}

// coolDown pauses between two runs, as long as the step from one to the other
// asks for.
func (s *several) coolDown(from, to *job) {
	repeat := from.at == to.at || s.mode == profiles.SweepRepeated && from.trial != to.trial
	if repeat {
		s.pause(s.profile.MultiRun.CooldownSeconds.V, "before the next repeat")
		return
	}
	s.pause(s.profile.Sweep.CooldownSeconds.V, "before the next cell")
}

// finish writes the files over all runs, tells them, and returns the error that
// the program ends with.
func (s *several) finish() error {
	files, err := s.aggregate()
	s.state.Finished = !s.stopped()
	err = errors.Join(err, s.state.save())
	s.board.end(s.picture(nil))
	s.written = files
	if s.made() > s.failures() {
		var plotErr error
		s.undrawn, plotErr = autoPlot(s.stops.ctx, s.profile, s.base, true)
		err = errors.Join(err, plotErr)
	}
	if err != nil {
		return err
	}
	if code := s.stops.exitCode(); code != 0 {
		return &silentError{code}
	}
	if failed := s.failures(); failed > 0 {
		return fmt.Errorf("%d of %d runs failed", failed, s.made())
	}
	return nil
}

// jobsOf lists the runs in their order.
func jobsOf(p *profiles.Profile, mode string) []job {
	cells := p.Cells()
	trials := p.MultiRun.NumRuns.V
	if len(cells) == 0 {
		var list []job
		for t := range trials {
			list = append(list, job{trial: t, dir: "profile_runs/" + runLabel(t)})
		}
		return list
	}
	dir := func(c *profiles.Cell, t int) string {
		trial := fmt.Sprintf("profile_runs/trial_%04d", t+1)
		switch {
		case trials == 1:
			return c.Dir
		case mode == profiles.SweepIndependent:
			return c.Dir + "/" + trial
		}
		return trial + "/" + c.Dir
	}
	var list []job
	if mode == profiles.SweepIndependent {
		for i := range cells {
			for t := range trials {
				list = append(list, job{&cells[i], i, t, dir(&cells[i], t)})
			}
		}
		return list
	}
	for t := range trials {
		for i := range cells {
			list = append(list, job{&cells[i], i, t, dir(&cells[i], t)})
		}
	}
	return list
}

// runLabel is how AIPerf numbers repeats.
func runLabel(trial int) string { return fmt.Sprintf("run_%04d", trial+1) }

// names of the artifacts in each run's folder.
func (s *several) names() export.Names { return export.NewNames(s.profile.Artifacts.Prefix.V) }
