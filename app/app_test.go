package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"tacho/engine/simserver"
)

// TestMain lets the test binary stand in for the program: a test that needs a
// process of its own, to signal or to kill it, runs itself with this variable.
func TestMain(m *testing.M) {
	if os.Getenv("TACHO_TEST_AS_PROGRAM") == "1" {
		code := Main(OSEnv())
		if os.Getenv(leaksEnv) == "1" { // a tick of the screen ends by itself, within a second
			if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/charmbracelet/bubbletea.Tick.func1")); err != nil {
				fmt.Fprintln(os.Stderr, "LEAKED:", err)
				os.Exit(exitLeaked)
			}
		}
		os.Exit(code)
	}
	// No test but those about it waits for a server to count to the end.
	os.Setenv(flushPeriod, "0")
	goleak.VerifyTestMain(m)
}

// leaksEnv makes the program look for goroutines that outlive it; it then ends
// with exitLeaked.
const (
	leaksEnv   = "TACHO_TEST_LEAKS"
	exitLeaked = 99
)

// flushPeriod is how long after a run the server's metrics are read a last time.
const flushPeriod = "AIPERF_SERVER_METRICS_COLLECTION_FLUSH_PERIOD"

// result is what a run of the program left.
type result struct {
	code           int
	stdout, stderr string
}

// tacho runs the whole program in this process, without a terminal.
func tacho(t *testing.T, args ...string) result {
	t.Helper()
	return tachoWith(t, nil, args...)
}

// tachoWith is tacho with variables in its environment.
func tachoWith(t *testing.T, variables map[string]string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	all := map[string]string{"HOME": t.TempDir(), flushPeriod: "0"}
	maps.Copy(all, variables)
	code := runs(t, Env{Args: args, Stdout: &out, Stderr: &errs, Getenv: func(name string) string { return all[name] }})
	return result{code, out.String(), errs.String()}
}

// runs is Main, which must end.
func runs(t *testing.T, env Env) (code int) {
	t.Helper()
	within(t, patience, "tacho "+strings.Join(env.Args, " "), func() { code = Main(env) })
	return code
}

func startSim(t *testing.T, cfg simserver.Config) *simserver.Server {
	t.Helper()
	s, err := simserver.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { within(t, patience, "the end of the simulated server", s.Close) })
	return s
}

func readJSON(t *testing.T, path string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return m
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func TestDemoInAPipe(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, "demo", "--request-count", "12", "--warmup-request-count", "2", "--concurrency", "4", "--osl", "8", "--isl", "64", "--artifact-dir", dir)
	if r.code != 0 {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	for _, want := range []string{"SIMULATED", "Time to First Token", "profile_export_aiperf.json"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, r.stdout)
		}
	}
	if strings.ContainsRune(r.stdout+r.stderr, 0x1b) {
		t.Error("control codes in a pipe")
	}
	if !strings.Contains(r.stderr, "profiling") {
		t.Errorf("no progress on stderr:\n%s", r.stderr)
	}
	for _, name := range []string{
		"profile_export_aiperf.csv", "profile_export_aiperf.json", "profile_export.jsonl", "profile_export_requests.csv",
		"profile_export_aiperf_timeslices.csv", "profile_export_aiperf_timeslices.json", "profile_export_console.txt",
		"inputs.json", "manifest.json", "phase_manifest.json", "phases/warmup/profile_export_aiperf.json",
		"phases/profiling/profile_export_aiperf.csv", ".aiperf_results_ready.json", "logs/aiperf.log",
	} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", name, err)
		}
	}
	if n := len(lines(t, filepath.Join(dir, "profile_export.jsonl"))); n != 14 {
		t.Errorf("%d records, want 12 and 2 of the warm-up", n)
	}
	m := readJSON(t, filepath.Join(dir, "manifest.json"))
	if m["simulated"] != true || m["outcome"] != "complete" {
		t.Errorf("manifest: simulated %v, outcome %v", m["simulated"], m["outcome"])
	}
	v := tacho(t, "verify", dir)
	if v.code != 0 || !strings.Contains(v.stdout, "values agree") {
		t.Errorf("verify: exit %d\n%s%s", v.code, v.stdout, v.stderr)
	}
}

func TestAnswersAreKept(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, "profile", "--model", "mock", "--url", s.URL(), "--streaming", "--concurrency", "4", "--request-count", "9", "--isl", "16", "--osl", "5",
		"--export-outputs-json", "--export-http-trace", "--artifact-dir", dir)
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	data, _ := readJSON(t, filepath.Join(dir, "outputs.json"))["data"].([]any)
	if len(data) != 9 {
		t.Fatalf("%d answers, want 9", len(data))
	}
	for i, d := range data {
		o := d.(map[string]any)
		if o["session_num"] != float64(i) || o["response_text"] == "" {
			t.Errorf("answer %d: %v", i, o)
		}
	}
	for _, l := range lines(t, filepath.Join(dir, "profile_export.jsonl")) {
		if !strings.Contains(l, `,"trace_data":{"trace_type":"aiohttp",`) {
			t.Errorf("no socket times in %s", l)
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".tacho*"))
	if len(left) > 0 {
		t.Errorf("scratch files are left: %v", left)
	}
}

// A failed request is listed without an answer; without any answer there is no
// list, as with AIPerf.
func TestAnswersOfFailedRequests(t *testing.T) {
	for share, want := range map[float64]int{50: 12, 100: 0} {
		cfg := simserver.Fast()
		cfg.Faults = []simserver.FaultRule{{Name: "http-500", Percent: share}}
		s := startSim(t, cfg)
		dir := filepath.Join(t.TempDir(), "run")
		tacho(t, "profile", "--model", "mock", "--url", s.URL(), "--concurrency", "2", "--request-count", "12", "--isl", "16", "--osl", "5",
			"--export-outputs-json", "--artifact-dir", dir)
		path := filepath.Join(dir, "outputs.json")
		if _, err := os.Stat(path); want == 0 && err == nil {
			t.Errorf("%v %% failed, and outputs.json is there", share)
		}
		if want == 0 {
			continue
		}
		data, _ := readJSON(t, path)["data"].([]any)
		empty := 0
		for _, d := range data {
			if o := d.(map[string]any); o["response_text"] == nil && len(o["metrics"].(map[string]any)) == 0 {
				empty++
			}
		}
		if len(data) != want || empty == 0 || empty == want {
			t.Errorf("%v %% failed: %d answers, %d empty", share, len(data), empty)
		}
	}
}

func TestVerifyListsWhatDoesNotAgree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if r := tacho(t, "demo", "--request-count", "4", "--osl", "6", "--isl", "32", "--artifact-dir", dir); r.code != 0 {
		t.Fatal(r.stderr)
	}
	path := filepath.Join(dir, "profile_export.jsonl")
	all := lines(t, path)
	if err := os.WriteFile(path, []byte(strings.Join(all[1:], "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	v := tacho(t, "verify", dir)
	if v.code != 1 || !strings.Contains(v.stdout, "request_count avg is 4, the records give 3") {
		t.Errorf("a record is gone, yet verify exits %d:\n%s", v.code, v.stdout)
	}
}

func TestRerunSendsTheSamePrompts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	if r := tacho(t, "demo", "--request-count", "5", "--osl", "6", "--isl", "40", "--artifact-dir", dir); r.code != 0 {
		t.Fatal(r.stderr)
	}
	r := tacho(t, "rerun", dir)
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	a, err := os.ReadFile(filepath.Join(dir, "inputs.json"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir+"-rerun", "inputs.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("the prompts differ")
	}
	if n := len(lines(t, filepath.Join(dir+"-rerun", "profile_export.jsonl"))); n != 5 {
		t.Errorf("%d records, want 5", n)
	}
}

// A run that drew its seed and had a key: the repetition is told to send the same,
// and what to give again.
func TestRerunWithoutSeedAndKey(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin", "--api-key", "sk-hush-1",
		"--request-count", "2", "--isl", "8", "--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", dir}
	if r := tacho(t, args...); r.code != 0 {
		t.Fatal(r.stderr)
	}
	r := tacho(t, "rerun", dir)
	if want := "endpoint.api_key of the first run is a secret, which no file holds, and left out; give it again"; r.code != 0 || !strings.Contains(r.stdout, want) {
		t.Errorf("exit %d, lacks %q:\n%s%s", r.code, want, r.stdout, r.stderr)
	}
	if strings.Contains(r.stdout, "not what the first run sent") {
		t.Errorf("the same prompts are said to be others:\n%s", r.stdout)
	}
}

// Some servers repeat the key that they refuse.
func TestAKeyThatTheServerRepeatsReachesNoFile(t *testing.T) {
	t.Parallel()
	const key = "sk-hush-0123456789"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":{"message":"no such key: %s"}}`, r.Header.Get("Authorization"))
	}))
	t.Cleanup(s.Close)
	for _, how := range [][]string{{"--api-key", key}, {"--header", "Authorization:Bearer " + key}} {
		dir := filepath.Join(t.TempDir(), "run")
		r := tacho(t, append([]string{"profile", "--model", "m", "--url", s.URL, "--tokenizer", "builtin", "--request-count", "2", "--isl", "8",
			"--wait-for-model-timeout", "0", "--export-level", "raw", "--artifact-dir", dir}, how...)...)
		if r.code != exitFailed || !strings.Contains(r.stderr, "no such key") || strings.Contains(r.stdout+r.stderr, key) {
			t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
		}
		for _, f := range listed(dir) {
			if b, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || bytes.Contains(b, []byte(key)) {
				t.Errorf("%v: %s holds the key: %v", how, f.Name, err)
			}
		}
	}
	r := tacho(t, "profile", "--url", s.URL, "--request-count", "1")
	if r.code != exitUsage || !strings.Contains(r.stderr, "status 401 Unauthorized") || !strings.Contains(r.stderr, "--api-key") {
		t.Errorf("exit %d\n%s", r.code, r.stderr)
	}
}

func TestSecretsReachNoFileAndNoScreen(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	const key, other = "sk-hush-0123456789", "quiet-token-987"
	r := tacho(t, "profile", "--model", "mock", "--url", strings.Replace(s.URL(), "http://", "http://user:"+other+"@", 1), "--streaming",
		"--request-count", "4", "--isl", "16", "--osl", "4", "--api-key", key, "--header", "X-Api-Key:"+other,
		"--export-level", "raw", "--artifact-dir", dir)
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	for _, secret := range []string{key, other} {
		if strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("%s is on the screen", secret)
		}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s is in %s", secret, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := len(lines(t, filepath.Join(dir, "profile_export_raw.jsonl"))); n != 4 {
		t.Errorf("%d raw records, want 4", n)
	}
}

func TestAllRequestsFail(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, "profile", "--model", "mock", "--url", "http://127.0.0.1:1", "--streaming", "--request-count", "3", "--isl", "16", "--artifact-dir", dir)
	if r.code != 1 {
		t.Errorf("exit %d, want 1", r.code)
	}
	if !strings.Contains(r.stderr, "all 3 requests failed: connection refused by 127.0.0.1:1") || !strings.Contains(r.stderr, "--url") {
		t.Errorf("stderr does not name the cause:\n%s", r.stderr)
	}
	if n := len(lines(t, filepath.Join(dir, "profile_export.jsonl"))); n != 3 {
		t.Errorf("%d records, want 3", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "profile_export_aiperf.json")); err == nil {
		t.Error("there is a summary of nothing")
	}
	if m := readJSON(t, filepath.Join(dir, "manifest.json")); m["outcome"] != "failed" || m["cause"] == "" {
		t.Errorf("manifest: outcome %v, cause %v", m["outcome"], m["cause"])
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	r := tacho(t, "profile", "--model", "m", "--concurency", "4", "--request-rate", "-1", "--endpoint-type", "chatt")
	if r.code != 2 {
		t.Errorf("exit %d, want 2", r.code)
	}
	for _, want := range []string{"--concurency", "did you mean --concurrency", "--request-rate", "--endpoint-type", "chat"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, r.stderr)
		}
	}
	if strings.Contains(r.stderr, "goroutine") {
		t.Error("a stack trace")
	}
}

func TestModelIsAskedOfTheServer(t *testing.T) {
	cfg := simserver.Fast()
	cfg.Models = []string{"org/mock-model"}
	s := startSim(t, cfg)
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, "profile", "--url", s.URL(), "--request-count", "2", "--isl", "16", "--tokenizer", "builtin", "--artifact-dir", dir)
	if r.code != 0 || !strings.Contains(r.stdout, "org/mock-model") {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestDirectoryThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r := tacho(t, "demo", "--request-count", "1", "--artifact-dir", filepath.Join(file, "run"))
	if r.code != 1 || !strings.Contains(r.stderr, "artifact directory") || !strings.Contains(r.stderr, "--artifact-dir") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}

func TestMoreConnectionsThanFiles(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, "profile", "--model", "mock", "--url", s.URL(), "--concurrency", "1000000000", "--request-count", "2", "--isl", "16", "--artifact-dir", dir)
	if r.code != 0 || !strings.Contains(r.stderr, "ulimit -n") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}

func TestServerThatNeverGetsReady(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, "profile", "--model", "mock", "--url", "http://127.0.0.1:1", "--wait-for-model-timeout", "0.3", "--wait-for-model-interval", "0.1",
		"--request-count", "1", "--artifact-dir", dir)
	if r.code != 1 || !strings.Contains(r.stderr, "not ready within 300ms") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}

func TestWithoutATokenizerTheServerCounts(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	t.Setenv("HF_HUB_OFFLINE", "1")
	var out, errs bytes.Buffer
	env := Env{
		Args:   []string{"profile", "--model", "org/private-7b", "--url", s.URL(), "--streaming", "--request-count", "3", "--isl", "32", "--osl", "5", "--artifact-dir", dir},
		Stdout: &out, Stderr: &errs, Getenv: func(name string) string {
			if name == "HF_HUB_OFFLINE" {
				return "1"
			}
			if name == "HOME" {
				return dir
			}
			return ""
		},
	}
	if code := runs(t, env); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	if !strings.Contains(out.String(), "server usage counts") {
		t.Errorf("the result does not say who counted:\n%s", out.String())
	}
	sum := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	osl, _ := sum["output_sequence_length"].(map[string]any)
	if osl["avg"] != 5.0 {
		t.Errorf("OSL %v, want the server's 5", osl["avg"])
	}
}

// The numbers of a selfcheck are the machine's; that it compares every request
// with the server's log, by another process, is this test's.
func TestSelfcheckComparesEveryRequest(t *testing.T) {
	t.Parallel()
	selfcheckEnv = []string{"TACHO_TEST_AS_PROGRAM=1"}
	t.Cleanup(func() { selfcheckEnv = nil })
	r := tacho(t, "selfcheck", "--streams", "1,4", "--ttft", "10ms", "--itl", "2ms", "--tokens", "5", "--rounds", "6")
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	rows := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(rows) != 5 || !strings.HasPrefix(strings.TrimSpace(rows[2]), "1        20 ") || !strings.HasPrefix(strings.TrimSpace(rows[3]), "4        24 ") ||
		!strings.HasPrefix(rows[4], "start-up: ") {
		t.Errorf("stdout:\n%s", r.stdout)
	}
}

func TestReferenceTables(t *testing.T) {
	for args, want := range map[string]string{
		"help": "tacho demo", "help options": "--concurrency", "help metrics": "time_to_first_token",
		"help files": "profile_export.jsonl", "profile -h": "--request-count", "simulate -h": "-preset",
		"selfcheck -h": "-streams", "demo -h": "--goodput", "version": "tacho " + Version, "": "tacho demo",
	} {
		r := tacho(t, strings.Fields(args)...)
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("tacho %s: exit %d, stdout lacks %q", args, r.code, want)
		}
	}
	if r := tacho(t, "porfile"); r.code != 2 || !strings.Contains(r.stderr, `did you mean "profile"`) {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}
