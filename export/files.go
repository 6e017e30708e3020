package export

import (
	"strings"

	"tacho/profiles"
)

// Kind names one artifact, whatever it is called on disk.
type Kind string

// The artifacts of a run.
const (
	ProfileCSV     Kind = "profile_csv"
	ProfileJSON    Kind = "profile_json"
	Records        Kind = "records"
	Raw            Kind = "raw"
	Requests       Kind = "requests"
	SlicesCSV      Kind = "timeslices_csv"
	SlicesJSON     Kind = "timeslices_json"
	Console        Kind = "console"
	GPUTelemetry   Kind = "gpu_telemetry"
	ServerCSV      Kind = "server_metrics_csv"
	ServerJSON     Kind = "server_metrics_json"
	ServerJSONL    Kind = "server_metrics_jsonl"
	ServerStates   Kind = "server_states"
	ServerParquet  Kind = "server_metrics_parquet"
	NetworkLatency Kind = "network_latency"
	InputsJSON     Kind = "inputs"
	OutputsJSON    Kind = "outputs"
	PhaseManifest  Kind = "phase_manifest"
	ManifestJSON   Kind = "manifest"
	RunConfig      Kind = "run_config"
	Log            Kind = "log"
	Ready          Kind = "ready"
	Events         Kind = "events"
)

// File is one row of the table of artifacts.
type File struct {
	Kind Kind
	// Default is the name without a prefix, relative to the run's directory.
	Default string
	// Suffix follows a prefix; empty means that a prefix does not change the name.
	Suffix string
	// Doc is one sentence on what is in it and when it is written.
	Doc string
	// Ours says that AIPerf has no such file.
	Ours bool
	// ReadOnly says that we know the file in AIPerf's directories and do not
	// write it.
	ReadOnly bool
}

// Files is every artifact of one run, in the order of the README.
var Files = []File{
	{Kind: ProfileCSV, Default: "profile_export_aiperf.csv", Suffix: ".csv", Doc: "summary, one metric per row; at the end of any run with a valid request"},
	{Kind: ProfileJSON, Default: "profile_export_aiperf.json", Suffix: ".json", Doc: "summary with configuration and errors; at the end of any run with a valid request"},
	{Kind: Records, Default: "profile_export.jsonl", Suffix: ".jsonl", Doc: "one line per request, while the run goes on; export level records or raw"},
	{Kind: Raw, Default: "profile_export_raw.jsonl", Suffix: "_raw.jsonl", Doc: "requests and answers as sent, while the run goes on; export level raw"},
	{Kind: Requests, Default: "profile_export_requests.csv", Suffix: "_requests.csv", Doc: "one row per measured request for pandas, seconds; export level records or raw", Ours: true},
	{Kind: SlicesCSV, Default: "profile_export_aiperf_timeslices.csv", Suffix: "_timeslices.csv", Doc: "statistics per time slice, one value per row; with a slice duration"},
	{Kind: SlicesJSON, Default: "profile_export_aiperf_timeslices.json", Suffix: "_timeslices.json", Doc: "statistics per time slice; with a slice duration"},
	{Kind: Console, Default: "profile_export_console.txt", Suffix: "_console.txt", Doc: "the final tables as text, 140 columns"},
	{Kind: GPUTelemetry, Default: "gpu_telemetry_export.jsonl", Suffix: "_gpu_telemetry.jsonl", Doc: "GPU samples, while the run goes on; when a GPU source answers"},
	{Kind: ServerCSV, Default: "server_metrics_export.csv", Suffix: "_server_metrics.csv", Doc: "summary of the server's own metrics; when its metrics page answers"},
	{Kind: ServerJSON, Default: "server_metrics_export.json", Suffix: "_server_metrics.json", Doc: "the same with series and slices"},
	{Kind: ServerJSONL, Default: "server_metrics_export.jsonl", Suffix: "_server_metrics.jsonl", Doc: "scrapes of the metrics page; when asked for"},
	{Kind: ServerParquet, Default: "server_metrics_export.parquet", Suffix: "_server_metrics.parquet", Doc: "scrapes as a table; when asked for"},
	{Kind: ServerStates, Default: "server_states.jsonl", Suffix: "_server_states.jsonl", Doc: "queue, cache, counts and times that the servers tell, for the replay; when a metrics page of a known make answers", Ours: true},
	{Kind: NetworkLatency, Default: "profile_export_network_latency.jsonl", Suffix: "_network_latency.jsonl", Doc: "round-trip probes; when asked for"},
	{Kind: InputsJSON, Default: "inputs.json", Doc: "the request bodies of the data set; before the run"},
	{Kind: OutputsJSON, Default: "outputs.json", Doc: "the answers as text; when asked for"},
	{Kind: PhaseManifest, Default: "phase_manifest.json", Doc: "the phases and where their summaries are (phases/<name>/); when the run has two or more"},
	{Kind: ManifestJSON, Default: "manifest.json", Doc: "how the run was made: options, seeds, server, clock, client, files; always", Ours: true},
	{Kind: RunConfig, Default: "run_config.json", Doc: "how one of several runs is configured; before each of several runs"},
	{Kind: Log, Default: "logs/aiperf.log", Doc: "the log; always"},
	{Kind: Events, Default: "events.jsonl", Suffix: "_events.jsonl", Doc: "what was done to the run while it went on: load changes, holds, marks, moved limits; when there was any", Ours: true},
	{Kind: Ready, Default: ".aiperf_results_ready.json", Doc: "written last: the directory is complete"},
}

// Names gives the artifacts' names under one prefix; the zero value those
// without.
type Names struct{ prefix string }

// NewNames returns the names under a prefix as the user gave it.
func NewNames(prefix string) Names { return Names{profiles.CleanPrefix(prefix)} }

// Prefix is the cleaned prefix, empty without one.
func (n Names) Prefix() string { return n.prefix }

// Of returns the name of an artifact, relative to the run's directory. It
// panics on a kind that is not in Files: that is a programming error.
func (n Names) Of(k Kind) string {
	for _, f := range Files {
		if f.Kind == k {
			return n.of(f)
		}
	}
	panic("export: no such artifact: " + string(k))
}

// Kind tells which artifact has a name, if any.
func (n Names) Kind(name string) (Kind, bool) {
	for _, f := range Files {
		if n.of(f) == name {
			return f.Kind, true
		}
	}
	return "", false
}

func (n Names) of(f File) string {
	if n.prefix == "" || f.Suffix == "" {
		return f.Default
	}
	return n.prefix + f.Suffix
}

// PhaseDir is the folder of a phase's own summary, with slashes, relative to
// the run's directory.
func PhaseDir(phase string) string { return "phases/" + phase }

// PhaseFile is the name of a phase's own summary, relative to the run's
// directory.
func (n Names) PhaseFile(phase string, k Kind) string { return PhaseDir(phase) + "/" + n.Of(k) }

// DetectNames finds the prefix of a directory from the names in it: no prefix
// when the default summary or record file is there, else the one whose summary
// and records both are, else any whose records are. The second result is false
// when there is nothing of a run.
func DetectNames(files []string) (Names, bool) {
	have := make(map[string]bool, len(files))
	for _, f := range files {
		have[f] = true
	}
	var plain Names
	if have[plain.Of(Records)] || have[plain.Of(ProfileJSON)] {
		return plain, true
	}
	found, ok := Names{}, false
	for _, f := range files {
		p, is := strings.CutSuffix(f, ".jsonl")
		if !is || profiles.CleanPrefix(f) != p || p == "" || strings.HasSuffix(p, "_export") {
			continue
		}
		n := Names{p}
		if have[n.Of(ProfileJSON)] {
			return n, true
		}
		if !ok {
			found, ok = n, true
		}
	}
	if ok {
		return found, true
	}
	// Export level summary leaves no records: go by summary and console text.
	for _, f := range files {
		if p, is := strings.CutSuffix(f, "_console.txt"); is && have[p+".json"] {
			return Names{p}, true
		}
	}
	return Names{}, false
}
