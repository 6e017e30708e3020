package profiles

import (
	"path"
	"path/filepath"
	"strings"
)

// prefixEndings are the endings of exported files, in the order they are tried.
var prefixEndings = []string{
	"_server_metrics.parquet", "_server_metrics.jsonl", "_server_metrics.json", "_server_metrics.csv",
	"_network_latency.jsonl", "_gpu_telemetry.jsonl", "_timeslices.csv", "_timeslices.json", "_console.txt", "_raw.jsonl",
	".parquet", ".csv", ".json", ".jsonl",
}

// CleanPrefix cuts the ending of an exported file off a prefix, so that
// --profile-export-prefix foo_raw.jsonl and foo mean the same.
func CleanPrefix(prefix string) string {
	for _, end := range prefixEndings {
		if s, ok := strings.CutSuffix(prefix, end); ok {
			return s
		}
	}
	return prefix
}

func lastPart(p string) string {
	if b := path.Base(p); b != "/" && b != "." {
		return b
	}
	return ""
}

// ArtifactDir returns the folder of the run: the one asked for, else
// artifacts/<name> with a name made from model, API and load, such as
// org_model-openai-chat-concurrency10. Relative paths are as given.
func ArtifactDir(p *Profile) string {
	if p.Artifacts.Dir.Set {
		return p.Artifacts.Dir.V
	}
	return filepath.Join("artifacts", runName(p))
}

func runName(p *Profile) string {
	names := p.ModelNames()
	model := "model"
	if len(names) > 0 {
		model = strings.NewReplacer("/", "_", `\`, "_").Replace(names[0])
	}
	if len(names) > 1 {
		model += "_multi"
	}
	return model + "-openai-" + p.Endpoint.Type.V + "-" + stimulus(p.Profiling())
}

// stimulus names the load of a phase: concurrency8, request_rate25.0, or
// concurrency8-request_rate25.0.
func stimulus(ph *Phase) string {
	concurrency := "concurrency" + show(ph.Concurrency.tree())
	if ph.Type.V == LoadConcurrency {
		return concurrency
	}
	switch ph.Type.V {
	case LoadUsers:
		return "user_centric-users" + show(ph.Users.tree()) + "-qps" + Float(ph.Rate.V)
	case LoadSchedule:
		return "fixed_schedule"
	}
	rate := "request_rate" + Float(ph.Rate.V)
	if ph.RateSeries.Set {
		rate = "request_rate_series"
	}
	if ph.Concurrency.Set {
		return concurrency + "-" + rate
	}
	return rate
}
