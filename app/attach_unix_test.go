//go:build unix

package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine/simserver"
	"tacho/export"
	"tacho/export/replay"
)

// longDemo is a run that goes on until it is stopped.
var longDemo = []string{"demo", "--benchmark-duration", "600", "--artifact-dir", "run"}

// events are the texts of what was done to a run.
func events(t *testing.T, dir string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := export.DecodeEvents(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		out = append(out, string(e.Kind)+": "+e.Text)
	}
	return out
}

// TestHangUpAndAttach: the terminal goes, the run goes on, another terminal
// shows it whole, steers it and stops it.
func TestHangUpAndAttach(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.sit(120, 40, false, longDemo...)
	first.sees("PROFILING", "16 of 16 in flight")
	dir := filepath.Join(d.dir, "run")
	await(t, "records", func() bool { return records(dir) > 3 })
	first.hangUp()
	first.leaves(exitHangup)
	before := records(dir)
	await(t, "more records without a terminal", func() bool { return records(dir) > before+3 })

	list, err := ends(t, d.command("attach"))
	if runs := d.runs(); err != nil || len(runs) != 1 || !bytes.Contains(list, []byte(runs[0].ID)) {
		t.Fatalf("attach in a pipe: %v\n%s\nwant %+v", err, list, runs)
	}
	second := d.sit(120, 40, false, "attach")
	second.sees("PROFILING", "of 16 in flight", "+ - load")
	watcher := d.sit(80, 24, false, "attach", d.runs()[0].ID, "--watch")
	watcher.sees("PROFILING", "p50")
	if strings.Contains(watcher.screen(), "+ - load") {
		t.Errorf("a screen that only watches offers to steer:\n%s", watcher.screen())
	}
	second.press("+")
	second.sees("closed loop 17")
	watcher.sees("of 17 in flight")
	watcher.press("q")
	watcher.leaves(exitOK)

	second.press("8")
	second.sees("terminal lost, the run goes on", "a screen is back")
	second.press("q")
	second.sees("Stop the run?", "detach")
	second.press("s")
	second.leaves(exitOK)
	second.sees("profile_export_console.txt") // the list of files is in the scrollback
	await(t, "the end of the run's process", func() bool { return len(d.runs()) == 0 })
	if got, want := strings.Join(events(t, dir), "; "), "note: terminal lost, the run goes on; note: a screen is back; load: concurrency 16 → 17"; got != want {
		t.Errorf("events %q, want %q", got, want)
	}
	noHole(t, dir)
}

// noHole: a finished run's charts have a point for every moment of it.
func noHole(t *testing.T, dir string) {
	t.Helper()
	p, err := replay.Play(dir, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Seek(p.Timeline().Length)
	s := p.Latest()
	for i := 1; i < len(s.Series); i++ {
		if gap := s.Series[i].At - s.Series[i-1].At; gap != s.SeriesWidth {
			t.Errorf("the history jumps by %v at %v", gap, s.Series[i].At)
		}
	}
	if r := tacho(t, "verify", dir); r.code != exitOK {
		t.Errorf("verify: %s", r.stdout)
	}
}

// TestDetachGivesTheShellBack: d ends what the shell waits for, the run goes on,
// attach brings it back, and leaving it again does not stop it.
func TestDetachGivesTheShellBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.sit(80, 24, false, longDemo...)
	first.sees("PROFILING", "of 16 in flight")
	first.press("d")
	first.leaves(exitOK)
	first.sees("the run goes on; tacho attach " + d.runs()[0].ID)
	second := d.sit(80, 24, false, "attach", d.runs()[0].ID[:4])
	second.sees("PROFILING")
	second.press("d")
	second.leaves(exitOK)
	second.sees("the run goes on")
	third := d.sit(80, 24, false, "attach")
	third.sees("PROFILING")
	third.press("\x03")
	third.leaves(exitInterrupted)
	third.sees("cancelled:")
	await(t, "the end of the run's process", func() bool { return len(d.runs()) == 0 })
	r := d.command("attach")
	if _, err := ends(t, r); err == nil || r.ProcessState.ExitCode() != exitFailed {
		t.Errorf("attach without a run: exit code %d", r.ProcessState.ExitCode())
	}
}

// TestOnHangupStop: the run ends with its terminal, and is saved.
func TestOnHangupStop(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.sit(80, 24, false, append(longDemo, "--on-hangup", "stop")...)
	s.sees("PROFILING")
	dir := filepath.Join(d.dir, "run")
	await(t, "records", func() bool { return records(dir) > 3 })
	s.hangUp()
	s.leaves(exitHangup)
	await(t, "the end of the run's process", func() bool { return len(d.runs()) == 0 })
	if sum := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json")); sum["was_cancelled"] != true {
		t.Errorf("was_cancelled %v", sum["was_cancelled"])
	}
}

// TestNoPlaceForTheSocket: the user is told what a lost terminal means then.
func TestNoPlaceForTheSocket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := filepath.Join(d.dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.env = append(d.env, "XDG_RUNTIME_DIR="+file, "TMPDIR="+file)
	s := d.sit(200, 60, false, "demo", "--request-count", "4", "--concurrency", "4", "--artifact-dir", "run")
	s.sees("DONE")
	if strings.Contains(s.screen(), "detach") {
		t.Errorf("detach is offered:\n%s", s.screen())
	}
	s.press("q")
	s.leaves(exitOK)
	s.sees("if the terminal is lost, the run stops and is saved")
}

// TestStuckTerminal: nobody reads what the screen writes, and the schedule of an
// open loop is kept to the last request. BenchmarkStuckTerminal measures the lag.
func TestStuckTerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.sit(200, 60, true, "demo", "--request-rate", "40", "--arrival-pattern", "constant", "--concurrency", "200", "--request-count", "160",
		"--isl", "32", "--osl", "4", "--fps", "20", "--artifact-dir", "run")
	sum := filepath.Join(d.dir, "run", "profile_export_aiperf.json")
	await(t, "the end of the run", func() bool { _, err := os.Stat(sum); return err == nil })
	if n := records(filepath.Join(d.dir, "run")); n != 160 {
		t.Errorf("%d records, want 160", n)
	}
	// q asks while files are still written, and then it must be pressed again.
	await(t, "the end of the screen", func() bool {
		_, _ = s.tty.WriteString("q") // it may be gone by now
		select {
		case <-s.over:
			return true
		case <-time.After(time.Second):
			return false
		}
	})
	s.leaves(exitHangup) // a terminal that takes nothing is as good as gone
}

// BenchmarkStuckTerminal is the lag of sending while nobody reads the screen, and
// while somebody does, on a screen that is drawn 20 times a second.
//
//	go test -run '^$' -bench StuckTerminal -benchtime 1x ./app
func BenchmarkStuckTerminal(b *testing.B) {
	for _, deaf := range []bool{false, true} {
		b.Run(fmt.Sprintf("stuck=%v", deaf), func(b *testing.B) {
			for range b.N {
				d := newDesk(b)
				s := d.sit(200, 60, deaf, "demo", "--request-rate", "40", "--arrival-pattern", "constant", "--concurrency", "200",
					"--benchmark-duration", "30", "--isl", "32", "--osl", "16", "--fps", "20", "--artifact-dir", "run")
				sum := filepath.Join(d.dir, "run", "manifest.json")
				time.Sleep(30 * time.Second)
				await(b, "the end of the run", func() bool { _, err := os.Stat(sum); return err == nil })
				s.press("q")
				<-s.over
				m, err := readManifest(filepath.Dir(sum))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(m.Client.SendLag.P50), "lag-p50-ms")
				b.ReportMetric(float64(m.Client.SendLag.P99), "lag-p99-ms")
				b.ReportMetric(float64(records(filepath.Dir(sum))), "requests")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestSweepOutlivesItsTerminal: several runs under one screen go on as one does.
func TestSweepOutlivesItsTerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.sit(80, 24, false, "demo", "--concurrency", "2,4,8", "--request-count", "12", "--osl", "16", "--artifact-dir", "run")
	first.sees("PROFILING")
	first.hangUp()
	first.leaves(exitHangup)
	second := d.sit(120, 40, false, "attach")
	second.sees("sim/demo-8b")
	await(t, "the end of the sweep", func() bool { return len(d.runs()) == 0 })
	second.sees("DONE")
	second.press("q")
	second.leaves(exitOK)
	second.sees("most throughput")
}

// TestSearchOutlivesItsTerminal: a search goes on as well, when its terminal
// hangs up and when the user detaches, and its answer is on the screen that comes
// back.
func TestSearchOutlivesItsTerminal(t *testing.T) {
	for _, how := range []string{"hang up", "detach"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := startSim(t, simserver.Exact(50*time.Millisecond, 5*time.Millisecond, 10))
			d := newDesk(t)
			first := d.sit(80, 24, false, findArgs(s.URL(), "run", "--slo", "time_to_first_token:p50<60000", "--from", "2", "--to", "16", "--repeats", "1", "--price-per-hour", "2")...)
			first.sees("mock", "probe 1")
			if how == "detach" {
				first.press("d")
				first.leaves(exitOK)
			} else {
				first.hangUp()
				first.leaves(exitHangup)
			}
			second := d.sit(160, 50, false, "attach")
			second.sees("mock", " concurrency ")
			second.press("0")
			second.sees("Search", "TTFT p50 ms by concurrency")
			second.sees("ANSWER: concurrency 16, the highest asked for, holds", "per million output tokens")
			await(t, "the end of the search", func() bool { return len(d.runs()) == 0 })
			second.press("q")
			second.leaves(exitOK)
			second.sees("ANSWER: concurrency 16")
			if m := readJSON(t, filepath.Join(d.dir, "run", findFile)); m["finished"] != true {
				t.Errorf("the answer is %v", m["answer"])
			}
		})
	}
}
