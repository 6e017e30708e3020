package simserver

import "time"

// Presets names the ready-made configurations, in the order to list them.
func Presets() []string { return []string{"demo", "fast", "exact"} }

// Preset returns the configuration of that name; exact is 200 ms TTFT, 20 ms
// ITL and 64 tokens.
func Preset(name string) (Config, bool) {
	switch name {
	case "demo":
		return Demo(), true
	case "fast":
		return Fast(), true
	case "exact":
		return Exact(200*time.Millisecond, 20*time.Millisecond, 64), true
	}
	return Config{}, false
}

// Fast is a server for tests: tokens about a millisecond apart, no jitter, no
// faults, a small cache.
func Fast() Config { return Config{Engine: fastEngine()} }

func fastEngine() EngineConfig {
	return EngineConfig{
		StepBase: 800 * time.Microsecond, StepPerSeq: 5 * time.Microsecond,
		PrefillRate: 500_000,
		MaxRunning:  256, MaxBatchTokens: 8192,
		BlockSize: 16, Blocks: 16384,
	}
}

// Demo is a server that looks like a mid-sized model on one busy node: TTFT of
// 150 to 300 ms at light load with a tail, ITL about 18 ms that grows with the
// batch and jumps while prompts are computed, a stall of several hundred
// milliseconds now and then, and about one failed request in 150.
func Demo() Config {
	return Config{
		Models: []string{"sim/demo-8b"},
		Engine: EngineConfig{
			Overhead: 95 * time.Millisecond, OverheadSigma: 0.35,
			StepBase: 16500 * time.Microsecond, StepPerSeq: 55 * time.Microsecond, StepSigma: 0.06,
			PrefillBase: 12 * time.Millisecond, PrefillRate: 9000,
			MaxRunning: 64, MaxBatchTokens: 640,
			BlockSize: 16, Blocks: 6000,
			StallEvery: 20 * time.Second, StallMin: 250 * time.Millisecond, StallMax: 700 * time.Millisecond,
		},
		MaxModelLen: 32768,
		Output:      Output{Tokens: 160, EarlyStop: 0.35},
		Faults:      []FaultRule{{Name: "http-500", Percent: 0.4}, {Name: "http-503", Percent: 0.3}},
		GPUs:        2,
	}
}

// Exact is a server whose every response has the same absolute deadlines,
// counted from the arrival of its request.
func Exact(ttft, itl time.Duration, tokens int) Config {
	return Config{Timing: TimingScript, Script: Script{TTFT: ttft, ITL: itl}, Output: Output{Tokens: tokens}}
}

// Unpaced is a server that writes as fast as the socket takes it,
// eventsPerWrite SSE events to a write.
func Unpaced(eventsPerWrite, tokens int) Config {
	return Config{Timing: TimingFirehose, Firehose: Firehose{EventsPerWrite: eventsPerWrite}, Output: Output{Tokens: tokens}}
}
