//go:build unix

package app

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tacho/engine/simserver"
)

// typed are the keys of a text.
func typed(text string) []string { return strings.Split(text, "") }

// TestStoryFromTheForm: a new run is filled in, saved as a profile and started;
// it comes back to the start screen, from where it is replayed and repeated. The
// same command line and the saved profile give the same run.
func TestStoryFromTheForm(t *testing.T) {
	t.Parallel()
	sim := startSim(t, simserver.Fast())
	d := newDesk(t)
	s := d.sit(120, 40, false)
	s.sees("Runs", "no runs")
	s.press("n")
	s.sees("New run", "Essentials")
	for _, o := range [][2]string{{"--model", "mock"}, {"--url", sim.URL()}, {"--num-requests", "6"}, {"--isl", "16"}, {"--osl", "8"}, {"--random-seed", "3"}, {"--num-prompts", "4"}} {
		s.press(append(append(append([]string{"/"}, typed(o[0])...), "\r", "e", "\x15"), append(typed(o[1]), "\r")...)...)
		found := "/" + o[0]
		s.sees(found, o[1], "space change")
		s.press("\x1b") // with a key right behind it would be that key with alt
		await(t, "the groups", func() bool { return !strings.Contains(s.screen(), found) })
	}
	s.press(append(append([]string{"s"}, typed("mine")...), "\r")...)
	s.sees("saved as mine")
	s.press("r")
	s.sees("DONE", "6 requests ok")
	s.press("q")
	s.sees("Runs", "mock")
	s.press("\r")
	s.sees("REPLAY", "values agree")
	s.press("q")
	s.sees("Runs", "mock")
	s.press("e")
	s.sees("Again:", "-rerun")
	s.press("r")
	s.sees("DONE", "6 requests ok")
	s.press("q")
	s.sees("Runs", "rerun")
	s.press("p")
	s.sees("mine")
	s.press("q")
	s.leaves(exitOK)
	s.sees("complete: 6 requests ok")

	runs, err := filepath.Glob(filepath.Join(d.dir, "artifacts", "*"))
	if err != nil || len(runs) != 2 {
		t.Fatalf("runs %v", runs)
	}
	config := func(dir string) any {
		var c any
		m := readJSON(t, filepath.Join(dir, "manifest.json"))
		b, _ := json.Marshal(m["profile"])
		_ = json.Unmarshal(b, &c)
		delete(c.(map[string]any), "artifacts") // where it went
		return c
	}
	form := config(runs[0])
	for name, args := range map[string][]string{
		"the command line": {"--model", "mock", "--url", sim.URL(), "--request-count", "6", "--isl", "16", "--osl", "8", "--random-seed", "3", "--num-dataset-entries", "4"},
		"the saved one":    {"@mine"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		if out, err := ends(t, d.command(append(append([]string{"profile"}, args...), "--artifact-dir", dir)...)); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		if got := config(dir); !reflect.DeepEqual(got, form) {
			t.Errorf("%s gives\n%v\nand the form\n%v", name, got, form)
		}
	}
}

// TestStoryOfTheDemo: from the start screen through steering, a mark, a frozen
// picture and the pages to the end, and back.
func TestStoryOfTheDemo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.sit(80, 24, false)
	s.sees("Runs")
	s.press("d")
	s.sees("SIMULATED", "PROFILING", "p99")
	s.press("+", "+")
	s.sees("of 18 in flight")
	s.press(append(append([]string{"m"}, typed("look here")...), "\r")...)
	s.sees("look here")
	s.press(" ")
	s.sees("FROZEN")
	s.press(" ")
	for _, page := range [][2]string{{"2", "TTFT ms"}, {"3", "Slices of 5 s"}, {"6", "recent"}, {"7", "Errors"}, {"8", "look here"}, {"9", "--concurrency"}, {"?", "this page"}} {
		s.press(page[0])
		s.sees(page[1])
	}
	s.press("\x1b")
	s.sees("setting", "default") // the page below
	s.press("6")
	s.sees("recent", " good")
	s.press("\r")
	s.sees("Request ", "TTFT")
	s.press("\x1b")
	s.sees("recent", " good")
	s.press("q")
	s.sees("Stop the run?")
	s.press("s")
	s.sees("Runs", "closed loop 16")
	s.press("\r")
	s.sees("REPLAY")
	s.press("\x1b[H") // to the beginning
	s.sees("PAUSED ◆")
	s.press(" ")
	s.sees("PLAYS x1")
	s.press(" ")
	s.sees("PAUSED")
	s.press("q")
	s.sees("Runs")
	s.press("q")
	s.leaves(exitOK)
	s.sees("tokens: ", "files: ") // the summary is in the scrollback
}
