package ledger

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/export"
)

const goldens = "../../testdata/aiperf-0.13"

// TestMain keeps the tests out of the user's cache.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ledger-test-*")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_CACHE_HOME", dir)
	os.Setenv("HOME", dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func TestScanFindsTheGoldens(t *testing.T) {
	runs, unreadable := Scan(context.Background(), goldens)
	if len(runs) < 28 || len(unreadable) != 0 {
		t.Fatalf("%d runs, %q unreadable", len(runs), unreadable)
	}
	for i, r := range runs {
		if i > 0 && r.When.After(runs[i-1].When) {
			t.Errorf("%s is before %s: not the newest first", runs[i-1].Dir, r.Dir)
		}
		if !filepath.IsAbs(r.Dir) || r.When.IsZero() {
			t.Errorf("%+v", r)
		}
		for _, no := range []string{"phases", "aggregate", "inputs"} {
			if slices.Contains(strings.Split(r.Dir, string(filepath.Separator)), no) {
				t.Errorf("%s is no run", r.Dir)
			}
		}
	}
	again, _ := Scan(context.Background(), goldens, goldens+"/sweep", goldens)
	if !sameRuns(runs, again) {
		t.Error("a second scan, of the same folders twice, finds something else")
	}
}

// sameRuns compares lists in which NaN equals itself.
func sameRuns(a, b []Entry) bool {
	return slices.EqualFunc(a, b, func(x, y Entry) bool {
		if !x.When.Equal(y.When) {
			return false
		}
		for _, p := range []struct{ x, y *float64 }{
			{&x.TTFT50, &y.TTFT50}, {&x.TTFT99, &y.TTFT99}, {&x.ITL50, &y.ITL50}, {&x.ITL99, &y.ITL99}, {&x.Latency50, &y.Latency50},
			{&x.ReqSec, &y.ReqSec}, {&x.TokSec, &y.TokSec}, {&x.GoodShare, &y.GoodShare},
		} {
			if math.IsNaN(*p.x) && math.IsNaN(*p.y) {
				*p.x, *p.y = 0, 0
			}
		}
		x.When, y.When = time.Time{}, time.Time{}
		return reflect.DeepEqual(x, y)
	})
}

func TestReadAIPerfsDirectory(t *testing.T) {
	e, found, err := readDir(filepath.Join(goldens, "chat_stream"))
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if e.Origin != "AIPerf 0.13.0" || e.Model != "mock-model" || e.Endpoint != "chat" || e.Load != "closed loop 4" || e.Requests != 60 || e.Errors != 0 {
		t.Errorf("%+v", e)
	}
	if math.Abs(e.TTFT50-56.0318755) > 1e-9 || math.Abs(e.ReqSec-10.398995884049699) > 1e-9 || math.Abs(e.ITL99-16.7338287) > 1e-6 {
		t.Errorf("TTFT p50 %v, ITL p99 %v, req/s %v", e.TTFT50, e.ITL99, e.ReqSec)
	}
	if e.Outcome != "complete" || e.Verdict != "FAIL" || e.Reason != "8.333 % of the requests met every objective; 95 % pass" {
		t.Errorf("%s, %s, %s", e.Outcome, e.Verdict, e.Reason)
	}
	if len(e.Trend) < 20 || slices.Min(e.Trend) < 30 || slices.Max(e.Trend) > 170 {
		t.Errorf("trend %v", e.Trend)
	}
}

func TestReadKindsOfRuns(t *testing.T) {
	for name, want := range map[string]Entry{
		"all_fail":      {Outcome: "empty", Verdict: "empty", Reason: "there is no summary"},
		"embeddings":    {Outcome: "complete"},
		"summary_level": {Outcome: "complete"},
		"prefix_named":  {Outcome: "complete"},
	} {
		e, found, err := readDir(filepath.Join(goldens, name))
		if err != nil || !found || e.Outcome != want.Outcome || e.Verdict != want.Verdict || e.Reason != want.Reason {
			t.Errorf("%s: %v, %v, %+v", name, found, err, e)
		}
		if has := len(e.Trend) > 0; has != (name == "embeddings" || name == "prefix_named") {
			t.Errorf("%s: trend %v", name, e.Trend)
		}
	}
}

// ours writes the manifest of a run.
func ours(t *testing.T, dir string, m export.Manifest) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	m.TachoVersion = "0.1.0"
	if _, err := export.WriteManifest(&m, export.Names{}, dir); err != nil {
		t.Fatal(err)
	}
}

func TestReadOurs(t *testing.T) {
	dir := t.TempDir()
	ours(t, dir, export.Manifest{Start: time.Unix(100, 0), End: time.Unix(160, 0), Outcome: "cancelled", Cause: "stopped by the user", Simulated: true,
		Args: []string{"tacho profile --model 'm' --tag 'before' --url 'x'"}, Window: &export.Window{StartNS: 5e9, EndNS: 12e9}})
	e, found, err := readDir(dir)
	if err != nil || !found || e.Verdict != "cancelled" || e.Reason != "stopped by the user" || !e.Simulated || e.Origin != "tacho 0.1.0" || e.Tag != "before" || e.Length != 7*time.Second {
		t.Errorf("%v, %v, %+v", found, err, e)
	}
	ours(t, dir, export.Manifest{Outcome: "complete", Client: &export.Client{Verdict: "SATURATED", Reason: "late"}})
	if e, _, _ := readDir(dir); e.Verdict != "SATURATED" || e.Reason != "late" || e.Tag != "" {
		t.Errorf("%+v", e)
	}
}

func TestReadWhatIsNoRunOrBroken(t *testing.T) {
	dir := t.TempDir()
	if _, found, err := readDir(dir); found || err != nil {
		t.Errorf("an empty folder: found %v, %v", found, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data.jsonl"), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, found, err := readDir(dir); found || err != nil {
		t.Errorf("a data set: found %v, %v", found, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, found, err := readDir(dir); !found || err == nil {
		t.Errorf("a broken manifest: found %v, %v", found, err)
	}
	if runs, unreadable := Scan(context.Background(), dir); len(runs) != 0 || !slices.Equal(unreadable, []string{dir}) {
		t.Errorf("%d runs, %q unreadable", len(runs), unreadable)
	}
	if _, _, err := readDir(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there was read")
	}
}

// TestTheCacheKnowsAndForgets puts a wrong entry into the cache, which shows that
// it is used, and changes a file, which shows when it is not.
func TestTheCacheKnowsAndForgets(t *testing.T) {
	root, file := t.TempDir(), filepath.Join(t.TempDir(), "deep", "ledger.gob")
	a, b := filepath.Join(root, "x", "a"), filepath.Join(root, "b")
	ours(t, a, export.Manifest{Start: time.Unix(200, 0), Outcome: "complete"})
	ours(t, b, export.Manifest{Start: time.Unix(100, 0), Outcome: "complete"})
	first, _ := scan(context.Background(), openCache(file), []string{root})
	if len(first) != 2 || first[0].Dir != a {
		t.Fatalf("%+v", first)
	}
	c := openCache(file)
	if len(c.dirs) != 2 {
		t.Fatalf("%d directories are in the cache", len(c.dirs))
	}
	e := c.dirs[a]
	e.Entry.Model = "remembered"
	c.put(a, e.Sign, e.Entry)
	c.close()
	if runs, _ := scan(context.Background(), openCache(file), []string{root}); runs[0].Model != "remembered" {
		t.Error("the cache is not used")
	}
	ours(t, a, export.Manifest{Start: time.Unix(300, 0), Outcome: "complete", Cause: "longer"})
	runs, _ := scan(context.Background(), openCache(file), []string{root})
	if runs[0].Model == "remembered" || runs[0].When.Unix() != 300 {
		t.Errorf("a changed file was not seen: %+v", runs[0])
	}
	if err := os.RemoveAll(b); err != nil {
		t.Fatal(err)
	}
	ours(t, a, export.Manifest{Outcome: "failed"})
	scan(context.Background(), openCache(file), []string{root})
	if c := openCache(file); len(c.dirs) != 1 {
		t.Errorf("%d directories are in the cache, one of them gone", len(c.dirs))
	}
	if err := os.WriteFile(file, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if runs, _ := scan(context.Background(), openCache(file), []string{root}); len(runs) != 1 {
		t.Errorf("with a broken cache: %+v", runs)
	}
}

func TestScanStaysShallowAndEnds(t *testing.T) {
	root := t.TempDir()
	deep := root
	for range maxDepth {
		deep = filepath.Join(deep, "d")
	}
	ours(t, deep, export.Manifest{Outcome: "complete"})
	ours(t, filepath.Join(deep, "d"), export.Manifest{Outcome: "complete"})
	ours(t, filepath.Join(root, ".hidden"), export.Manifest{Outcome: "complete"})
	if runs, _ := Scan(context.Background(), root); len(runs) != 1 || runs[0].Dir != deep {
		t.Errorf("%+v", runs)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if runs, _ := Scan(ctx, root); len(runs) != 0 {
		t.Errorf("after the end: %+v", runs)
	}
}

func TestFind(t *testing.T) {
	runs := []Entry{{Dir: "/r/one", Tag: "before"}, {Dir: "/r/before"}, {Dir: "/q/one"}}
	for name, want := range map[string]int{"before": 1, "one": 2, "": 0, "none": 0} {
		if got := Find(runs, name); len(got) != want {
			t.Errorf("%q: %+v", name, got)
		}
	}
	if Find(runs, "before")[0].Dir != "/r/one" {
		t.Error("a tag does not come before a folder")
	}
}

func TestTrendOfABigFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records")
	var b []byte
	for i := range 20_000 {
		b = append(b, `{"metadata":{},"metrics":{"time_to_first_token":{"value":`...)
		b = append(b, "1"...)
		for range i / 2000 {
			b = append(b, '0')
		}
		b = append(b, `,"unit":"ms"}}}`...)
		b = append(b, '\n')
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	got := trend(path)
	if len(got) != trendSamples || got[0] != 1 || got[trendSamples-1] != 1e9 || !slices.IsSorted(got) {
		t.Errorf("%v", got)
	}
	if trend(path+"x") != nil {
		t.Error("a trend of nothing")
	}
}

func BenchmarkScan(b *testing.B) {
	for b.Loop() {
		scan(context.Background(), openCache(""), []string{goldens})
	}
}

func FuzzCache(f *testing.F) {
	dir := f.TempDir()
	c := openCache(filepath.Join(dir, "seed"))
	c.put("/r", sign{{1, 2}}, Entry{Dir: "/r", TTFT50: math.NaN(), Trend: []float64{1, 2}})
	c.dirs[dir] = c.dirs["/r"] // close drops what is not there
	c.close()
	seed, err := os.ReadFile(c.path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "cache")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c := openCache(path)
		if c.dirs == nil {
			t.Fatal("no cache at all")
		}
		c.put("/x", sign{}, Entry{})
	})
}

// readDir reads one directory; found is false when it holds no run.
func readDir(dir string) (e Entry, found bool, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return e, false, err
	}
	names, ok := runIn(list)
	if !ok {
		return e, false, nil
	}
	e, err = newReader().read(dir, names)
	return e, true, err
}

// TestNoSummary: records without a summary are no empty run.
func TestNoSummary(t *testing.T) {
	dir := t.TempDir()
	records, err := os.ReadFile(filepath.Join(goldens, "chat_stream", "profile_export.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "profile_export.jsonl"), records, 0o644); err != nil {
		t.Fatal(err)
	}
	e, found, err := readDir(dir)
	if !found || err != nil || e.Verdict != "no summary" || len(e.Trend) == 0 {
		t.Errorf("found %v, %v: %+v", found, err, e)
	}
}
