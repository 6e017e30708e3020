package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/simserver"
	"tacho/export/replay"
)

// selfcheck measures this program's own error on this machine: a simulated
// server in another process writes tokens at exact times and logs when it wrote
// each, and the run's numbers are compared with that log.
func selfcheck(env Env, args []string) error {
	o, err := selfcheckOptions(env, args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tacho-selfcheck-")
	if err != nil {
		return bare(err)
	}
	defer os.RemoveAll(dir)
	fmt.Fprintf(env.Stdout, "error against the server's own log, ms (p50 / p99 / max); server: TTFT %s, ITL %s, %d tokens, another process on loopback\n",
		o.ttft, o.itl, o.tokens)
	fmt.Fprintf(env.Stdout, "%8s %9s  %-24s %-24s %-24s %-24s %s\n", "streams", "requests", "TTFT", "ITL (mean per request)", "each gap", "latency", "client")
	for _, n := range o.streams {
		if err := o.check(env, filepath.Join(dir, strconv.Itoa(n)), n); err != nil {
			return fmt.Errorf("%d streams: %w", n, err)
		}
	}
	return startUp(env, filepath.Join(dir, "startup"))
}

// startUp measures a whole process: from its start to its first request at the
// server, and to its end after ten requests.
func startUp(env Env, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return bare(err)
	}
	o := &selfcheckFlags{ttft: 2 * time.Millisecond, itl: time.Millisecond, tokens: 4}
	truth := filepath.Join(dir, "truth.jsonl")
	srv, err := o.startServer(truth)
	if err != nil {
		return err
	}
	defer srv.stop()
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(exe, "profile", "--model", "sim-model", "--url", srv.url, "--streaming", "--tokenizer", "builtin",
		"--request-count", "10", "--isl", "64", "--osl", "4", "--ui", "none", "--artifact-dir", filepath.Join(dir, "run"))
	cmd.Env = append(os.Environ(), selfcheckEnv...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil {
		return fmt.Errorf("run of 10 requests: %w: %s", err, out)
	}
	srv.stop()
	f, err := os.Open(truth)
	if err != nil {
		return bare(err)
	}
	defer f.Close()
	log, err := simserver.ReadTruth(f)
	if err != nil {
		return err
	}
	if len(log) == 0 {
		return errors.New("the server saw no request")
	}
	first := log[0].ArrivalNS
	for _, t := range log {
		first = min(first, t.ArrivalNS)
	}
	fmt.Fprintf(env.Stdout, "start-up: process start to first request at the server %d ms; a process of 10 requests took %d ms\n",
		(first-start.UnixNano())/1e6, took.Milliseconds())
	return nil
}

// selfcheckEnv is added to the environment of processes that selfcheck starts;
// a test makes its own binary stand in for the program with it.
var selfcheckEnv []string

type selfcheckFlags struct {
	streams   []int
	rounds    int
	ttft, itl time.Duration
	tokens    int
	screen    bool
}

func selfcheckOptions(env Env, args []string) (*selfcheckFlags, error) {
	o := &selfcheckFlags{}
	fs := newFlags("selfcheck", "usage: tacho selfcheck [options]\n\nMeasures the error of this program's own times on this machine.\n")
	streams := fs.String("streams", "1,64,512", "`N,N,...` streams at a time, one check each")
	fs.IntVar(&o.rounds, "rounds", 4, "requests per stream")
	fs.DurationVar(&o.ttft, "ttft", 200*time.Millisecond, "exact time to first token of the server")
	fs.DurationVar(&o.itl, "itl", 20*time.Millisecond, "exact time between its tokens")
	fs.IntVar(&o.tokens, "tokens", 64, "tokens per answer")
	fs.BoolVar(&o.screen, "screen", false, "draw the live screen during the check")
	words, err := fs.read(env, args)
	if err != nil {
		return nil, err
	}
	if len(words) > 0 {
		return nil, usagef("selfcheck: %q: this command takes options only", words[0])
	}
	for _, s := range strings.Split(*streams, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 || n > 4096 {
			return nil, usagef("--streams %s: each must be a number from 1 to 4096", *streams)
		}
		o.streams = append(o.streams, n)
	}
	if o.rounds < 1 || o.tokens < 2 || o.ttft <= 0 || o.itl <= 0 {
		return nil, usagef("selfcheck: rounds must be at least 1, tokens at least 2, times above 0")
	}
	if o.screen && !env.Terminal {
		return nil, usagef("--screen: this is no terminal")
	}
	return o, nil
}

// check runs one load and prints one line.
func (o *selfcheckFlags) check(env Env, dir string, streams int) error {
	truth := filepath.Join(dir, "truth.jsonl")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return bare(err)
	}
	srv, err := o.startServer(truth)
	if err != nil {
		return err
	}
	defer srv.stop()
	requests := max(streams*o.rounds, 20)
	quiet := env
	quiet.Stdout, quiet.Stderr = io.Discard, io.Discard // the screen itself goes to the terminal
	quiet.Terminal = o.screen
	args := []string{
		"--model", "sim-model", "--url", srv.url, "--endpoint-type", "chat", "--streaming", "--tokenizer", "builtin",
		"--concurrency", strconv.Itoa(streams), "--request-count", strconv.Itoa(requests),
		"--isl", "64", "--osl", strconv.Itoa(o.tokens), "--num-dataset-entries", "16", "--random-seed", "1",
		"--artifact-dir", filepath.Join(dir, "run"), "--no-gpu-telemetry", "--no-server-metrics",
	}
	if !o.screen {
		args = append(args, "--ui", "none")
	}
	p, origins, err := readProfile(env, nil, args)
	if err != nil {
		return err
	}
	quiet.LeaveWhenDone = true
	if err := runProfile(quiet, p, origins); err != nil {
		return err
	}
	srv.stop()
	e, err := compareTruth(filepath.Join(dir, "run"), truth)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%8d %9d  %-24s %-24s %-24s %-24s %s\n", streams, e.requests, &e.ttft, &e.itl, &e.gap, &e.latency, e.client)
	return nil
}

// child is the server process.
type child struct {
	cmd *exec.Cmd
	url string
}

// startServer runs this program's simulator as another process.
func (o *selfcheckFlags) startServer(truth string) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(exe, "simulate", "--listen", "127.0.0.1:0", "--truth-log", truth, "--model", "sim-model",
		"--ttft", o.ttft.String(), "--itl", o.itl.String(), "--tokens", strconv.Itoa(o.tokens))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), selfcheckEnv...)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, _, ok := strings.Cut(line, " ")
	if err != nil || !ok {
		cmd.Process.Kill()
		cmd.Wait()
		return nil, fmt.Errorf("the server did not start: %q", line)
	}
	return &child{cmd, url}, nil
}

// stop ends the server, which writes its log first.
func (c *child) stop() {
	if c.cmd == nil {
		return
	}
	c.cmd.Process.Signal(os.Interrupt)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.cmd.Process.Kill() })()
	c.cmd.Wait()
	c.cmd = nil
}

// truthErrors are the differences between a run and its server's log, ms.
type truthErrors struct {
	requests                int
	ttft, itl, gap, latency spread
	client                  string
}

// compareTruth joins the records of a run with the server's log by request id.
func compareTruth(dir, truthFile string) (*truthErrors, error) {
	f, err := os.Open(truthFile)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	log, err := simserver.ReadTruth(f)
	if err != nil {
		return nil, err
	}
	truth := make(map[string]*simserver.Truth, len(log))
	for i := range log {
		truth[log[i].RequestID] = &log[i]
	}
	d, err := replay.Open(dir)
	if err != nil {
		return nil, err
	}
	at := func(t metric.Tag) metric.ID { def, _ := d.Registry.Lookup(t); return def.ID }
	ttft, itl, latency := at(metric.TTFT), at(metric.ITL), at(metric.RequestLatency)
	e := &truthErrors{}
	_, err = d.Rows(func(row *metric.Row) error {
		t := truth[row.RequestID]
		if t == nil || row.Err != nil || len(t.WriteNS) < 2 {
			return nil
		}
		n := len(t.WriteNS)
		e.requests++
		e.ttft.add(row.Vals[ttft] - float64(t.WriteNS[0]-t.ArrivalNS)/1e6)
		e.latency.add(row.Vals[latency] - float64(t.WriteNS[n-1]-t.ArrivalNS)/1e6)
		e.itl.add(row.Vals[itl] - float64(t.WriteNS[n-1]-t.WriteNS[0])/1e6/float64(n-1))
		if len(row.Gaps) == n-1 {
			for i, g := range row.Gaps {
				e.gap.add(g - float64(t.WriteNS[i+1]-t.WriteNS[i])/1e6)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if e.requests == 0 {
		return nil, errors.New("no request of the run is in the server's log")
	}
	if m, err := readManifest(dir); err == nil && m.Client != nil && m.Clock != nil {
		e.client = fmt.Sprintf("%s, read lag p99 %.2f ms, equal stamps %.2f %%", m.Client.Verdict, float64(m.Clock.ReadLag.P99), 100*float64(m.Clock.EqualStamps))
	}
	return e, nil
}
