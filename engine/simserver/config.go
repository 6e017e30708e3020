package simserver

import (
	"errors"
	"fmt"
	"time"
)

// Timing says what decides when a token is written.
type Timing string

// The three timings.
const (
	// TimingEngine lets the simulated batching engine decide.
	TimingEngine Timing = "engine"
	// TimingScript gives every response the same absolute deadlines, counted
	// from the arrival of its request, whatever else the server is doing.
	TimingScript Timing = "script"
	// TimingFirehose writes as fast as the socket takes it.
	TimingFirehose Timing = "firehose"
)

// Config describes a Server. The zero value of a field means the default named
// beside it; start from a preset (Fast, Demo, Exact) and change what differs.
type Config struct {
	// Models are the names listed by /v1/models (default "sim-model").
	Models []string
	// StrictModels answers 404 to a model that is not in Models. Otherwise any
	// name is served.
	StrictModels bool
	// MaxModelLen is the longest prompt plus answer in tokens (default 131072,
	// and never more than the KV cache holds).
	MaxModelLen int
	// Seed makes jitter, faults and lengths repeat from run to run.
	Seed uint64

	Timing   Timing // default TimingEngine
	Engine   EngineConfig
	Script   Script
	Firehose Firehose

	Output    Output
	Reasoning Reasoning
	// ToolCalls answers a request that brings tools with a call of the first.
	ToolCalls bool
	// Count returns the number of tokens in a prompt (default: one per four
	// bytes, rounded up). It may be called from several goroutines at once.
	Count func(prompt string) int

	// Faults are tried in order for each request; the first that fires wins. A
	// model name that contains "fault-NAME" overrides them.
	Faults []FaultRule
	Limits FaultLimits

	// GPUs is the number of simulated GPUs on /gpu/metrics (default 1).
	GPUs int
	// TLS serves HTTPS with a certificate made in memory; see CertPool.
	TLS bool
	// Spin is how long before a deadline the pacer stops sleeping and reads
	// the clock in a loop instead (default 0). It costs that share of a core.
	Spin time.Duration
	// Truth, if set, receives what was really written for each inference
	// request, after its response has ended. Calls may overlap.
	Truth func(Truth)
}

// EngineConfig describes the simulated batching engine. A step takes
// StepBase + StepPerSeq per decoding sequence + PrefillBase if the step
// computes any prompt + its prompt tokens / PrefillRate.
type EngineConfig struct {
	// Overhead is the time from the arrival of a request until the engine sees
	// it: HTTP parsing, templating, tokenizing.
	Overhead time.Duration
	// OverheadSigma is the sigma of the log-normal factor on Overhead; 0 means
	// no spread.
	OverheadSigma float64
	StepBase      time.Duration
	StepPerSeq    time.Duration
	// StepSigma is the sigma of the log-normal factor on each step.
	StepSigma   float64
	PrefillBase time.Duration
	PrefillRate float64 // prompt tokens per second
	// MaxRunning is the batch limit in sequences; the others wait in a queue.
	MaxRunning int
	// MaxBatchTokens is the budget of one step: one per decoding sequence, the
	// rest for prompt tokens. A longer prompt is computed over several steps.
	MaxBatchTokens int
	BlockSize      int // tokens per KV-cache block
	Blocks         int // KV-cache blocks in all
	// NoPrefixCache switches off the reuse of computed prompt blocks.
	NoPrefixCache bool
	// StallEvery is the mean time between stalls of the whole engine (0: none);
	// they come at random and last between StallMin and StallMax.
	StallEvery, StallMin, StallMax time.Duration
}

// Script is the exact timing of one response: token 0 is due TTFT after the
// request's body was completely read, each further one ITL after the one
// before. With Gaps, gap i is Gaps[i mod len] instead of ITL.
type Script struct {
	TTFT, ITL time.Duration
	Gaps      []time.Duration
}

// gap returns the time between token i and token i+1.
func (s Script) gap(i int) time.Duration {
	if len(s.Gaps) > 0 {
		return s.Gaps[i%len(s.Gaps)]
	}
	return s.ITL
}

// Firehose is the shape of an unpaced response.
type Firehose struct {
	// EventsPerWrite is the number of SSE events in one write (default 1).
	EventsPerWrite int
}

// Output says how long answers are.
type Output struct {
	// Tokens is the length where the request names no limit (default 16).
	Tokens int
	// EarlyStop is the share (0..1) of answers that end before the requested
	// limit, unless the request has ignore_eos. min_tokens is respected.
	EarlyStop float64
}

// Reasoning makes part of each answer reasoning text.
type Reasoning struct {
	// Share (0..1) of the output tokens; 0 means none, except that a model
	// whose name contains "reason" thinks for a third of its answer.
	Share float64
	// Field is the name in delta and message (default "reasoning_content";
	// vLLM from 0.12 on says "reasoning").
	Field string
}

// FaultLimits bounds the faults that take time.
type FaultLimits struct {
	Hang      time.Duration // of "hang…": then the connection is cut; default one hour
	Stall     time.Duration // of "stall"; default 1 s
	SlowHead  time.Duration // between the pieces of slow headers; default 150 ms
	SplitGap  time.Duration // between the parts of a split event; default 5 ms
	HugeBytes int           // size of the text of a huge event; default 1 MiB
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// withDefaults returns c with every zero field filled in.
func (c Config) withDefaults() Config {
	if len(c.Models) == 0 {
		c.Models = []string{"sim-model"}
	}
	orElse(&c.Timing, TimingEngine)
	orElse(&c.Output.Tokens, 16)
	orElse(&c.Reasoning.Field, "reasoning_content")
	orElse(&c.Firehose.EventsPerWrite, 1)
	orElse(&c.GPUs, 1)
	orElse(&c.MaxModelLen, 131072)
	orElse(&c.Limits.Hang, time.Hour)
	orElse(&c.Limits.Stall, time.Second)
	orElse(&c.Limits.SlowHead, 150*time.Millisecond)
	orElse(&c.Limits.SplitGap, 5*time.Millisecond)
	orElse(&c.Limits.HugeBytes, 1<<20)
	fast := fastEngine()
	orElse(&c.Engine.StepBase, fast.StepBase)
	orElse(&c.Engine.PrefillRate, fast.PrefillRate)
	orElse(&c.Engine.MaxRunning, fast.MaxRunning)
	orElse(&c.Engine.MaxBatchTokens, fast.MaxBatchTokens)
	orElse(&c.Engine.BlockSize, fast.BlockSize)
	orElse(&c.Engine.Blocks, fast.Blocks)
	if c.Count == nil {
		c.Count = func(s string) int { return (len(s) + bytesPerToken - 1) / bytesPerToken }
	}
	if c.Timing == TimingEngine {
		// A sequence that alone exceeds the cache could never run.
		c.MaxModelLen = min(c.MaxModelLen, c.Engine.Blocks*c.Engine.BlockSize)
	}
	return c
}

// Validate reports every field that cannot work, joined into one error.
func (c Config) Validate() error {
	c = c.withDefaults()
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Timing == TimingEngine || c.Timing == TimingScript || c.Timing == TimingFirehose, "timing %q: must be engine, script or firehose", c.Timing)
	check(c.MaxModelLen > 0, "max model length %d: must be positive", c.MaxModelLen)
	check(c.Output.Tokens > 0, "output tokens %d: must be positive", c.Output.Tokens)
	check(c.Output.EarlyStop >= 0 && c.Output.EarlyStop <= 1, "early stop %v: must be between 0 and 1", c.Output.EarlyStop)
	check(c.Reasoning.Share >= 0 && c.Reasoning.Share <= 1, "reasoning share %v: must be between 0 and 1", c.Reasoning.Share)
	check(c.Firehose.EventsPerWrite > 0, "events per write %d: must be positive", c.Firehose.EventsPerWrite)
	check(c.Script.TTFT >= 0 && c.Script.ITL >= 0, "script: times must not be negative")
	for _, g := range c.Script.Gaps {
		check(g >= 0, "script gap %v: must not be negative", g)
	}
	check(c.GPUs > 0 && c.GPUs <= 64, "gpus %d: must be between 1 and 64", c.GPUs)
	e := c.Engine
	check(e.StepBase > 0 && e.StepPerSeq >= 0 && e.PrefillBase >= 0 && e.Overhead >= 0, "engine: times must not be negative and a step must take time")
	check(e.PrefillRate > 0, "prefill rate %v: must be positive", e.PrefillRate)
	check(e.MaxRunning > 0, "max running %d: must be positive", e.MaxRunning)
	check(e.MaxBatchTokens > e.MaxRunning, "max batch tokens %d: must exceed max running %d, or no prompt is ever computed", e.MaxBatchTokens, e.MaxRunning)
	check(e.BlockSize > 0 && e.Blocks > 0, "kv cache: block size %d and blocks %d must be positive", e.BlockSize, e.Blocks)
	check(e.StallMin >= 0 && e.StallMax >= e.StallMin, "stalls: %v to %v is not a range", e.StallMin, e.StallMax)
	for _, r := range c.Faults {
		if faultNamed(r.Name) == nil {
			errs = append(errs, fmt.Errorf("fault %q: no such fault", r.Name))
		}
		check(r.Percent >= 0 && r.Percent <= 100, "fault %s: %v is not a percentage", r.Name, r.Percent)
	}
	return errors.Join(errs...)
}
