package attach

import (
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tacho/engine/snap"
	"tacho/views/viewtest"
)

// fakeRun writes down how it was steered.
type fakeRun struct {
	snap.Cell
	mu  sync.Mutex
	did []string
}

func (r *fakeRun) note(format string, a ...any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.did = append(r.did, fmt.Sprintf(format, a...))
	return nil
}
func (r *fakeRun) steered() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.did, ", ")
}
func (r *fakeRun) Done() <-chan struct{}      { return nil }
func (r *fakeRun) Err() error                 { return nil }
func (r *fakeRun) Stop(reason string)         { _ = r.note("stop %s", reason) }
func (r *fakeRun) SetConcurrency(n int) error { return r.note("concurrency %d", n) }
func (r *fakeRun) SetRate(v float64) error {
	return errors.New("this load has no rate to change")
}
func (r *fakeRun) Hold(on bool) error                 { return r.note("hold %v", on) }
func (r *fakeRun) Mark(text string) error             { return r.note("mark %s", text) }
func (r *fakeRun) SetSLO(tag string, v float64) error { return r.note("slo %s %g", tag, v) }
func (r *fakeRun) SeriesPoints(server, key string, n int) []snap.SeriesPoint {
	return []snap.SeriesPoint{{At: time.Second, Value: float64(n)}}
}

// served is a run that screens can look at.
func served(t *testing.T) (dir string, run *fakeRun, helm *Helm, s *Server) {
	t.Helper()
	dir, err := os.MkdirTemp("", "at") // the paths of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	run, helm = new(fakeRun), new(Helm)
	run.Publish(viewtest.New().At(time.Minute))
	s, err = Serve(dir, Info{ID: "abc123", Version: "1", Start: time.Now(), Model: "Qwen3-8B", Dir: "/tmp/runs/chat-64"}, run, helm, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return dir, run, helm, s
}

func join(t *testing.T, dir string, steer Steer) *Remote {
	t.Helper()
	r, err := Join(dir, "abc123", Options{Version: "1", Steer: steer, Every: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// until waits for something that takes no more than a few looks.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what, "did not come")
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestOneSteersManyWatch: the first has the helm, another takes it over or gets
// it when it is free, and the local screen comes first.
func TestOneSteersManyWatch(t *testing.T) {
	dir, run, helm, _ := served(t)
	first, second := join(t, dir, SteerIfFree), join(t, dir, SteerIfFree)
	if !first.Steers() || second.Steers() {
		t.Fatalf("first steers %v, second %v", first.Steers(), second.Steers())
	}
	if err := (Wheel{first}).SetConcurrency(9); err != nil {
		t.Error(err)
	}
	if err := (Wheel{second}).SetConcurrency(10); err == nil || !strings.Contains(err.Error(), "another screen") {
		t.Errorf("the second screen: %v", err)
	}
	third := join(t, dir, SteerInsist)
	if err := (Wheel{first}).Hold(true); err == nil {
		t.Error("the first still steers after the third took over")
	}
	for _, err := range []error{(Wheel{third}).Hold(true), (Wheel{third}).SetSLO("time_to_first_token", 200), (Wheel{first}).Mark("seen")} {
		if err != nil {
			t.Error(err)
		}
	}
	if err := (Wheel{third}).SetRate(3); err == nil || err.Error() != "this load has no rate to change" {
		t.Errorf("the run's own answer: %v", err)
	}
	Wheel{third}.Stop("enough")
	third.Close()
	until(t, "a free helm", func() bool {
		r := join(t, dir, SteerIfFree)
		defer r.Close()
		return r.Steers()
	})
	local := helm.Local(run)
	if err := local.SetConcurrency(11); err != nil {
		t.Error(err)
	}
	fourth := join(t, dir, SteerIfFree)
	if fourth.Steers() {
		t.Error("an attached screen steers beside the local one")
	}
	if got, want := run.steered(), "concurrency 9, hold true, slo time_to_first_token 200, mark seen, stop enough, concurrency 11"; got != want {
		t.Errorf("the run was steered: %s\nwant %s", got, want)
	}
	for _, r := range []*Remote{first, second, fourth} {
		r.Close()
	}
}

// TestWatching: pictures arrive, series are fetched while they are looked at,
// and the end comes with its outcome.
func TestWatching(t *testing.T) {
	dir, run, _, s := served(t)
	r := join(t, dir, SteerNever)
	defer r.Close()
	if r.Steers() || r.Latest().Done != run.Latest().Done {
		t.Errorf("steers %v, %d requests done", r.Steers(), r.Latest().Done)
	}
	next := viewtest.New().At(90 * time.Second)
	run.Publish(next)
	until(t, "the next picture", func() bool { return r.Latest().At == next.At })
	until(t, "a series", func() bool { p := r.SeriesPoints("gpu-box:8000", "queue", 7); return len(p) == 1 && p[0].Value == 7 })
	run.Publish(viewtest.Done())
	s.Finish(Outcome{Text: "the tables", Code: 3})
	s.Close()
	until(t, "the end of the run", func() bool { return closed(r.Done()) })
	if o := r.Outcome(); o == nil || o.Text != "the tables" || o.Code != 3 {
		t.Errorf("outcome %+v", o)
	}
	if got := r.Latest(); got.State != snap.Done || r.Err() != nil {
		t.Errorf("state %s, error %v", got.State, r.Err())
	}
	if _, err := os.Stat(filepath.Join(dir, "abc123"+ending)); err == nil {
		t.Error("the socket is still there")
	}
}

// TestStuckScreen: one that asks and never reads holds up neither the others nor
// the end of the run.
func TestStuckScreen(t *testing.T) {
	dir, run, _, s := served(t)
	stuck, err := net.Dial("unix", filepath.Join(dir, "abc123"+ending))
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	enc := gob.NewEncoder(stuck)
	if err := enc.Encode(&ask{Word: wordJoin, Protocol: protocol, Version: "1"}); err != nil {
		t.Fatal(err)
	}
	_ = stuck.SetWriteDeadline(time.Now().Add(time.Second))
	for range 1000 { // its answers fill the socket, and then nobody takes its words
		if enc.Encode(&ask{Word: wordJoin, Protocol: protocol, Version: "1"}) != nil {
			break
		}
	}
	r := join(t, dir, SteerNever)
	defer r.Close()
	for i := range 20 {
		next := viewtest.New().At(time.Minute + time.Duration(i)*time.Second)
		run.Publish(next)
		until(t, "a picture", func() bool { return r.Latest().At == next.At })
	}
	s.Finish(Outcome{})
	ended := make(chan struct{})
	go func() { s.Close(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(lastLook + 20*time.Second):
		t.Fatal("the end of the run waits for a screen that is stuck")
	}
}

// TestRunThatIsGone: a screen says so and does not wait for ever.
func TestRunThatIsGone(t *testing.T) {
	dir, _, _, s := served(t)
	r := join(t, dir, SteerIfFree)
	defer r.Close()
	s.Close() // without an outcome, as when the process dies
	until(t, "the end of the run", func() bool { return closed(r.Done()) })
	if !errors.Is(r.Err(), ErrGone) || r.Latest().State != snap.Failed || r.Outcome() != nil {
		t.Errorf("error %v, state %s", r.Err(), r.Latest().State)
	}
	if _, err := Join(dir, "abc123", Options{Version: "1"}); err == nil {
		t.Error("one can join a run that is gone")
	}
}

func TestOtherVersion(t *testing.T) {
	dir, _, _, _ := served(t)
	if _, err := Join(dir, "abc123", Options{Version: "2"}); err == nil || !strings.Contains(err.Error(), "tacho 1") {
		t.Errorf("joined with another version: %v", err)
	}
}

// TestListAndFind: what goes on is found by id, beginning, tag and folder, and
// the socket of a dead process goes.
func TestListAndFind(t *testing.T) {
	dir, _, _, _ := served(t)
	dead := filepath.Join(dir, "dead00"+ending)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
	List(dir)
	if _, err := os.Lstat(dead); err != nil {
		t.Errorf("a socket that is not listened on yet: %v", err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(dead, long, long); err != nil {
		t.Fatal(err)
	}
	all := List(dir)
	if len(all) != 1 || all[0].ID != "abc123" || all[0].Model == "" {
		t.Fatalf("list %+v", all)
	}
	if _, err := os.Stat(dead); err == nil {
		t.Error("the socket of a dead process is still there")
	}
	for _, word := range []string{"", "abc", all[0].Dir, filepath.Base(all[0].Dir)} {
		if len(Find(all, word)) != 1 {
			t.Errorf("%q finds nothing", word)
		}
	}
	if len(Find(all, "xyz")) != 0 {
		t.Error("xyz finds something")
	}
}

// TestOnlyTheUserGetsIn: modes of folder and socket, and whose they are.
func TestOnlyTheUserGetsIn(t *testing.T) {
	base, err := os.MkdirTemp("", "at")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	getenv := func(name string) string {
		if name == "XDG_RUNTIME_DIR" {
			return base
		}
		return ""
	}
	want := filepath.Join(base, "tacho")
	if err := os.Mkdir(want, 0o777); err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(want, 0o777)
	dir, err := Dir(getenv)
	if err != nil || dir != want {
		t.Fatalf("folder %s, %v", dir, err)
	}
	s, err := Serve(dir, Info{ID: "m", Version: "1"}, new(fakeRun), new(Helm), Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "m"+ending): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != mode {
			t.Errorf("%s: mode %v, want %v (%v)", path, st.Mode().Perm(), mode, err)
		}
	}
	other := filepath.Join(base, "link")
	if err := os.Symlink(dir, other); err != nil {
		t.Fatal(err)
	}
	if err := private(other); err == nil {
		t.Error("a link to somewhere is taken for a folder of ours")
	}
	if os.Geteuid() == 0 { // only the administrator can give files away
		theirs := filepath.Join(base, "theirs")
		if err := errors.Join(os.Mkdir(theirs, 0o700), os.Chown(theirs, 12345, 12345)); err != nil {
			t.Fatal(err)
		}
		if err := private(theirs); err == nil || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("the folder of another user: %v", err)
		}
	}
}
