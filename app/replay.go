package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"tacho/app/tui"
	"tacho/engine/endpoint"
	"tacho/engine/snap"
	"tacho/export/aiperf"
	"tacho/export/replay"
)

const replayUsage = `usage: tacho replay DIR... [--speed X] [--at 00:30] [--against DIR] [options]

Plays recorded runs, tacho's or AIPerf's: the live screen at any moment of them,
one directory after the other. space plays, the arrows move, ? lists the keys.
The folder of a sweep, of repeats or of a search shows its runs to choose from.
In a pipe it prints the final tables, whether they follow from the records, and
what is missing. DIR may also be the tag or the folder name of a run below this
folder, or "last".

  --speed X      play at once, X seconds of the run per second: 1 to 1000
  --at TIME      begin there: 00:30, 1:02:03, 90s or 50%; otherwise at the end,
                 or at the beginning with --speed
  --against DIR  draw another run behind
`

// replayOptions is the command line of tacho replay.
type replayOptions struct {
	dirs    []string
	speed   float64
	at      string
	against string
	ui      tui.Options
}

func readReplayOptions(env Env, args []string) (replayOptions, error) {
	var o replayOptions
	fs := newFlags("replay", replayUsage)
	fs.Float64Var(&o.speed, "speed", 0, "")
	fs.StringVar(&o.at, "at", "", "")
	fs.StringVar(&o.against, "against", "", "")
	lookFlags(fs, &o.ui)
	var err error
	if o.dirs, err = fs.read(env, args); err != nil {
		return o, err
	}
	given := false
	fs.Visit(func(f *flag.Flag) { given = given || f.Name == "speed" })
	switch {
	case len(o.dirs) == 0:
		return o, withHint(usagef("replay: no directory"), "tacho replay DIR opens the artifacts of a run")
	case given && !(o.speed > 0 && o.speed <= 1000):
		return o, usagef("--speed %g: must be above 0 and at most 1000", o.speed)
	case !env.Terminal && (given || o.at != "" || o.against != ""):
		return o, withHint(usagef("replay: --speed, --at and --against need a terminal"), "without them the result is printed")
	}
	if _, err := parseMoment(o.at, time.Hour); err != nil {
		return o, err
	}
	return o, nil
}

// parseMoment reads a time in a run of some length: 00:30, 1:02:03, 90s, 50%.
// An empty one is the end.
func parseMoment(text string, length time.Duration) (time.Duration, error) {
	bad := usagef("--at %q: must be a time such as 00:30, 1:02:03, 90s or 50%%", text)
	switch {
	case text == "":
		return length, nil
	case strings.HasSuffix(text, "%"):
		v, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err != nil || !(v >= 0 && v <= 100) {
			return 0, bad
		}
		return time.Duration(v / 100 * float64(length)), nil
	case !strings.Contains(text, ":"):
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return 0, bad
		}
		return d, nil
	}
	parts := strings.Split(text, ":")
	if len(parts) > 3 {
		return 0, bad
	}
	sum := 0.0
	for _, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil || !(v >= 0 && v < 1e6) {
			return 0, bad
		}
		sum = sum*60 + v
	}
	return time.Duration(sum * float64(time.Second)), nil
}

// replayCommand plays recorded runs, or prints their results in a pipe.
func replayCommand(env Env, args []string) error {
	o, err := readReplayOptions(env, args)
	if err != nil {
		return err
	}
	ctx, stop := signalContext()
	defer stop()
	// The columns of a long run are most of the memory: let little more be.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	for _, dir := range o.dirs {
		f := folderOf(dir)
		switch {
		case env.Terminal && f != nil:
			err = f.list(env, o.ui, func(dir string) error { return showReplay(ctx, env, dir, o) })
		case env.Terminal:
			err = showReplay(ctx, env, dir, o)
		case f != nil:
			err = f.print(ctx, env)
		default:
			err = printReplay(ctx, env, dir, len(o.dirs) > 1)
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return &silentError{exitInterrupted}
		}
	}
	return nil
}

// openReplay opens a directory, with a hint where runs are if it is none.
func openReplay(name string, o replay.Options) (*replay.Player, error) {
	dir, err := findRun(name)
	if err != nil {
		return nil, err
	}
	p, err := replay.Play(dir, o)
	if err == nil {
		return p, nil
	}
	return nil, withHint(err, "give the folder with profile_export_aiperf.json or profile_export.jsonl")
}

// showReplay plays a run on the screen until the user leaves it.
func showReplay(ctx context.Context, env Env, dir string, o replayOptions) error {
	sayReading(env.Stderr, dir)
	p, err := openReplay(dir, replay.Options{Speed: o.speed})
	if err != nil {
		return err
	}
	defer p.Close()
	at, err := parseMoment(o.at, p.Timeline().Length)
	if err != nil {
		return err
	}
	if o.speed > 0 && o.at == "" {
		at = 0
	}
	p.Seek(at)
	p.Play(o.speed > 0)
	ui := o.ui
	ui.Getenv, ui.Command = env.Getenv, p.Command()
	if o.against != "" {
		g, err := openGhost(o.against)
		if err != nil {
			return err
		}
		defer g.Close()
		ui.Ghost = g
	}
	briefly(p)
	err = tui.Run(ctx, p, ui)
	if errors.Is(err, tui.ErrTerminalLost) {
		return &silentError{exitHangup}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// shortCheck is how long the first frame may wait for the numbers to be checked:
// those of a short run are there when it comes.
const shortCheck = 150 * time.Millisecond

// briefly waits for the check of a run.
func briefly(p *replay.Player) {
	select {
	case <-p.Checked():
	case <-time.After(shortCheck):
	}
}

// sayReading says what takes its time, on a terminal that shows nothing yet.
func sayReading(w io.Writer, dir string) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, f := range files {
		st, err := f.Info()
		if err == nil && strings.HasSuffix(f.Name(), ".jsonl") && !strings.HasSuffix(f.Name(), "_raw.jsonl") && st.Size() > 200<<20 {
			fmt.Fprintf(w, "reading %s, %.1f GB\n", filepath.Join(dir, f.Name()), float64(st.Size())/1e9)
		}
	}
}

// printReplay prints the result of a run and what can be said of its files.
func printReplay(ctx context.Context, env Env, dir string, titled bool) error {
	p, err := openReplay(dir, replay.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	select {
	case <-p.Checked():
	case <-ctx.Done():
		return nil // Close ends the check
	}
	p.Seek(p.Timeline().Length)
	s := p.Latest()
	w := env.Stdout
	if titled {
		fmt.Fprintf(w, "== %s\n", dir)
	}
	if run := p.Result(); run != nil && run.Valid() > 0 {
		shown := *run
		shown.ShowTrace = false
		if e, err := endpoint.Lookup(s.Run.Endpoint); err == nil {
			shown.Title = e.Spec().Title
		}
		w.Write(aiperf.EncodeConsole(&shown))
	}
	printOutcome(w, p.Timeline(), s, p.Command())
	return nil
}

// printOutcome says how a recorded run ended, who made it, and what is missing.
func printOutcome(w io.Writer, t *snap.Timeline, s *snap.Snapshot, command string) {
	fmt.Fprintln(w)
	if s.Run.Simulated {
		fmt.Fprintln(w, "SIMULATED server: these numbers say nothing about real hardware.")
	}
	fmt.Fprintln(w, s.Verdict)
	for _, e := range s.ErrorGroups {
		fmt.Fprintf(w, "  %d × %s %s\n", e.Count, e.Kind, e.Message)
	}
	mixed(w, s.Segments)
	fmt.Fprintf(w, "made by %s", t.Origin)
	if !s.Run.StartWall.IsZero() {
		fmt.Fprintf(w, ", %s", s.Run.StartWall.Format("2006-01-02 15:04:05"))
	}
	fmt.Fprintf(w, ", in %s\n", t.Dir)
	if command != "" {
		fmt.Fprintln(w, "command:", command)
	}
	fmt.Fprintln(w, "check:  ", t.Check)
	const most = 10
	for i, d := range t.Differ {
		if i == most {
			fmt.Fprintf(w, "         tacho verify %s lists all\n", t.Dir)
			break
		}
		fmt.Fprintln(w, "        ", d)
	}
	for _, m := range t.Missing {
		fmt.Fprintln(w, "missing:", m)
	}
}
