package export

import (
	"encoding/json"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
)

// The versions written into the files. AIPerfVersion names the format, the
// release whose files ours equal; tacho's own version is in the Manifest alone.
const (
	SchemaVersion = "1.4"
	AIPerfVersion = "0.13.0"
)

// CancelledReason is what AIPerf gives as incomplete_reason of a run that its
// user stopped.
const CancelledReason = "Run cancelled before all records were processed."

// Run is everything that the exporters get: a finished run, live or read back
// from its directory. Exporters must not change it.
type Run struct {
	// Registry is the one that the definitions in the summaries come from.
	Registry *metric.Registry
	// SchemaVersion and FormatVersion are those of the summary JSON.
	SchemaVersion, FormatVersion string
	// BenchmarkID is 12 hex digits (32 in the cells of a sweep).
	BenchmarkID string
	// InputConfig is the profile as AIPerf's input_config, an ordered JSON
	// object; Info says how the run was started.
	InputConfig json.RawMessage
	Info        Info

	// Summary is over the profiling phases. Its window is what the rates
	// divide by: start_time and end_time.
	Summary *stats.Summary
	// Warmup is over the warm-up phases; nil without one.
	Warmup *stats.Summary
	// Slices are in order of time; SliceNS is their width, 0 without slices.
	Slices  []stats.Slice
	SliceNS int64
	// Phases are all phases in order, warm-up included.
	Phases []PhaseResult
	// Errors are those of the profiling phases.
	Errors []stats.ErrorGroup

	// Cancelled is a run that its user stopped; Complete one that did all it
	// was asked to. Reason says why it is not complete, empty otherwise.
	Cancelled, Complete bool
	Reason              string

	// Telemetry is AIPerf's telemetry_data and GPURows the GPU table of its
	// CSV (header first); Branches and Acceptance are branch_stats and the
	// pooled acceptance histogram. All are absent when nil and kept as they are.
	Telemetry            json.RawMessage
	GPURows              [][]string
	Branches, Acceptance json.RawMessage

	// Title is the endpoint's name over the console tables: "LLM Metrics".
	Title string
	// ShowTrace adds the HTTP trace table to the console text.
	ShowTrace bool
	// GPUConsole is the part of the console text between the metric tables and
	// the warnings, whole lines as they are; empty without GPU telemetry.
	GPUConsole []byte
	// Outputs are the answers for outputs.json; nil when not asked for.
	Outputs []Output
	// Manifest is ours; its list of files is filled by Write.
	Manifest *Manifest
}

// Info is AIPerf's run_info. The sweep fields are empty in a single run.
type Info struct {
	BenchmarkID string
	SweepID     string
	RandomSeed  *int64
	Trial       int
	RunLabel    string
	Variation   *Variation
	CLICommand  string
}

// Variation is one cell of a sweep.
type Variation struct {
	Label  string
	Index  int
	Values json.RawMessage
}

// PhaseResult is one phase of a run.
type PhaseResult struct {
	record.Phase
	// StartNS and EndNS are Unix nanoseconds.
	StartNS, EndNS int64
	Valid, Failed  int64
	Errors         []stats.ErrorGroup
	Cancelled      bool
	// Summary is over this phase alone; nil when no request was valid.
	Summary *stats.Summary
	// GPU and Server are the phase's telemetry files, nil without them.
	GPU, Server json.RawMessage
}

// Output is one answer as text.
type Output struct {
	Num            int64
	ConversationID string
	Turn           int
	RequestID      string
	StartNS, EndNS int64
	// Metrics are plain numbers in the display units of the per-request file.
	Metrics []OutputMetric
	Text    string
}

// OutputMetric is one number of an Output.
type OutputMetric struct {
	Tag   metric.Tag
	Value float64
	// Integer says that it is written without a fraction.
	Integer bool
}

// Conversation is one entry of inputs.json: the request bodies of its turns.
type Conversation struct {
	SessionID string
	Payloads  []json.RawMessage
}

// Valid is the number of requests that succeeded in the profiling phases, and
// decides whether there is anything to summarize.
func (r *Run) Valid() int64 {
	if r.Summary == nil {
		return 0
	}
	s, ok := r.Summary.Get(metric.RequestCount)
	if !ok {
		return 0
	}
	return int64(s.Avg)
}
