package app

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"tacho/engine/simserver"
)

const simulateUsage = `usage: tacho simulate [options]

A simulated inference server. It speaks the API of every endpoint type, streams
where that does, and has vLLM's names on /metrics, GPUs on /gpu/metrics as a
DCGM exporter shows them, /v1/models, /version and /health.
`

// simulate runs the simulated server until it is interrupted.
func simulate(env Env, args []string) error {
	cfg, o, err := simulateOptions(env, args)
	if err != nil {
		return err
	}
	if o.listFaults {
		for _, f := range simserver.Faults() {
			fmt.Fprintf(env.Stdout, "%-22s %s\n", f.Name, f.Doc)
		}
		return nil
	}
	if o.truth != "" {
		f, err := os.Create(o.truth)
		if err != nil {
			return withHint(fmt.Errorf("--truth-log: %w", err), "name a file that can be written")
		}
		defer f.Close()
		w := bufio.NewWriter(f)
		defer w.Flush()
		log := simserver.NewTruthLog(w)
		cfg.Truth = log.Record
		defer func() {
			if err := log.Err(); err != nil {
				fmt.Fprintln(env.Stderr, "tacho:", err)
			}
		}()
	}
	ln, err := net.Listen("tcp", o.listen)
	if err != nil {
		return withHint(fmt.Errorf("--listen %s: %w", o.listen, err), "choose another address, or :0 for any free port")
	}
	ctx, stop := signalContext()
	defer stop()
	s := simserver.New(cfg)
	if o.cert != "" {
		if err := os.WriteFile(o.cert, s.CertPEM(), 0o644); err != nil {
			ln.Close()
			return withHint(fmt.Errorf("--tls-cert: %w", bare(err)), "name a file that can be written")
		}
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	for s.URL() == "" {
		select {
		case err := <-served:
			return err
		case <-time.After(time.Millisecond):
		}
	}
	fmt.Fprintf(env.Stdout, "%s  simulated %s (%s timing), TCP congestion control %s; ctrl-c ends it\n",
		s.URL(), strings.Join(s.Config().Models, ", "), s.Config().Timing, orNone(s.CongestionControl()))
	return <-served
}

func orNone(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

type simulateFlags struct {
	listen     string
	truth      string
	cert       string
	listFaults bool
}

// simulateOptions reads the options over the preset they name.
func simulateOptions(env Env, args []string) (simserver.Config, simulateFlags, error) {
	var o simulateFlags
	fs := newFlags("simulate", simulateUsage)
	preset := fs.String("preset", "demo", "ready-made server `NAME`: "+strings.Join(simserver.Presets(), ", "))
	fs.StringVar(&o.listen, "listen", "127.0.0.1:8000", "address to serve on, `HOST:PORT`")
	fs.StringVar(&o.truth, "truth-log", "", "write the server's own times of each request to `FILE` (JSONL)")
	fs.BoolVar(&o.listFaults, "list-faults", false, "list the faults and leave")
	model := fs.String("model", "", "model `NAME` in /v1/models")
	seed := fs.Uint64("seed", 0, "seed `N`: the same jitter, lengths and faults each time")
	tls := fs.Bool("tls", false, "serve HTTPS with a certificate made in memory")
	fs.StringVar(&o.cert, "tls-cert", "", "serve HTTPS and write the certificate to `FILE`, for --ca-file of a run")
	gpus := fs.Int("gpus", 0, "number `N` of simulated GPUs")
	ttft := fs.Duration("ttft", 0, "exact `TIME` to the first token, as 200ms (makes the timing exact)")
	itl := fs.Duration("itl", 0, "exact `TIME` between tokens, as 20ms (makes the timing exact)")
	tokens := fs.Int("tokens", 0, "length `N` of an answer whose request names no limit")
	firehose := fs.Int("firehose", 0, "write as fast as the socket takes it, `K` events at a time")
	running := fs.Int("max-running", 0, "batch limit `N`, in sequences")
	fs.Func("fault", "`NAME=PERCENT`: the share of requests that go wrong in a way of --list-faults; may be repeated", func(string) error { return nil })
	var faults []simserver.FaultRule
	fs.Lookup("fault").Value = faultValue{&faults}
	words, err := fs.read(env, args)
	if err != nil {
		return simserver.Config{}, o, err
	}
	if len(words) > 0 {
		return simserver.Config{}, o, usagef("simulate: %q: this command takes options only", words[0])
	}
	cfg, ok := simserver.Preset(*preset)
	if !ok {
		return cfg, o, usagef("--preset %s: must be one of %s", *preset, strings.Join(simserver.Presets(), ", "))
	}
	if *ttft > 0 || *itl > 0 {
		n := cfg.Output.Tokens
		cfg = simserver.Exact(*ttft, *itl, n)
	}
	if *firehose > 0 {
		cfg = simserver.Unpaced(*firehose, cfg.Output.Tokens)
	}
	if *tokens > 0 {
		cfg.Output.Tokens = *tokens
	}
	if *model != "" {
		cfg.Models = []string{*model}
	}
	if *running > 0 {
		cfg.Engine.MaxRunning = *running
	}
	if *gpus > 0 {
		cfg.GPUs = *gpus
	}
	cfg.Seed, cfg.TLS = *seed, *tls || o.cert != ""
	if len(faults) > 0 {
		cfg.Faults = faults
	}
	if err := cfg.Validate(); err != nil {
		return cfg, o, usagef("simulate: %w", err)
	}
	return cfg, o, nil
}

// faultValue reads NAME=PERCENT.
type faultValue struct{ rules *[]simserver.FaultRule }

func (faultValue) String() string { return "" }

func (v faultValue) Set(s string) error {
	rule, err := simserver.ParseFault(s)
	if err != nil {
		return fmt.Errorf("%w; --list-faults shows them", err)
	}
	*v.rules = append(*v.rules, rule)
	return nil
}

// signalContext ends at the first SIGINT, SIGTERM or SIGHUP.
func signalContext() (context.Context, func()) {
	i := watchSignals(os.Exit)
	ctx, cancel := context.WithCancel(i.ctx)
	go func() {
		select {
		case <-i.soft:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(); i.close() }
}
