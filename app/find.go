package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tacho/engine/search"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/profiles"
)

// finder is one search.
type finder struct {
	*runner
	profile *profiles.Profile
	what    string // concurrency or rate
	aims    []aim
	cfg     search.Config
	budget  time.Duration
	started time.Time

	search *search.Search
	probes []*findProbe
	before []*findProbe // of an earlier command, in order
	simulated,
	spent bool // the budget is
}

// findProbe is one probe, as find.json has it.
type findProbe struct {
	X    float64 `json:"load"`
	Dir  string  `json:"dir"`
	Good int64   `json:"good"`
	Bad  int64   `json:"bad"`
	// Share is the share that must be good, by the limit that is furthest from
	// being held: By.
	Share       float64 `json:"share"`
	By          string  `json:"by"`
	Holds       bool    `json:"holds"`
	Hopeless    string  `json:"dropped,omitempty"`
	Error       string  `json:"error,omitempty"`
	Fingerprint string  `json:"fingerprint"`
	// Values are the metrics of the limits at their shares.
	Values []export.Float `json:"values,omitempty"`

	row  snap.SeveralCell
	kept bool
}

// find is the command.
func find(env Env, args []string) error {
	f, rest, err := readFind(env, args)
	if err != nil {
		return err
	}
	p, o, err := readProfile(env, nil, rest)
	if err != nil {
		return err
	}
	if p.Several() {
		return usagef("tacho find makes its own runs: give one value to each option and leave out --num-profile-runs")
	}
	if len(p.SLOs.V) > 0 {
		share := f.cfg.Share
		f.aims = append([]aim{goodputAim(p.SLOs.V, share)}, f.aims...)
	}
	if len(f.aims) == 0 {
		return withHint(usagef("tacho find needs a limit"), `give --goodput "time_to_first_token:300", or --slo "time_to_first_token:p95<300"`)
	}
	if len(p.SLOs.V) == 0 { // the screens show the share that is good
		var slos profiles.SLOs
		for _, a := range f.aims {
			slos = append(slos, profiles.SLO{Tag: string(a.slos[0].Tag), Limit: a.slos[0].Limit})
		}
		p.SLOs.Put(slos)
	}
	if !given(rest, "--artifact-dir") {
		p.Artifacts.Dir.Put(filepath.Join(filepath.Dir(p.Artifacts.Dir.V), "find-"+f.what+"-"+filepath.Base(p.Artifacts.Dir.V)))
	}
	f.profile, f.runner, f.started = p, newRunner(env, p, o), time.Now()
	f.search = search.New(f.cfg)
	if err := f.openState(); err != nil {
		return err
	}
	f.board = newBoard(f.picture(nil))
	f.watch()
	defer f.stops.close()
	f.openScreens(p, nil)
	var answer search.Answer
	err = f.screenOver(p, func() error {
		err := f.drive()
		answer = f.search.Answer(f.stopped() || f.spent)
		f.board.end(f.answered(answer))
		return err
	})
	if err == nil {
		note, plotErr := autoPlot(f.stops.ctx, p, f.base, true)
		f.tell(answer)
		if note != "" {
			fmt.Fprintln(env.Stdout, "note:", note)
		}
		if err = f.exit(answer); err == nil {
			err = plotErr
		}
	}
	f.farewell(err)
	return err
}

// drive makes the probes.
func (f *finder) drive() error {
	f.say("the largest %s from %g to %g that holds %s, into %s", f.what, f.cfg.Low, f.cfg.High, f.limits(), f.base)
	for {
		x, more := f.search.Next()
		if !more || f.stopped() {
			break
		}
		if f.budget > 0 && time.Since(f.started) >= f.budget {
			f.spent = true
			f.say("the budget of %v is spent", f.budget)
			break
		}
		if old := f.takeOld(x); old != nil {
			f.add(old)
			f.say("probe %d: %s %s is there already: %s", len(f.probes), f.what, loadText(x), f.verdict(old))
			continue
		}
		pr, err := f.probe(x)
		if err != nil {
			return err
		}
		if pr == nil { // stopped in the middle
			break
		}
		f.add(pr)
		f.say("probe %d: %s %s %s", len(f.probes), f.what, loadText(x), f.verdict(pr))
		if err := f.save(search.Answer{}); err != nil {
			return err
		}
	}
	return f.save(f.search.Answer(f.stopped() || f.spent))
}

// probe makes one probe; nil when the user stopped it.
func (f *finder) probe(x float64) (*findProbe, error) {
	pr := &findProbe{X: x, Dir: fmt.Sprintf("probe_%04d_%s_%s", len(f.probes)+1, f.what, loadText(x))}
	p := f.at(x, filepath.Join(f.base, pr.Dir))
	pr.Fingerprint = fingerprint(p)
	f.board.run(f.picture(pr), fmt.Sprintf("probe %d: %s %s", len(f.probes)+1, f.what, loadText(x)))
	j := newJudge(f.aims)
	m := &member{group: f.group, id: newRunID(), label: runLabel(len(f.probes)), trial: len(f.probes)}
	m.extra = append(m.extra, j)
	lost := make([]int64, len(f.aims))
	ses, err := f.one(p, m, func(ctx context.Context, s *session) { f.look(ctx, s, j, lost, pr) })
	if ses == nil {
		return nil, err
	}
	f.simulated = f.simulated || ses.info.Simulated
	if f.stopped() && ses.dropped == "" && (ses.result == nil || ses.result.Cancelled) {
		return nil, nil
	}
	if ses.result == nil || err != nil && len(f.probes) == 0 && ses.dropped == "" {
		return nil, err // another load would meet the same
	}
	for i := range lost {
		lost[i] = min(lost[i], ses.cutOff)
	}
	v, by := j.verdict(x, lost)
	v.Hopeless = ses.dropped != ""
	pr.Good, pr.Bad, pr.Share, pr.By, pr.Holds, pr.Hopeless = v.Good, v.Bad, v.Share, by.text, f.search.Holds(v), ses.dropped
	pr.Values = j.values()
	if err != nil && ses.dropped == "" {
		pr.Error, _, _ = strings.Cut(err.Error(), "\n")
	}
	pr.read(f.base, p)
	return pr, nil
}

// look watches a probe: it drops one that is hopeless, and keeps count of what
// is lost in flight for the end.
func (f *finder) look(ctx context.Context, s *session, j *judge, lost []int64, pr *findProbe) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	bad := 0
	told := time.Now()
	for {
		select {
		case <-s.live.Done():
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.live.Latest()
		if !measuring(now) {
			continue
		}
		if now.InFlight > 0 {
			for i := range f.aims {
				lost[i], _ = s.live.Late(f.aims[i].patience())
			}
		}
		f.underWay(pr, j, lost)
		why := j.hopeless(now.Phase.Progress, s.live.Late)
		if bad++; why == "" {
			bad = 0
		}
		if bad >= 3 { // not by one bad moment
			s.dropped = why
			s.live.Control.Stop(why)
			s.cut()
			return
		}
		if !f.quiet(f.profile) && time.Since(told) >= figuresEvery {
			told = time.Now()
			tellLine(f.env.Stderr, now)
		}
	}
}

// at is the profile of a probe.
func (f *finder) at(x float64, dir string) *profiles.Profile {
	p := f.profile.Trial(nil, 0, dir)
	if f.what == "rate" {
		p.Profiling().Rate.Put(x)
		return p
	}
	p.Profiling().Concurrency.Put(int(x))
	return p
}

func (f *finder) add(pr *findProbe) {
	f.probes = append(f.probes, pr)
	f.search.Add(search.Probe{X: pr.X, Good: pr.Good, Bad: pr.Bad, Share: pr.Share, Hopeless: pr.Hopeless != ""})
	f.board.set(f.picture(nil))
}

// loadText writes a load as short as it is.
func loadText(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
