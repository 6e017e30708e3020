package profiles

import (
	"errors"
	"regexp"
	"slices"
)

// fileFields are settings without an option.
func fileFields() []*Field {
	ph := func(at func(*Phase) *Opt[string]) func(*Profile) *Opt[string] { return in(KindProfiling, at) }
	return []*Field{
		fileOnly("Share of a model under the weighted strategy", func(p *Profile) *Opt[float64] {
			if len(p.Models.Items) == 0 {
				return &Opt[float64]{}
			}
			return &p.Models.Items[0].Weight
		}, readFloat, finite, atLeast(0.0), atMost(1.0)),
		fileOnly("Jinja template of a request body, its name or its file, for the endpoint type template", func(p *Profile) *Opt[string] { return &p.Endpoint.Template.Body }, readTemplate),
		fileOnly("JMESPath of the text in an answer, for the endpoint type template", func(p *Profile) *Opt[string] { return &p.Endpoint.Template.ResponseField }, readText),
		fileOnly("Name of the dataset", func(p *Profile) *Opt[string] { return &p.Dataset().Name }, readText),
		fileOnly("Kind of dataset: synthetic, file or public", func(p *Profile) *Opt[string] { return &p.Dataset().Type }, readDatasetType),
		fileOnly("Name of the phase", ph(func(p *Phase) *Opt[string] { return &p.Name }), readPhaseName),
		fileOnly("Role of the phase: warmup or profiling", ph(func(p *Phase) *Opt[string] { return &p.Kind }), readPhaseKind),
		fileOnly("Keep the phase out of the results; follows from its role", in(KindProfiling, func(p *Phase) *Opt[bool] { return &p.ExcludeFromResults }), readBool),
		fileOnly("Start the phase when the one before has sent all, before its answers are in", in(KindProfiling, func(p *Phase) *Opt[bool] { return &p.Seamless }), readBool),
		many(Field{Group: groupFile, Tier: 'B', Type: "list", Kinds: onlyFile, Help: "Records of a dataset of type file, in place of a path"},
			func(p *Profile) *Opt[Records] { return &p.Dataset().Records }, readRecords),
		summaryFormats(),
		fromFile("Files of your own, written into the artifact folder when the run starts: path, format (json, yaml, text), content with templates",
			func(p *Profile) *Opt[UserFiles] { return &p.Artifacts.UserFiles }),
		fromFile("Variables for the templates of the file", func(p *Profile) *Opt[Variables] { return &p.Variables }),
	}
}

func summaryFormats() *Field {
	f := many(Field{Group: groupFile, Help: "Formats of the summary, or false", Tier: 'B', Note: "is recorded; both formats are always written"},
		func(p *Profile) *Opt[Formats] { return &p.Artifacts.Summary }, func(args []string) (Formats, error) { return args, nil })
	f.bind.check = func(l leaf) error { return checkFormats(l.(*Opt[Formats]), "json", "csv") }
	return f
}

func readDatasetType(s string) (string, error) {
	return pick(s, []string{DataSynthetic, DataFile, DataPublic}, asTyped)
}

var phaseName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func readPhaseName(s string) (string, error) {
	if !phaseName.MatchString(s) {
		return "", errors.New("must be letters, digits, - and _, and not begin with a digit")
	}
	return s, nil
}

func readPhaseKind(s string) (string, error) {
	return pick(s, []string{KindWarmup, KindProfiling}, asTyped)
}

// fileLater are keys of AIPerf's files that no option sets and that cannot be
// used. A value equal to the default is let through.
func fileLater() []*Field {
	return slices.Concat(
		later(groupFile, "is not supported: all models are counted with one tokenizer",
			row{key: "models.items.tokenizer", tier: 'C', help: "Tokenizer of one model"}),
		later(groupFile, "is not supported; name the adapter as a model, as the server knows it",
			row{key: "models.items.lora", tier: 'C', help: "LoRA adapter of a model"}),
		later(groupFile, "is not supported: prompts hold text only",
			row{key: "models.items.modalities", tier: 'C', help: "What a model takes"}),
		later(groupFile, seekWithFind,
			row{key: "phases.profiling.adaptive_scale", kind: typeSwitch, def: "False", tier: 'B', help: "Raise the load step by step"},
			row{key: "phases.profiling.sla", tier: 'B', help: "Limits that stop the raising of load"}),
		later(groupFile, "is not supported: pages are found by the address of the server",
			row{key: "server_metrics.discovery", tier: 'C', help: "Search for metrics pages"}),
		later(groupFile, "is not supported: there is one process and nothing to connect",
			row{key: "runtime.communication", tier: 'C', help: "Internal messaging"},
			row{key: "runtime.service_run_type", def: "multiprocessing", tier: 'C', help: "How processes are started"}),
		later(groupFile, "is not supported: statistics are exact",
			row{key: "metrics", tier: 'C', help: "How metrics are aggregated"}),
		later(groupFile, "is not supported: figures are not sent to OpenTelemetry", row{key: "otel", tier: 'C', help: "OpenTelemetry"}),
		later(groupFile, "is not supported: runs are not sent to MLflow", row{key: "mlflow", tier: 'C', help: "MLflow"}),
		later(groupFile, "is not supported: runs are not sent to Weights & Biases", row{key: "wandb", tier: 'C', help: "Weights & Biases"}),
	)
}
