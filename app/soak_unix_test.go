//go:build unix

package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"tacho/engine/simserver"
)

// soakEnv is how long the soak lasts, soakSeed what it begins with; both are for
// people: TACHO_SOAK=60s go test -run TestSoak ./app -v.
const (
	soakEnv  = "TACHO_SOAK"
	soakSeed = "TACHO_SOAK_SEED"
)

// soakMemory is what no process of the program may reach.
const soakMemory = 400 << 20

// scene is something to drive at random.
type scene struct {
	name  string
	args  func(i int) []string
	sees  string
	quiet string // keys left out
	codes []int
	// files are those that must be there in the end.
	files func(i int) []string
}

// soakKeys are the keys of all tables, and what is typed into lines.
var soakKeys = func() []string {
	var keys []string
	for r := ' '; r <= '~'; r++ {
		if r != 'q' && r != 'd' { // those end the run too often: see below
			keys = append(keys, string(r))
		}
	}
	special := []string{"\r", "\r", "\x1b", "\t", "\x1b[Z", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[1;2C", "\x1b[1;2D",
		"\x0c", "\x04", "\x15", "\x17", "\x7f", "\x1a", "\x1b[I", "\x1b[O", "ü", "漢", "\x1b[200~pasted\ntext\x1b[201~", ":slo time_to_first_token 200\r", ":conc\t", "/ttft>300\r", "mnote\r", "\x1b[<65;10;10M"}
	for range 3 { // as often as a letter of a table
		keys = append(keys, special...)
	}
	return append(keys, "1", "2", "3", "4", "5", "6", "7", "8", "9", "6\r", "3[[", "0", "z", "2c", " ", " ", "q", "d")
}()

func soakScenes(sim string) []scene {
	dir := func(kind string) func(int) string {
		return func(i int) string { return kind + strconv.Itoa(i) }
	}
	done := []int{exitOK, exitInterrupted}
	complete := func(kind string) func(int) []string {
		return func(i int) []string {
			return []string{filepath.Join(dir(kind)(i), "profile_export_aiperf.json"), filepath.Join(dir(kind)(i), "manifest.json")}
		}
	}
	nothing := func(int) []string { return nil }
	return []scene{
		{"live", func(i int) []string {
			return []string{"demo", "--benchmark-duration", "600", "--slice-duration", "1", "--artifact-dir", dir("live")(i)}
		}, "PROFILING", "", done, complete("live")},
		{"replay", func(int) []string { return []string{"replay", "played", "--speed", "20", "--mouse"} }, "REPLAY", "", done, nothing},
		{"home", func(int) []string { return nil }, "Runs", "ryo", done, nothing}, // nothing but the demo is run: see below
		{"rate", func(i int) []string {
			return []string{"profile", "-m", "mock", "-u", sim, "--streaming", "--request-rate", "30", "--benchmark-duration", "600", "--goodput", "time_to_first_token:5",
				"--artifact-dir", dir("rate")(i), "--low-bandwidth", "--on-hangup", "stop"}
		}, "PROFILING", "", done, complete("rate")},
		{"find", func(i int) []string {
			return []string{"find", "-m", "mock", "-u", sim, "--streaming", "--slo", "time_to_first_token:p90<400", "--benchmark-duration", "2", "--to", "16", "--price-per-hour", "3", "--artifact-dir", dir("find")(i)}
		}, "mock", "", append([]int{exitSLO, exitInconclusive}, done...), func(i int) []string { return []string{dir("find")(i)} }},
		{"folder", func(int) []string { return []string{"replay", "."} }, "Runs", "ryo", done, nothing},
		{"sweep", func(i int) []string {
			return []string{"profile", "-m", "mock", "-u", sim, "--streaming", "--concurrency", "1,2,4,8", "--benchmark-duration", "2", "--artifact-dir", dir("sweep")(i)}
		}, "mock", "", done, func(i int) []string { return []string{dir("sweep")(i)} }},
	}
}

// TestSoak: the program on terminals that change their size at random, under
// random keys. It never fails, goes on drawing, ends when it is told to, leaves no
// goroutine behind, gives the terminal back as it was, and its files are there.
func TestSoak(t *testing.T) {
	t.Parallel()
	length, seed := 3*time.Second, uint64(1) // the same keys each time, unless it is to find something
	if text := os.Getenv(soakEnv); text != "" {
		var err error
		seed = uint64(time.Now().UnixNano())
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := strconv.ParseUint(os.Getenv(soakSeed), 10, 64); err == nil {
		seed = n
	}
	t.Logf("%s=%d", soakSeed, seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	sim := startSim(t, simserver.Demo())
	d := newDesk(t, leaksEnv+"=1")
	fast := startSim(t, simserver.Fast())
	if out, err := d.command("profile", "-m", "mock", "-u", fast.URL(), "--streaming", "--request-count", "200", "--concurrency", "4", "--osl", "32", "--slice-duration", "0.2", "--artifact-dir", "played").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	scenes := soakScenes(sim.URL())
	each := min(max(length/time.Duration(len(scenes)), 600*time.Millisecond), 8*time.Second)
	begun := time.Now()
	for i := 0; i < 3 || time.Since(begun) < length; i++ {
		soak(t, d, &scenes[i%len(scenes)], i/len(scenes), each, rnd)
		if t.Failed() {
			t.Fatalf("%s=%d", soakSeed, seed)
		}
	}
}

// soak drives one scene.
func soak(t *testing.T, d *desk, sc *scene, i int, length time.Duration, rnd *rand.Rand) {
	t.Helper()
	before := freshTerminal(t)
	s := d.sit(80, 24, false, sc.args(i)...)
	s.sees(sc.sees)
	var trail []string
	fail := func(format string, a ...any) {
		t.Helper()
		t.Errorf("%s: %s\nkeys %q\nscreen:\n%s", sc.name, fmt.Sprintf(format, a...), trail[max(0, len(trail)-60):], s.screen())
	}
	after := func() bool { // the program has ended by itself
		select {
		case <-s.over:
			return true
		default:
			return false
		}
	}
	for end := time.Now().Add(length); time.Now().Before(end) && !after(); {
		k := soakKeys[rnd.IntN(len(soakKeys))]
		if rnd.IntN(15) == 0 {
			s.resize(20+rnd.IntN(231), 5+rnd.IntN(76))
		}
		if strings.ContainsAny(k, sc.quiet) || strings.HasPrefix(k, "\x1b[200") && sc.quiet != "" {
			continue
		}
		trail = append(trail, k)
		if _, err := s.tty.WriteString(k); err != nil {
			break // it is about to end
		}
		if k == "\r" && sc.quiet != "" { // on the start screen no form is to run what was typed at random
			_, _ = s.tty.WriteString("\x1b")
		}
		time.Sleep(time.Duration(rnd.IntN(25)) * time.Millisecond)
		if len(trail)%50 == 0 {
			if rss := memory(d, s); rss > soakMemory {
				fail("%d MB of memory", rss>>20)
				return
			}
		}
	}
	if !after() { // it still draws
		s.resize(110, 30)
		alive := func() bool {
			if after() {
				return true
			}
			_, _ = s.tty.WriteString("\x0c")
			now := s.screen()
			return strings.Contains(now, " tacho ")
		}
		for limit := time.Now().Add(20 * time.Second); !alive(); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(limit) {
				fail("it does not draw any more")
				return
			}
		}
	}
	for limit := time.Now().Add(40 * time.Second); !after(); time.Sleep(100 * time.Millisecond) {
		_, _ = s.tty.WriteString("\x03")
		if time.Now().After(limit) {
			fail("it does not end")
			return
		}
	}
	code := s.cmd.ProcessState.ExitCode()
	if w, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signal() == syscall.SIGINT {
		code = exitInterrupted // the last ctrl-c came when the terminal was the shell's again
	}
	if !slices.Contains(sc.codes, code) {
		fail("exit code %d", code)
	}
	for _, r := range d.runs() { // detached ones go on
		_ = syscall.Kill(r.PID, syscall.SIGTERM)
	}
	await(t, "the end of what was detached", func() bool { return len(d.runs()) == 0 })
	await(t, "the shell's screen", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return !s.alt && !s.emu.CursorHidden()
	})
	if now, err := term.GetState(s.tty.Fd()); err != nil || !reflect.DeepEqual(now, before) {
		fail("the modes of the terminal are %+v, before %+v (%v)", now, before, err)
	}
	s.mu.Lock()
	said := bytes.Clone(s.said)
	s.mu.Unlock()
	for _, bad := range []string{"panic", "goroutine ", "the screen failed", "LEAKED"} {
		if at := bytes.Index(said, []byte(bad)); at >= 0 {
			fail("it said %q", said[at:min(len(said), at+4000)])
			break
		}
	}
	for _, f := range sc.files(i) {
		if strings.HasSuffix(f, ".json") && !answered(filepath.Join(d.dir, filepath.Dir(f))) {
			continue // it was cut before the first answer: there is nothing to sum up
		}
		if _, err := os.Stat(filepath.Join(d.dir, f)); err != nil {
			found, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Join(d.dir, f)), "*"))
			fail("%v; there are %q", err, found)
		}
	}
}

// answered reports that a run has a good record.
func answered(dir string) bool {
	data, _ := os.ReadFile(filepath.Join(dir, "profile_export.jsonl"))
	for line := range bytes.Lines(data) {
		var r struct{ Error any }
		if json.Unmarshal(line, &r) == nil && r.Error == nil {
			return true
		}
	}
	return false
}

// freshTerminal are the modes that a terminal begins with.
func freshTerminal(t *testing.T) *term.State {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	st, err := term.GetState(master.Fd())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// memory is that of the largest process of the program, in bytes; 0 where the
// system does not tell.
func memory(d *desk, s *seat) (most int64) {
	pids := []int{s.cmd.Process.Pid}
	for _, r := range d.runs() {
		pids = append(pids, r.PID)
	}
	for _, pid := range pids {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			continue
		}
		if f := strings.Fields(string(data)); len(f) > 1 {
			pages, _ := strconv.ParseInt(f[1], 10, 64)
			most = max(most, pages*int64(os.Getpagesize()))
		}
	}
	return most
}
