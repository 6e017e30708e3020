package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tacho/app/tui"
	"tacho/export"
	"tacho/export/ledger"
	"tacho/export/replay"
	"tacho/profiles"
)

// scanTime bounds how long the start screen waits for the ledger.
const scanTime = 2 * time.Second

// home is tacho without a command on a terminal: the runs that were made, the
// saved profiles, and the ways on.
func home(env Env) error {
	opts := tui.Options{Getenv: env.Getenv}
	for {
		choice, err := tui.Home(context.Background(), homeData(env), opts)
		if err != nil || choice.Kind == tui.ChoseLeave {
			return err
		}
		switch choice.Kind {
		case tui.ChoseDemo:
			return demo(env, nil)
		case tui.ChoseOpen:
			return openRun(env, choice.Dir)
		}
		form, err := formFor(env, choice)
		if err != nil {
			return err
		}
		result, err := tui.Form(context.Background(), form, opts)
		if err != nil {
			return err
		}
		if result.Run {
			return profile(env, result.Args)
		}
	}
}

// homeData is what the start screen shows.
func homeData(env Env) tui.HomeData {
	ctx, cancel := context.WithTimeout(context.Background(), scanTime)
	defer cancel()
	runs, unreadable := ledger.Scan(ctx, "artifacts", ".")
	d := tui.HomeData{Root: "."}
	if unreadable > 0 {
		d.Notice = fmt.Sprintf("%d directories of runs cannot be read", unreadable)
	}
	for _, r := range runs {
		d.Runs = append(d.Runs, tui.HomeRun{
			Dir: r.Dir, Name: r.Tag, Model: r.Model, Endpoint: r.Endpoint, Host: r.URL, Load: r.Load, When: r.When, Length: r.Length,
			TTFT50: r.TTFT50, TTFT99: r.TTFT99, ITL50: r.ITL50, Latency50: r.Latency50, ReqSec: r.ReqSec, TokSec: r.TokSec,
			GoodShare: r.GoodShare, Requests: r.Requests, Errors: r.Errors, Verdict: r.Verdict, Reason: r.Reason,
			Trend: r.Trend, Origin: r.Origin, Command: r.Command, Simulated: r.Simulated,
		})
	}
	for _, p := range newProfileStore(env.Getenv).list() {
		d.Profiles = append(d.Profiles, tui.HomeProfile{Name: p.name, Path: p.path, Summary: p.doc, Command: "tacho profile @" + p.name})
	}
	return d
}

// formFor fills the form with what was chosen.
func formFor(env Env, c tui.Choice) (tui.FormData, error) {
	store := newProfileStore(env.Getenv)
	f := tui.FormData{Title: "New run", Env: profileEnv(env), Save: func(name string, p *profiles.Profile) error {
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
		p, _, err := readSaved(env, "@"+c.Profile, nil)
		if err != nil {
			return f, err
		}
		f.Profile = p
	case tui.ChoseAgain:
		f.Title = "Again: " + filepath.Base(c.Dir)
		d, err := replay.Open(c.Dir)
		if err != nil {
			return f, err
		}
		var config []byte
		switch {
		case d.Manifest != nil:
			config = d.Manifest.Profile
		case d.Run != nil:
			config = d.Run.InputConfig
		}
		p, _, err := profiles.DecodeInputConfig(config)
		if err != nil {
			return f, err
		}
		p.Artifacts.Dir.Set = false
		f.Profile = p
	}
	return f, nil
}

// openRun prints the tables of a finished run and checks them.
func openRun(env Env, dir string) error {
	d, err := replay.Open(dir)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(d.Names.Of(export.Console))))
	switch {
	case err == nil && (env.Width == 0 || env.Width >= consoleWidth):
		env.Stdout.Write(b)
	case d.Run != nil:
		narrowTable(env.Stdout, d.Run.Summary, max(env.Width, 60))
	}
	fmt.Fprintf(env.Stdout, "\n%s\n", dir)
	for _, m := range d.Missing {
		fmt.Fprintf(env.Stdout, "missing: %s: %s\n", m.Name, m.Why)
	}
	report, err := d.Verify()
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(report.String(), "\n")
	fmt.Fprintln(env.Stdout, line)
	if !report.OK() {
		return errors.New("the summary does not follow from the records; tacho verify " + dir + " lists the differences")
	}
	return nil
}
