package profiles

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// example is the file of the format's description.
const example = `schemaVersion: "2.0"
randomSeed: 7
benchmark:
  model: my-org/my-model
  endpoint: {url: "${BENCH_URL:http://localhost:8000}", type: chat, streaming: true}
  dataset:
    type: synthetic
    entries: 200
    prompts: {isl: {mean: 800, stddev: 80}, osl: 150}
  phases:
    - {name: warmup, type: concurrency, concurrency: 2, requests: 8}
    - {name: profiling, type: constant, rate: 4, concurrency: 32, duration: 90s, gracePeriod: 30s}
  slos: {time_to_first_token: 400, request_latency: 40}
  artifacts: {dir: ./artifacts/demo, sliceDuration: 15}
`

func TestYAMLExample(t *testing.T) {
	p, o, err := Decode("demo.yaml", []byte(example), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"models":{"items":[{"name":"my-org/my-model"}]},"endpoint":{"urls":["http://localhost:8000"],"type":"chat","streaming":true},` +
		`"datasets":[{"name":"default","type":"synthetic","entries":200,"prompts":{"isl":{"mean":800.0,"stddev":80.0},"osl":{"value":150.0}}}],` +
		`"phases":[{"name":"warmup","kind":"warmup","type":"concurrency","exclude_from_results":true,"requests":8,"concurrency":2},` +
		`{"name":"profiling","kind":"profiling","type":"constant","duration":90.0,"concurrency":32,"grace_period":30.0,"rate":4.0}],` +
		`"artifacts":{"dir":"/bench/artifacts/demo","slice_duration":15.0,"auto_plot":false,"plot_required":false},` +
		`"slos":{"time_to_first_token":400.0,"request_latency":40.0},"gpu_telemetry":{"enabled":true},` +
		`"server_metrics":{"enabled":true,"urls":[],"formats":["json","csv"]},"network_latency":{"enabled":false},"otel":{},"mlflow":{},"wandb":{}}`
	if got := string(AppendJSON(nil, InputConfig(p), "", 0)); got != want {
		t.Errorf("input_config\n got %s\nwant %s", got, want)
	}
	if seed, ok := p.Seed(); seed != 7 || !ok {
		t.Errorf("seed %d %v", seed, ok)
	}
	if o.Of(Lookup("--num-prompts")) != FromFile || o.Of(Lookup("--batch-size")) != FromDefault {
		t.Error("origins are not those of the file")
	}
}

// file wraps phases and the like into a file that is fine otherwise.
func file(benchmark string) string {
	return "schemaVersion: \"2.0\"\nbenchmark:\n  model: m\n" + benchmark
}

func TestYAMLProblems(t *testing.T) {
	const phases = "  phases: [{name: profiling, type: concurrency, requests: 5}]\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "f.yaml: is empty"},
		{"comment only", "# nothing\n", "f.yaml: is empty"},
		{"list", "- a\n", "f.yaml:1:1: must be a map with the key benchmark"},
		{"syntax", "a: [1\n", "f.yaml:1:4: is not valid YAML: "},
		{"two documents", "a: 1\n---\nb: 2\n", "f.yaml: holds more than one document"},
		{"no benchmark", "schemaVersion: \"2.0\"\n", "f.yaml:1:14: benchmark: is missing: it holds models, endpoint, datasets and phases"},
		{"version", "schemaVersion: \"1.0\"\nbenchmark: {model: m}\n", `f.yaml:1:16: schemaVersion: must be "2.0"`},
		{"top key", "bencmark: {}\n" + file(""), "f.yaml:1:1: bencmark: unknown key; did you mean benchmark?"},
		{"flat", "schemaVersion: \"2.0\"\nmodel: m\nphases: {type: concurrency}\nbenchmark: {model: m}\n", "f.yaml:2:1: model: belongs under benchmark\nf.yaml:3:1: phases: belongs under benchmark"},
		{"section sweep", file("") + "sweep: {type: grid}\n", "f.yaml: sweep.type: needs parameters with lists of values, runs, or dimensions"},
		{"variables list", file("") + "variables: [1]\n", "f.yaml:4:12: variables: must be a map of name to value"},
		{"variables circle", file("") + "variables: {a: '{{ b }}', b: '{{ a }}', c: 1}\n", "f.yaml:4:12: variables need one another in a circle: a, b"},
		{"template name", file("  endpoint: {url: '{{ host }}'}\n"), "f.yaml:4:19: template: \"host\" is undefined; it has the settings of the file and its variables"},
		{"template open", file("  endpoint: {url: '{{ host'}\n"), "f.yaml:4:19: template: line 1: {{ is not closed"},
		{"user file outside", file("  artifacts: {userFiles: [{path: ../x, content: a}]}\n"), "f.yaml:4:26: benchmark.artifacts.userFiles: file 1 has the path ../x, which must stay inside the artifact folder"},
		{"user file format", file("  artifacts: {userFiles: [{path: x, format: json, content: a}]}\n"), "f.yaml:4:26: benchmark.artifacts.userFiles: file 1 x: the format text goes with a text, json and yaml with a map or list"},
		{"user file empty", file("  artifacts: {userFiles: [{path: x}]}\n"), "f.yaml:4:26: benchmark.artifacts.userFiles: file 1 x has no content"},
		{"variable", file("  tokenizer: {name: '${NOPE}'}\n"), "f.yaml:4:21: environment variable NOPE is not set; ${NOPE:default} would give it a default"},
		{"key", file("  endpoint: {straming: true}\n"), "f.yaml:4:14: benchmark.endpoint.straming: unknown key; did you mean streaming?"},
		{"camel key", file("  endpoint: {useServerTokenCont: true}\n"), "f.yaml:4:14: benchmark.endpoint.useServerTokenCont: unknown key; did you mean useServerTokenCount?"},
		{"phase key", file("  phases: [{name: profiling, type: concurrency, concurency: 3}]\n"), "f.yaml:4:49: benchmark.phases[0].concurency: unknown key; did you mean concurrency?"},
		{"value", file("  phases: [{name: profiling, concurrency: 0, requests: 1}]\n"), "f.yaml:4:43: benchmark.phases[0].concurrency 0: must be at least 1"},
		{"kind of value", file("  endpoint: {streaming: 3}\n"), "f.yaml:4:25: benchmark.endpoint.streaming 3: must be true or false"},
		{"map for a value", file("  endpoint: {timeout: {a: 1}}\n"), "f.yaml:4:23: benchmark.endpoint.timeout: must be a number"},
		{"value for a map", file("  endpoint: h:8000\n"), "f.yaml:4:13: benchmark.endpoint: must be a map"},
		{"nan", file("  endpoint: {timeout: .nan}\n"), "f.yaml:4:23: benchmark.endpoint.timeout NaN: must be a finite number"},
		{"url", file("  endpoint: {urls: [h:1, 'ftp://x']}\n"), `f.yaml:4:20: benchmark.endpoint.urls: must begin with http:// or https://`},
		{"load mode", file("  phases: [{name: profiling, type: adaptive}]\n"), "f.yaml:4:36: benchmark.phases[0].type adaptive: must be one of concurrency, poisson, gamma, constant, user_centric, fixed_schedule"},
		{"load mode typo", file("  phases: [{name: profiling, type: poison, rate: 1}]\n"), "f.yaml:4:36: benchmark.phases[0].type poison: must be one of concurrency, poisson, gamma, constant, user_centric, fixed_schedule; did you mean poisson?"},
		{"dataset type", file("  dataset: {type: file}\n" + phases), "f.yaml: datasets.path: is missing: a dataset of type file needs it, or records"},
		{"two datasets", file("  datasets: [{name: a}, {name: b}]\n" + phases), "f.yaml:4:25: benchmark.datasets[1]: there can be only one dataset"},
		{"later key", file("  dataset: {prompts: {cacheBust: {target: system_prefix}}}\n" + phases), "f.yaml:4:23: benchmark.datasets[0].prompts.cacheBust: is not supported; use a new --random-seed for prompts the server has not seen"},
		{"shape key", file("  dataset: {isl: {mean: 3, medain: 2}}\n" + phases), "f.yaml:4:28: benchmark.datasets[0].prompts.isl.medain: unknown key; did you mean median?"},
		{"shape of two kinds", file("  dataset: {isl: {mean: 3, points: [{value: 2}]}}\n" + phases), "f.yaml: datasets.prompts.isl.mean: has a mean or stddev beside its peaks or points; give one kind"},
		{"one peak", file("  dataset: {isl: {peaks: [{mean: 2}]}}\n" + phases), "f.yaml: datasets.prompts.isl.mean: peaks: give at least two"},
		{"pair", file("  dataset: {prompts: {sequenceDistribution: [{isl: 3, osl: 4, probability: 50}]}}\n" + phases), "f.yaml:4:45: benchmark.datasets[0].prompts.sequenceDistribution: the shares add up to 50 percent: must be 100"},
		{"tracker", file("  mlflow: {trackingUri: x}\n"), "f.yaml:4:12: benchmark.mlflow.trackingUri: is not supported: runs are not sent to MLflow; its client can log the artifact folder"},
		{"sweep in a phase", file("  phases: [{name: profiling, type: concurrency, concurrency: [1, x]}]\n"), "f.yaml:4:66: benchmark.phases[0].concurrency x: must be a whole number"},
		{"sweep elsewhere", file("  dataset: {prompts: {isl: {mean: [1, 2]}}}\n" + phases), "f.yaml:4:35: benchmark.datasets[0].prompts.isl.mean: a list of values makes a sweep in a phase only; write it under sweep, parameters"},
		{"sweep path", file("") + "sweep: {parameters: {random_seed: [1, 2]}}\n", "f.yaml:4:21: sweep.parameters: random_seed cannot be swept"},
		{"sweep phase", file(phases) + "sweep: {parameters: {phases.main.rate: [1, 2]}}\n", `f.yaml: sweep.parameters: phases.main.rate: nothing is named main`},
		{"sweep key", file("") + "sweep: {type: grid, recipeName: x}\n", "f.yaml:4:21: sweep.recipeName: unknown key"},
		{"sweep type", file("") + "sweep: {type: sobol}\n", "sweep: type sobol needs dimensions and samples"},
		{"sweep that searches", file("") + "sweep: {type: adaptive_search, searchSpace: []}\n", "f.yaml:4:15: sweep.type adaptive_search: " + seekWithFind},
		{"load that is raised", file("  phases: [{name: profiling, type: concurrency, duration: 9, adaptiveScaleStepPercent: 5}]\n"),
			"f.yaml:4:62: benchmark.phases[0].adaptiveScaleStepPercent: " + seekWithFind},
		{"scenario key", file("") + "sweep: {type: scenarios, runs: [{name: a, bench: {}}]}\n", "f.yaml:4:32: sweep.runs: scenario 1: unknown key bench; there are name, benchmark, variables and values"},
		{"no profiling", file("  phases: [{name: warmup, requests: 1}]\n"), "f.yaml:4:11: benchmark.phases: there must be a phase of kind profiling"},
		{"phase name", file("  phases: [{type: concurrency}, {name: profiling}]\n"), "f.yaml:4:12: benchmark.phases[0]: needs a name, such as profiling"},
		{"phase kind", file("  phases: [{name: soak}, {name: profiling}]\n"), "f.yaml:4:12: benchmark.phases[0].kind: must be warmup or profiling"},
		{"phase twice", file("  phases: [{name: profiling}, {name: Profiling, kind: profiling}]\n"), "f.yaml:4:31: benchmark.phases[1].name: another phase is named Profiling"},
		{"warm-up without end", file("  phases: [{name: warmup}, {name: profiling}]\n"), "--warmup-request-count: is missing: a warm-up needs requests, duration or sessions"},
		{"rate missing", file("  phases: [{name: profiling, type: poisson}]\n"), "--request-rate: is missing: load mode poisson needs a rate"},
		{"second phase", file("  phases: [{name: profiling}, {name: two, kind: profiling, type: poisson, requests: 1}]\n"), "f.yaml: phases.two.rate: is missing: load mode poisson needs a rate"},
		{"grace", file("  phases: [{name: profiling, gracePeriod: 3, requests: 1}]\n"), "f.yaml: phases.profiling.grace_period: requires --benchmark-duration"},
		{"both spellings", file("  models: [a]\n"), "f.yaml:3:10: benchmark.model: cannot be used together with models"},
		{"key twice", file("  endpoint: {url: a, url: b}\n"), "f.yaml:4:"},
		{"weights", "benchmark: {models: {strategy: weighted, items: [{name: a, weight: 0.5}, {name: b, weight: 0.4}]}}", "f.yaml: models.strategy: the weights of the models must add up to 1, not 0.9"},
		{"weight", "benchmark: {models: {items: [{name: a, weight: 2}]}}", "f.yaml:1:48: benchmark.models.items[0].weight 2: must be at most 1"},
		{"model name", "benchmark: {models: {items: [{weight: 1}]}}", "f.yaml:1:30: benchmark.models.items[0]: needs a name"},
		{"slo", file("  slos: {request_latency: fast}\n"), "f.yaml:4:9: benchmark.slos: limit of request_latency must be a number"},
		{"slo tag", file("  slos: {request_latency_: 3}\n"), "f.yaml: slos request_latency_: is not a metric that each request has; did you mean request_latency?"},
		{"formats", file("  artifacts: {records: [csv]}\n"), "f.yaml:4:24: benchmark.artifacts.records: must be one of jsonl"},
		{"console", file("") + "tacho: {fps: 100}\n", "f.yaml:4:14: tacho.fps 100: must be at most 60"},
		{"alias", file("  endpoint: *x\n"), "f.yaml:4:13: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Decode("f.yaml", []byte(c.text), testEnv)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
			}
		})
	}
}

// Each pair of files means the same.
func TestYAMLShorthands(t *testing.T) {
	const phases = "  phases: [{name: profiling, type: concurrency, requests: 5}]\n"
	for _, c := range []struct{ name, a, b string }{
		{"model", "benchmark:\n  model: m\n" + phases, "benchmark:\n  models: {items: [{name: m}]}\n" + phases},
		{"models", "benchmark:\n  models: [m, n]\n" + phases, "benchmark:\n  models: {items: [{name: m}, {name: n}]}\n" + phases},
		{"model with name", "benchmark:\n  models: {name: m}\n" + phases, "benchmark:\n  model: m\n" + phases},
		{"names like numbers", "benchmark:\n  models: [007, 1.10, 0x1F, 1_000]\n" + phases, "benchmark:\n  models: ['007', '1.10', '0x1F', '1_000']\n" + phases},
		{"empty maps", file("  slos: {}\n  endpoint: {headers: {}}\n" + phases), file(phases)},
		{"url", file("  endpoint: {url: h}\n" + phases), file("  endpoint: {urls: ['http://h']}\n" + phases)},
		{"plain texts in flow lists", file("  endpoint: {urls: [localhost:8000, http://h:1]}\n" + phases), file("  endpoint:\n    urls: ['localhost:8000', \"http://h:1\"]\n" + phases)},
		{"url list", file("  endpoint: {url: [h, i]}\n" + phases), file("  endpoint: {urls: [h, i]}\n" + phases)},
		{"dataset", file("  dataset: {entries: 3}\n" + phases), file("  datasets: [{name: default, type: synthetic, entries: 3}]\n" + phases)},
		{"isl", file("  dataset: {isl: 3, osl: {mean: 4, stddev: 1}}\n" + phases), file("  dataset: {prompts: {isl: {value: 3}, osl: {mean: 4, stddev: 1}}}\n" + phases)},
		{"one phase", file("  phases: {type: concurrency, requests: 5}\n"), file(phases)},
		{"two phases", file("  warmup: {type: concurrency, requests: 2}\n  profiling: {type: concurrency, requests: 5}\n"),
			file("  phases: [{name: warmup, type: concurrency, requests: 2}, {name: profiling, type: concurrency, requests: 5}]\n")},
		{"snake and camel", file("  endpoint: {useServerTokenCount: true}\n" + phases), file("  endpoint: {use_server_token_count: true}\n" + phases)},
		{"durations", file("  phases: [{name: profiling, duration: 2m, gracePeriod: inf}]\n"), file("  phases: [{name: profiling, duration: 120, grace_period: .inf}]\n")},
		{"numbers as text", file("  phases: [{name: profiling, requests: '${KNOWN:5}', concurrency: '3'}]\n"), file("  phases: [{name: profiling, requests: \"from-env\", concurrency: 3}]\n")},
		{"default of a variable", file("  phases: [{name: profiling, requests: '${NOPE:5}'}]\n"), file("  phases: [{name: profiling, requests: 5}]\n")},
		{"null", file("  endpoint: null\n  artifacts: {prefix: null}\n" + phases), file(phases)},
		{"anchors", file("  phases:\n    - &w {name: warmup, type: concurrency, requests: 5}\n    - {<<: *w, name: profiling}\n"),
			file("  phases: [{name: warmup, type: concurrency, requests: 5}, {name: profiling, type: concurrency, requests: 5}]\n")},
		{"unset mode", file("  phases: [{name: profiling, rate: 5, requests: 5}]\n"), file("  phases: [{name: profiling, type: poisson, rate: 5, requests: 5}]\n")},
		{"values equal to defaults of what is not there", file("  otel: {}\n  dataset: {prompts: {cacheBust: null}}\n" + phases), file("  dataset: {}\n" + phases)},
	} {
		t.Run(c.name, func(t *testing.T) {
			pa, _, errA := Decode("f", []byte(c.a), testEnv)
			pb, _, errB := Decode("f", []byte(c.b), testEnv)
			a, b := string(AppendJSON(nil, InputConfig(pa), "", 0)), string(AppendJSON(nil, InputConfig(pb), "", 0))
			if a != b {
				t.Errorf("%s\n %s\n%s\n %s", c.a, a, c.b, b)
			}
			if (errA == nil) != (errB == nil) || errA != nil && c.name != "numbers as text" {
				t.Errorf("errors %v and %v", errA, errB)
			}
		})
	}
}

func TestYAMLGraceIsZeroUnlessAFlagGivesTheDuration(t *testing.T) {
	env := testEnv
	env.ReadFile = func(string) ([]byte, error) {
		return []byte(file("  phases: {type: concurrency, duration: 5}\n")), nil
	}
	p, _, err := ParseArgs([]string{"-f", "x"}, env)
	if err != nil || p.Profiling().GracePeriod.V != 0 {
		t.Errorf("grace %v, %v; want 0", p.Profiling().GracePeriod, err)
	}
	p, _, err = ParseArgs([]string{"-f", "x", "--benchmark-duration", "6"}, env)
	if err != nil || p.Profiling().GracePeriod.V != 30 || p.Profiling().Duration.V != 6 {
		t.Errorf("grace %v, %v; want 30", p.Profiling().GracePeriod, err)
	}
}

func TestFlagsOverrideTheFile(t *testing.T) {
	env := testEnv
	env.ReadFile = func(string) ([]byte, error) { return []byte(example), nil }
	p, o, err := ParseArgs([]string{"--request-rate", "9", "--isl", "5", "-f", "demo.yaml", "--warmup-concurrency", "7", "-u", "h", "--artifact-dir", "d"}, env)
	if err != nil {
		t.Fatal(err)
	}
	ph, w := p.Profiling(), p.Warmup()
	if ph.Rate.V != 9 || ph.Type.V != LoadConstant || ph.Duration.V != 90 || w.Concurrency.V != 7 || w.Requests.V != 8 || w.Rate.Set {
		t.Errorf("phases %+v", p.Phases)
	}
	if p.Dataset().Prompts.ISL.Mean.V != 5 || p.Dataset().Prompts.ISL.Stddev.V != 80 || p.Endpoint.URLs.V[0] != "http://h" || p.Artifacts.Dir.V != "/bench/d" {
		t.Errorf("got %+v", p.Benchmark)
	}
	if o.Of(Lookup("--isl")) != FromFlag || o.Of(Lookup("--osl")) != FromFile || o.File != "demo.yaml" {
		t.Error("origins")
	}
	p, _, err = ParseArgs([]string{"-f", "demo.yaml", "--arrival-pattern", "poisson"}, env)
	if err != nil || p.Profiling().Type.V != LoadPoisson {
		t.Errorf("%v %v", p.Profiling().Type, err)
	}
}

// What Encode writes reads back as the same profile.
func TestEncodeDecode(t *testing.T) {
	for _, g := range goldens(t) {
		p, _, err := ParseArgs(splitShell(g[1]), Env{Dir: "/bench"})
		if err != nil {
			t.Fatal(err)
		}
		text := Encode(p)
		q, _, err := Decode("preset.yaml", text, Env{Dir: "/bench"})
		if err != nil {
			t.Fatalf("%s:\n%s\n%v", g[0], text, err)
		}
		a, b := string(AppendJSON(nil, InputConfig(p), "", 0)), string(AppendJSON(nil, InputConfig(q), "", 0))
		if a != b {
			t.Errorf("%s:\n%s\n was %s\n now %s", g[0], text, a, b)
		}
		if again := string(Encode(q)); again != string(text) && g[0] != "default_dir_name" {
			t.Errorf("%s: written again as\n%s\nfirst\n%s", g[0], again, text)
		}
	}
}

func TestEncodeKeepsOddValues(t *testing.T) {
	p, _, err := ParseArgs([]string{"-m", "yes", "-H", "X-A: no", "X-B: 12", "X-C: {{ x }", "--extra-inputs", `{"f":1.0,"n":null,"s":"1","o":{"k_k":[true]}}`,
		"--tag", "a: b # c", "--fps", "5", "--random-seed", "3", "--goodput", "request_latency:1e-7"}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := Decode("f", []byte(strings.ReplaceAll(string(Encode(p)), "{{ x }", "plain")), testEnv)
	if err != nil {
		t.Fatalf("%s\n%v", Encode(p), err)
	}
	p.Endpoint.Headers.V[2].Value = "plain"
	if !reflect.DeepEqual(p.Endpoint, q.Endpoint) || !reflect.DeepEqual(p.Console, q.Console) || !reflect.DeepEqual(p.SLOs, q.SLOs) || p.ModelNames()[0] != q.ModelNames()[0] {
		t.Errorf("%s\n was %+v %+v\n now %+v %+v", Encode(p), p.Endpoint, p.Console, q.Endpoint, q.Console)
	}
	if s, ok := q.Seed(); s != 3 || !ok {
		t.Errorf("seed %d", s)
	}
}

// Configurations that AIPerf recorded come back byte for byte.
func TestDecodeInputConfig(t *testing.T) {
	for _, g := range goldens(t) {
		b, err := os.ReadFile(filepath.Join("testdata/input_config", g[0]+".json"))
		if err != nil {
			t.Fatal(err)
		}
		p, aside, err := DecodeInputConfig(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(aside) != 0 {
			t.Errorf("%s: kept aside %v", g[0], aside)
		}
		if got := string(AppendJSON(nil, InputConfig(p), "  ", 1)); got != string(b) {
			t.Errorf("%s\n got %s\nwant %s", g[0], got, b)
		}
	}
}

func TestDecodeInputConfigNamesWhatItDoesNotKnow(t *testing.T) {
	b, err := os.ReadFile("testdata/input_config_full.json")
	if err != nil {
		t.Fatal(err)
	}
	p, aside, err := DecodeInputConfig(b)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, a := range aside {
		paths = append(paths, a.Path)
	}
	got := strings.Join(paths, " ")
	for _, want := range []string{"endpoint.uuid_and_strip", "datasets.prompts.cache_bust", "phases.profiling.adaptive_scale", "otel.stream_metrics_enabled", "runtime.service_run_type", "metrics", "unsafe_override"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not named in %s", want, got)
		}
	}
	if ph := p.Profiling(); ph.Concurrency.V != 1 || ph.Requests.V != 30 || p.Endpoint.Timeout.V != 21600 || p.Tokenizer.Revision.V != "main" {
		t.Errorf("got %+v", p.Benchmark)
	}
	if _, aside, err = DecodeInputConfig([]byte(`{"endpoint":{"api_key":"<redacted>","headers":{"Authorization":"<redacted>","X":"y"},"timeout":"soon"},"loadgen":{"a":1}}`)); err != nil || len(aside) != 4 {
		t.Errorf("aside %v, %v", aside, err)
	}
	if _, _, err := DecodeInputConfig([]byte(`[1]`)); err == nil {
		t.Error("a list is no input_config")
	}
}

// A section on pictures asks for them, unless the run says no.
func TestYAMLPlots(t *testing.T) {
	const phases = "  phases: [{name: profiling, type: concurrency, requests: 5}]\n"
	for _, c := range []struct {
		text  string
		drawn bool
		note  string
	}{
		{file(phases), false, ""},
		{file(phases + "  artifacts: {autoPlot: true, plotRequired: true}\n"), true, ""},
		{"plot: {visualization: {}}\n" + file(phases), true, "plot: the usual pictures are drawn; which ones it asks for is not read, aiperf plot reads it"},
		{"plot: x.yaml\n" + file(phases+"  artifacts: {auto_plot: false}\n"), false, "plot has no effect: autoPlot is false"},
	} {
		p, o, err := Decode("f.yaml", []byte(c.text), testEnv)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if p.Artifacts.AutoPlot.V != c.drawn || strings.Join(o.Notices, "\n") != c.note {
			t.Errorf("%s: drawn %v, notices %q", c.text, p.Artifacts.AutoPlot.V, o.Notices)
		}
	}
}
