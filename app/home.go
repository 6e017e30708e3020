package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tacho/app/tui"
	"tacho/export/ledger"
	"tacho/export/replay"
	"tacho/profiles"
)

// scanTime bounds how long the start screen waits for the ledger.
const scanTime = 2 * time.Second

// homeCommand is what tacho without a command stands for.
const homeCommand = "home"

const homeUsage = `usage: tacho [options]

The start screen: the runs made here, saved profiles, a form for a new run.
`

// home is tacho without a command on a terminal: the runs that were made, the
// saved profiles, and the ways on. From each of them one comes back to it.
func home(env Env, args []string) error {
	opts := tui.Options{Getenv: env.Getenv}
	fs := newFlags(homeCommand, homeUsage)
	lookFlags(fs, &opts)
	switch words, err := fs.read(env, args); {
	case err != nil:
		return err
	case len(words) > 0:
		return usagef("%s: takes options alone, not %s", homeCommand, words[0])
	case !env.Terminal:
		return withHint(usagef("the start screen needs a terminal"), "tacho help lists the commands")
	}
	return browse(env, opts, homeData, func(dir string) error {
		return replayCommand(env, lookArgs(opts, []string{"--", dir}))
	})
}

// browse shows runs to choose from, and comes back to them from whatever was
// chosen, until the user leaves. Open looks at one of them.
func browse(env Env, opts tui.Options, show func(Env) tui.HomeData, open func(dir string) error) error {
	var place tui.HomePlace
	word := "" // about what was chosen last
	leashed := env.Leash.held()
	for {
		data := show(env)
		if word != "" {
			data.Notice = word
		}
		var choice tui.Choice
		err := alive(func(ctx context.Context) (err error) {
			choice, err = tui.Home(ctx, data, opts, &place)
			return err
		})
		if err != nil || choice.Kind == tui.ChoseLeave {
			return err
		}
		if choice.Kind == tui.ChoseOpen {
			err = open(choice.Dir)
		} else {
			err = follow(env, choice, opts)
		}
		if code(err) > 128 || env.Leash.held() != leashed { // interrupted, or the terminal is the shell's again
			return err
		}
		word = ""
		if _, told := errors.AsType[*silentError](err); err != nil && !told {
			report(env.Stderr, err)
			word, _, _ = strings.Cut(err.Error(), "\n")
		}
		if choice.Kind != tui.ChoseOpen { // the newest run is on top
			place.Runs.Cursor, place.Runs.Key = tui.HomePlace{}.Runs.Cursor, 0
		}
	}
}

// alive shows a screen of its own until it ends or a signal does that.
func alive(show func(ctx context.Context) error) error {
	ctx, stop := signalContext()
	defer stop()
	err := show(ctx)
	switch {
	case errors.Is(err, tui.ErrTerminalLost):
		return &silentError{exitHangup}
	case ctx.Err() != nil:
		return &silentError{exitInterrupted}
	}
	return err
}

// follow does what was chosen, except to open a run.
func follow(env Env, choice tui.Choice, opts tui.Options) error {
	if choice.Kind == tui.ChoseDemo {
		return demo(env, lookArgs(opts, nil))
	}
	form, simulated, err := formFor(env, choice)
	if err != nil {
		return err
	}
	var result tui.Result
	err = alive(func(ctx context.Context) (err error) {
		result, err = tui.Form(ctx, form, opts)
		return err
	})
	if err != nil || !result.Run {
		return err
	}
	result.Args = lookArgs(opts, result.Args)
	return runForm(env, result, simulated)
}

// runForm runs what a form says, which is what its command line does. A run
// against a simulator that is gone gets a new one, unless the form names another
// server; simulated is then the URL of the first.
func runForm(env Env, result tui.Result, simulated string) error {
	p, o, err := readProfile(env, result.Base, result.Args)
	if err != nil {
		return err
	}
	if simulated != "" && slices.Equal(p.Endpoint.URLs.V, []string{simulated}) {
		s, _, err := startDemoServer()
		if err != nil {
			return err
		}
		defer s.Close()
		a := again{profile: p}
		a.against(s.URL())
		o.Notices = append(o.Notices, a.notices...)
	}
	return runProfile(env, p, o)
}

// homeData is what the start screen shows.
func homeData(env Env) tui.HomeData {
	ctx, cancel := context.WithTimeout(context.Background(), scanTime)
	defer cancel()
	runs, unreadable := ledger.Scan(ctx, "artifacts", ".")
	d := homeRuns(".", runs, unreadable)
	for _, p := range newProfileStore(env.Getenv).list() {
		d.Profiles = append(d.Profiles, tui.HomeProfile{Name: p.name, Path: p.path, Summary: p.doc, Command: "tacho profile @" + p.name})
	}
	return d
}

// homeRuns are runs as the start screen shows them.
func homeRuns(root string, runs []ledger.Entry, unreadable []string) tui.HomeData {
	d := tui.HomeData{Root: root}
	if n := len(unreadable); n > 0 {
		d.Notice = "this run cannot be read: " + unreadable[0]
		if n > 1 {
			d.Notice = fmt.Sprintf("%d runs cannot be read, one is %s", n, unreadable[0])
		}
	}
	for _, r := range runs {
		d.Runs = append(d.Runs, tui.HomeRun{
			Dir: r.Dir, Name: r.Tag, Model: r.Model, Endpoint: r.Endpoint, Host: r.URL, Load: r.Load, When: r.When, Length: r.Length,
			TTFT50: r.TTFT50, TTFT99: r.TTFT99, ITL50: r.ITL50, Latency50: r.Latency50, ReqSec: r.ReqSec, TokSec: r.TokSec,
			GoodShare: r.GoodShare, Requests: r.Requests, Errors: r.Errors, Verdict: r.Verdict, Reason: r.Reason,
			Trend: r.Trend, Origin: r.Origin, Command: r.Command, Simulated: r.Simulated,
		})
	}
	return d
}

// formFor fills the form with what was chosen; simulated is the URL of the
// simulator that the run to be repeated was against, else empty.
func formFor(env Env, c tui.Choice) (f tui.FormData, simulated string, err error) {
	store := newProfileStore(env.Getenv)
	f = tui.FormData{Title: "New run", Env: profileEnv(env), Save: func(name string, p *profiles.Profile) error {
		_, err := store.save(name, false, profiles.Encode(p))
		return err
	}}
	for _, p := range store.list() {
		if p.path != "" {
			f.Names = append(f.Names, p.name)
		}
	}
	switch c.Kind {
	case tui.ChoseProfile:
		f.Title = "@" + c.Profile
		f.Profile, _, err = readSaved(env, "@"+c.Profile, nil)
	case tui.ChoseAgain:
		f.Title = "Again: " + filepath.Base(c.Dir)
		f.Profile, simulated, err = repeated(c.Dir)
	}
	return f, simulated, err
}

// repeated are the options of the run that left a directory, ours or AIPerf's.
func repeated(dir string) (p *profiles.Profile, simulated string, err error) {
	d, err := replay.Open(dir)
	if err != nil {
		return nil, "", err
	}
	if d.Manifest != nil {
		a, err := readAgain(dir)
		if err != nil {
			return nil, "", err
		}
		if a.simulated && len(a.profile.Endpoint.URLs.V) > 0 {
			simulated = a.profile.Endpoint.URLs.V[0]
		}
		return a.profile, simulated, nil
	}
	if d.Run == nil {
		return nil, "", fmt.Errorf("%s does not say how the run was made: it has no summary", dir)
	}
	p, _, err = profiles.DecodeInputConfig(d.Run.InputConfig)
	if err != nil {
		return nil, "", err
	}
	p.Artifacts.Dir.Set = false
	return p, "", nil
}
