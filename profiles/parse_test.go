package profiles

import (
	"errors"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
)

// tags is a metric registry of two.
type tags []string

func (t tags) Lookup(tag string) bool  { return slices.Contains(t, tag) }
func (t tags) Nearest(s string) string { return nearest(s, t) }

var testEnv = Env{
	Dir:       "/bench",
	LookupEnv: func(name string) (string, bool) { return "from-env", name == "KNOWN" },
	ReadFile:  func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	Metrics:   tags{"request_latency", "time_to_first_token"},
}

// parse reads a command line, quotes as in a shell; -m m is added.
func parse(t *testing.T, line string) (*Profile, *Origins, error) {
	t.Helper()
	return ParseArgs(append([]string{"-m", "m"}, splitShell(line)...), testEnv)
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"typo", "--concurency 8", "--concurency: unknown option; did you mean --concurrency?"},
		{"typo with value attached", "--request-cout=8", "--request-cout: unknown option; did you mean --request-count?"},
		{"prefix", "--osl-std 8", "--osl-std: unknown option; did you mean --osl-stddev?"},
		{"a word of it", "--rate 5", "--rate: unknown option; did you mean --request-rate?"},
		{"words of it", "--artifacts d", "--artifacts: unknown option; did you mean --artifact-dir?"},
		{"two values", "--concurrency 8 16", "16: belongs to no option; --concurrency takes one value"},
		{"nothing near", "--zzzzzzzzzz 8", "--zzzzzzzzzz: unknown option"},
		{"short", "-x 8", "-x: unknown option; --help lists them"},
		{"short is case sensitive", "-U h", "-U: unknown option; --help lists them"},
		{"stray word", "streaming", "streaming: belongs to no option; did you mean --streaming?"},
		{"no value", "--concurrency", "--concurrency: needs a value: <whole-number>"},
		{"no value before next", "--concurrency --streaming", "--concurrency: needs a value: <whole-number>"},
		{"switch with word", "--streaming true", "--streaming true: is a switch; write --streaming=true"},
		{"switch with nonsense", "--streaming=maybe", "--streaming maybe: must be true or false"},
		{"given twice", "--isl 3 --isl 4", "--isl: is given twice with different values"},
		{"given twice by alias", "--isl 3 --prompt-input-tokens-mean 4", "--prompt-input-tokens-mean: is given twice with different values"},

		{"zero concurrency", "--concurrency 0", "--concurrency 0: must be at least 1"},
		{"negative", "--concurrency -3", "--concurrency -3: must be at least 1"},
		{"not whole", "--concurrency 1.5", "--concurrency 1.5: must be a whole number"},
		{"not a number", "--request-count many", "--request-count many: must be a whole number"},
		{"too large", "--request-count 99999999999999999999", "--request-count 99999999999999999999: is too large a number"},
		{"alias as typed", "--num-requests 0", "--num-requests 0: must be at least 1"},
		{"zero rate", "--request-rate 0", "--request-rate 0: must be above 0"},
		{"nan", "--request-rate nan", "--request-rate nan: must be a finite number"},
		{"inf", "--request-rate inf", "--request-rate inf: must be a finite number"},
		{"hex", "--request-rate 0x10", "--request-rate 0x10: must be a number"},
		{"large exponent", "--request-rate 1e999", "--request-rate 1e999: is too large a number"},
		{"isl", "--isl 0", "--isl 0: must be at least 1"},
		{"isl as fraction", "--isl 64.5", "--isl 64.5: must be a whole number"},
		{"stddev", "--osl-stddev -1", "--osl-stddev -1: must be at least 0"},
		{"seed", "--random-seed -1", "--random-seed -1: must be at least 0"},
		{"entries", "--num-prompts 0", "--num-prompts 0: must be at least 1"},
		{"batch", "-b -1", "-b -1: must be at least 0"},
		{"timeout", "--request-timeout-seconds 0", "--request-timeout-seconds 0: must be above 0"},
		{"duration", "--benchmark-duration 5x", "--benchmark-duration 5x: must be seconds, or a time such as 30s, 5m or 2h"},
		{"duration forever", "--benchmark-duration inf", "--benchmark-duration inf: must be a finite number"},
		{"grace word", "--benchmark-duration 5 --benchmark-grace-period soon", "--benchmark-grace-period soon: must be seconds, a time such as 30s, or inf"},
		{"grace negative", "--benchmark-duration 5 --benchmark-grace-period -1", "--benchmark-grace-period -1: must be at least 0"},
		{"slice", "--slice-duration 0", "--slice-duration 0: must be above 0"},
		{"threshold", "--failed-request-threshold 1.5", "--failed-request-threshold 1.5: must be at most 1"},
		{"stats interval", "--stats-interval 1001", "--stats-interval 1001: must be at most 1000"},
		{"workers", "--max-workers 0", "--max-workers 0: must be at least 1"},
		{"fps", "--fps 61", "--fps 61: must be at most 60"},
		{"wait", "--wait-for-model-timeout -1", "--wait-for-model-timeout -1: must be at least 0"},
		{"wait interval", "--wait-for-model-interval 0", "--wait-for-model-interval 0: must be above 0"},
		{"cancel rate", "--request-cancellation-rate 101", "--request-cancellation-rate 101: must be at most 100"},

		{"choice", "--ui dashbord", "--ui dashbord: must be one of dashboard, none, simple, plain; did you mean dashboard?"},
		{"choice of many", "--endpoint-type embedings", "--endpoint-type embedings: no such choice; did you mean embeddings?"},
		{"log level", "--log-level LOUD", "--log-level LOUD: must be one of TRACE, DEBUG, INFO, NOTICE, WARNING, SUCCESS, ERROR, CRITICAL"},
		{"format", "--server-metrics-formats json xml", `--server-metrics-formats "json xml": must be one of json, csv, jsonl, parquet`},

		{"url scheme", "-u ftp://h", "-u ftp://h: must begin with http:// or https://"},
		{"url port", "-u h:99999", "-u h:99999: port must be 1 to 65535"},
		{"url host", "-u http://", "-u http://: names no host"},
		{"url empty", "--url=", "--url: must not be empty"},
		{"url second", "-u h:1 ftp://x", `-u "h:1 ftp://x": must begin with http:// or https://`},
		{"url blank", `-u "a b"`, `-u "a b": must not hold blanks`},
		{"url secret", "-u http://user:pw@h:0", "-u http://<redacted>@h:0: port must be 1 to 65535"},
		{"model empty", "--tokenizer=", "--tokenizer: must not be empty"},
		{"session header", `--session-header "X Y"`, `--session-header "X Y": must be a header name such as X-Session-ID`},

		{"header", "-H nocolon", "-H: must be Name:value, or a JSON object of names and values"},
		{"header name", `-H "a b: c"`, "-H: what stands before the colon is not a header name"},
		{"header json", `-H {"a"`, "-H: is not valid JSON: it ends too early"},
		{"extra", "--extra-inputs temperature", `--extra-inputs temperature: "temperature" is not of the form key:value, as in temperature:0.7, nor a JSON object`},
		{"extra colons", "--extra-inputs a:b:c", `--extra-inputs a:b:c: "a:b:c" has more than one colon; give such a value as one JSON object`},
		{"extra empty item", "--extra-inputs a:1,", `--extra-inputs a:1,: "" is not of the form key:value, as in temperature:0.7, nor a JSON object`},
		{"extra json", "--extra-inputs {", "--extra-inputs {: is not valid JSON: it ends too early"},

		{"goodput form", "--goodput request_latency", `--goodput request_latency: "request_latency" is not of the form metric:limit, as in request_latency:250`},
		{"goodput limit", "--goodput request_latency:fast", `--goodput request_latency:fast: limit "fast" of request_latency must be a number`},
		{"goodput nan", "--goodput request_latency:NaN", `--goodput request_latency:NaN: limit "NaN" of request_latency must be a finite number`},
		{"goodput twice", "--goodput request_latency:1 request_latency:2", `--goodput "request_latency:1 request_latency:2": request_latency is given twice`},
		{"goodput empty", "--goodput=", "--goodput: must hold at least one metric:limit, as in request_latency:250"},
		{"goodput tag", "--goodput request_latancy:5", "--goodput request_latancy: is not a metric that each request has; did you mean request_latency?"},

		{"sweep value", "--concurrency 1,x,4", "--concurrency 1,x,4: value x: must be a whole number"},
		{"sweep gap", "--request-rate 1.5,,2", "--request-rate 1.5,,2: has an empty value in its list"},
		{"sweep twice", "--concurrency 2,2", "sweep concurrency_2: two cells of the sweep are the same"},
		{"sweep of a rule", "--streaming --concurrency 4 --prefill-concurrency 2,8", "--prefill-concurrency: must not be above the concurrency"},
		{"zip", "--concurrency 1,2 --request-count 3,4,5 --sweep-type zip", "sweep: zip pairs lists of one length: phases.profiling.concurrency has 2 values and phases.profiling.requests has 3"},
		{"grid too large", "--concurrency " + hundred() + " --request-count " + hundred(), "sweep: the grid has more than 1000 cells"},
		{"runs", "--num-profile-runs 11", "--num-profile-runs 11: must be at most 10"},
		{"confidence", "--confidence-level 1", "--confidence-level 1: must be below 1"},
		{"converge alone", "--convergence-metric request_latency", "--convergence-metric: requires --num-profile-runs above 1, the most repeats there may be"},
		{"converge without metric", "--num-profile-runs 3 --convergence-mode cv", "--convergence-mode: requires --convergence-metric"},
		{"converge in a sweep", "--num-profile-runs 3 --convergence-metric request_latency --concurrency 1,2",
			"--convergence-metric: with a sweep requires --parameter-sweep-mode independent, where a cell's repeats follow each other"},
		{"converge by records", "--num-profile-runs 3 --convergence-metric request_latency --convergence-mode distribution --export-level summary",
			"--convergence-mode: distribution looks at the records, which --export-level summary leaves out"},
		{"same seed", "--concurrency 1,2 --parameter-sweep-same-seed", "--parameter-sweep-same-seed: requires --random-seed"},
		{"no sweep here", "--random-seed 1,2", "--random-seed 1,2: must be a whole number"},
		{"later", "--num-users 5", "--num-users: requires --user-centric-rate"},
		{"dataset type alone", "--custom-dataset-type multi-turn", "--custom-dataset-type: requires --input-file"},
		{"length of a file", "--input-file a.jsonl --isl 5", "--isl: is for prompts that are made up, and these are read; leave it out, or --input-file out"},
		{"turns of a public set", "--public-dataset aimo --session-turns-mean 2", "--session-turns-mean: is for prompts that are made up, and these are read; leave it out, or --public-dataset out"},
		{"batch of a file", "--input-file a.jsonl --batch-size 2", "--batch-size: is for prompts that are made up"},
		{"format of another", "--input-file a.jsonl --custom-dataset-type dag-jsonl", "--custom-dataset-type dag-jsonl: is not supported: turn the file into multi-turn or mooncake-trace"},
		{"traces of agents", "--public-dataset semianalysis-cc-traces-weka-1", "--public-dataset semianalysis-cc-traces-weka-1: is not supported: traces of agents are not"},
		{"public dataset", "--public-dataset sharegtp", "--public-dataset sharegtp: no such choice; did you mean sharegpt?"},
		{"system prompts", "--system-prompt a --system-prompt-file b", "--system-prompt: does not go with --system-prompt-file: give one of them"},
		{"later list", "--stream a b --concurrency 2", "--stream: is not supported: figures are not sent to OpenTelemetry (for streamed answers use --streaming)"},
		{"later short", "-vv", "-vv: is not supported; use --log-level TRACE"},
		{"rate and series", "--request-rate 2 --request-rate-series x.json", "--request-rate-series: does not go with --request-rate: the series holds the rates"},
		{"ramp without rate", "--request-rate-ramp-duration 5", "--request-rate-ramp-duration: requires --request-rate"},
		{"ramp of no limit", "--request-rate 5 --concurrency-ramp-duration 5", "--concurrency-ramp-duration: requires --concurrency: at a rate there is no limit to raise"},

		{"grace alone", "--benchmark-grace-period 3", "--benchmark-grace-period: requires --benchmark-duration"},
		{"grace with bad duration", "--benchmark-grace-period 3 --benchmark-duration x", "--benchmark-duration x: must be seconds, or a time such as 30s, 5m or 2h"},
		{"smoothness", "--request-rate 5 --arrival-pattern constant --arrival-smoothness 2", "--arrival-smoothness: goes with gamma gaps only; use --arrival-pattern gamma or leave the pattern out"},
		{"smoothness alone", "--vllm-burstiness 2", "--vllm-burstiness: requires --request-rate"},
		{"per chunk", "--per-chunk-usage", "--per-chunk-usage: requires --use-server-token-count"},
		{"cancel delay", "--request-cancellation-delay 1", "--request-cancellation-delay: requires --request-cancellation-rate"},
		{"warmup grace alone", "--warmup-grace-period 1", "--warmup-grace-period: requires --warmup-duration"},
		{"warmup grace with count", "--warmup-request-count 3 --warmup-grace-period 1", "--warmup-grace-period: requires --warmup-duration"},
		{"warmup count", "--warmup-request-count 0", "--warmup-request-count 0: must be at least 1"},
		{"weighted", "--model-selection-strategy weighted", "--model-selection-strategy: weighted needs a weight for every model, which only a config file can give"},
		{"gpu both", "--gpu-telemetry pynvml --no-gpu-telemetry", "--no-gpu-telemetry: cannot be used together with --gpu-telemetry"},
		{"gpu word", "--gpu-telemetry pynmvl", "--gpu-telemetry pynmvl: must be pynvml, amdsmi, dashboard, the address of a DCGM page or a .csv file of DCGM fields; did you mean pynvml?"},
		{"gpu two", "--gpu-telemetry pynvml amdsmi", `--gpu-telemetry "pynvml amdsmi": pynvml and amdsmi cannot be read at once`},
		{"gpu files", "--gpu-telemetry m.csv n.csv", `--gpu-telemetry "m.csv n.csv": takes one .csv file, not m.csv and n.csv`},
		{"metrics both", "--server-metrics h:1 --no-server-metrics", "--no-server-metrics: cannot be used together with --server-metrics"},
		{"outputs", "--export-outputs-json --profile-export-prefix outputs.csv", "--profile-export-prefix outputs.csv: would overwrite outputs.json, which --export-outputs-json writes; choose another name"},
		{"prefix", "--profile-export-prefix .json", "--profile-export-prefix .json: leaves no name once the ending is cut off"},
		{"config", "-f no.yaml", "-f no.yaml: cannot be read: file does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := parse(t, c.line)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s\n got %v\nwant %s", c.line, err, c.want)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, _, err := ParseArgs([]string{"--concurency", "8", "--isl", "0", "--osl", "x"}, testEnv)
	want := "--concurency: unknown option; did you mean --concurrency?\n--isl 0: must be at least 1\n--osl x: must be a whole number"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestMissingModelCanBeFilledIn(t *testing.T) {
	p, _, err := ParseArgs([]string{"--request-rate", "25", "--concurrency", "3"}, testEnv)
	var ps Problems
	if !errors.As(err, &ps) || !ps.Only(MissingModel) {
		t.Fatalf("got %v, want a missing model alone", err)
	}
	p.SetModels("org/served")
	p.Finish(testEnv)
	if got, want := p.Artifacts.Dir.V, "/bench/artifacts/org_served-openai-chat-concurrency3-request_rate25.0"; got != want {
		t.Errorf("folder %s, want %s", got, want)
	}
	if _, _, err := ParseArgs([]string{"--isl", "0"}, testEnv); err.(Problems).Only(MissingModel) {
		t.Errorf("%v is not a missing model alone", err)
	}
}

func TestHelpWins(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"--help"}, {"--nonsense", "--isl", "0", "--help"}} {
		if _, _, err := ParseArgs(args, testEnv); !errors.Is(err, ErrHelp) {
			t.Errorf("ParseArgs(%v) = %v, want ErrHelp", args, err)
		}
	}
}

// Each line is read and the settings named on the right compared, as Field.Get
// shows them.
func TestSettings(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"defaults", "", "url=http://localhost:8000 endpoint-type=chat streaming=false request-timeout-seconds=21600 concurrency=1 request-count=10 " +
			"num-dataset-entries=100 isl=550 isl-stddev=0 osl=0 batch-size=1 tokenizer-revision=main connection-reuse-strategy=pooled mode=concurrency " +
			"ui=dashboard log-level=INFO color=auto wait-for-model-mode=inference model-selection-strategy=round_robin"},
		{"equals sign", "--concurrency=8", "concurrency=8"},
		{"underscores", "--request_count 7 --endpoint_type completions", "request-count=7 endpoint-type=completions"},
		{"kebab values", "--connection-reuse-strategy sticky_user_sessions --log-level debug", "connection-reuse-strategy=sticky-user-sessions log-level=DEBUG"},
		{"urls", "-u a:1 b:2 --streaming -u https://c/v1", "streaming=true"},
		{"switch off", "--streaming=false", "streaming=false"},
		{"times", "--benchmark-duration 1.5m --slice-duration 10s", "benchmark-duration=90 slice-duration=10 benchmark-grace-period=30"},
		{"grace forever", "--benchmark-duration 2h --benchmark-grace-period inf", "benchmark-duration=7200 benchmark-grace-period=inf"},
		{"no default count with a duration", "--benchmark-duration 5", "request-count=0"},
		{"no default count with sessions", "--num-sessions 5", "request-count=0 num-dataset-entries=5"},
		{"entries win", "--num-sessions 5 --request-count 6 --num-prompts 7", "num-dataset-entries=7"},
		{"sessions before count", "--num-sessions 5 --request-count 6", "num-dataset-entries=5"},
		{"count", "--request-count 6", "num-dataset-entries=6"},
		{"the default count makes no entries", "--concurrency 3", "request-count=10 num-dataset-entries=100"},
		{"rate", "--request-rate 5", "mode=poisson request-rate=5 concurrency=0"},
		{"constant", "--request-rate 5 --arrival-pattern constant", "mode=constant"},
		{"pattern first", "--request-rate-mode constant --request-rate 5", "mode=constant"},
		{"gamma", "--request-rate 5 --arrival-pattern gamma --arrival-smoothness 0.5", "mode=gamma arrival-smoothness=0.5"},
		{"gamma by smoothness", "--request-rate 5 --vllm-burstiness 2", "mode=gamma"},
		{"burst with a rate", "--request-rate 5 --arrival-pattern concurrency-burst", "mode=poisson"},
		{"pattern without a rate", "--arrival-pattern constant", "mode=concurrency"},
		{"rate with a cap", "--request-rate 5 --concurrency 4", "mode=poisson concurrency=4"},
		{"export level", "--export-level summary", "export-level=summary"},
		{"verbose", "-v", "log-level=DEBUG ui=simple"},
		{"verbose and quiet", "-v --ui none", "log-level=DEBUG ui=none"},
		{"plain", "--ui plain", "ui=plain"},
		{"gpu", "--gpu-telemetry h:9400/metrics", "gpu-telemetry=http://h:9400/metrics no-gpu-telemetry=false"},
		{"gpu list", "--gpu-telemetry my/list.csv", "gpu-telemetry=my/list.csv"},
		{"server metrics page", "--server-metrics h:9000 http://h/x", "no-server-metrics=false"},
		{"absolute prefix", "--profile-export-prefix /tmp/foo.json", "profile-export-prefix=foo.json"},
		{"negative number as value", "--request-cancellation-rate 5 --request-cancellation-delay 0", "request-cancellation-rate=5 request-cancellation-delay=0"},
		{"empty path", "--endpoint=", "custom-endpoint="},
		{"repeated with the same value", "--isl 5 --isl 5", "isl=5"},

		{"warmup by count", "--concurrency 4 --warmup-request-count 8", "warmup-request-count=8 warmup-concurrency=4 warmup-mode=concurrency warmup-grace-period=inf"},
		{"warmup alone", "--num-warmup-sessions 8", "num-warmup-sessions=8 warmup-concurrency=1"},
		{"warmup own", "--concurrency 4 --warmup-duration 8 --warmup-concurrency 2 --warmup-grace-period 1", "warmup-duration=8 warmup-concurrency=2 warmup-grace-period=1"},
		{"warmup inherits the rate", "--request-rate 5 --arrival-pattern constant --warmup-request-count 3", "warmup-request-rate=5 warmup-mode=constant"},
		{"warmup own pattern", "--request-rate 5 --warmup-arrival-pattern constant --warmup-request-count 3", "warmup-mode=constant mode=poisson"},
		{"warmup with a rate of its own", "--warmup-request-rate 5 --warmup-request-count 3", "warmup-mode=poisson mode=concurrency"},
		{"warmup inherits gamma", "--request-rate 5 --vllm-burstiness 2 --warmup-request-count 3", "warmup-mode=gamma"},
		{"no trigger, no warmup", "--warmup-concurrency 3", "warmup-concurrency="},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _, err := parse(t, c.line)
			if err != nil {
				t.Fatalf("%s: %v", c.line, err)
			}
			for _, pair := range strings.Fields(c.want) {
				name, want, _ := strings.Cut(pair, "=")
				if got := setting(p, name); got != want {
					t.Errorf("%s: %s is %q, want %q", c.line, name, got, want)
				}
			}
		})
	}
}

// setting is Field.Get, and the load modes.
func setting(p *Profile, name string) string {
	switch name {
	case "mode":
		return p.Profiling().Type.V
	case "warmup-mode":
		return p.Warmup().Type.V
	}
	return Lookup("--" + name).Get(p)
}

func TestLists(t *testing.T) {
	p, o, err := ParseArgs(splitShell(`--model a,b -m c -u h1 h2:8 --streaming -u https://h3/v1 -H X-A:1 "X-B: 2, 3" -H X-C:4,X-D:5 `+
		`--extra-inputs a:1,b:true c:0.5 --extra-inputs d:none,e:1e3,a:2 --goodput request_latency:9 time_to_first_token:0.5 --server-metrics h:1 h:2/m --workers-max 3`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.ModelNames(), " "); got != "a b c" {
		t.Errorf("models %s", got)
	}
	if got := strings.Join(p.Endpoint.URLs.V, " "); got != "http://h1 http://h2:8 https://h3/v1" {
		t.Errorf("urls %s", got)
	}
	if got := string(AppendJSON(nil, p.Endpoint.Headers.V.tree(), "", 0)); got != `{"X-A":"1","X-B":"2, 3","X-C":"4","X-D":"5"}` {
		t.Errorf("headers %s", got)
	}
	if got := string(AppendJSON(nil, Object(p.Endpoint.Extra.V), "", 0)); got != `{"a":2,"b":true,"c":0.5,"d":null,"e":"1e3"}` {
		t.Errorf("extra %s", got)
	}
	if got := p.SLOs.V.String(); got != "request_latency:9 time_to_first_token:0.5" {
		t.Errorf("slos %s", got)
	}
	if got := strings.Join(p.ServerMetrics.URLs.V, " "); got != "http://h:1/metrics http://h:2/m" {
		t.Errorf("server metrics %s", got)
	}
	if len(o.Notices) != 1 || o.Notices[0] != "--workers-max is recorded and caps nothing: requests here need no worker processes" {
		t.Errorf("notices %q", o.Notices)
	}
	if o.Of(Lookup("-u")) != FromFlag || o.Of(Lookup("--isl")) != FromDefault {
		t.Errorf("origins: url %v, isl %v", o.Of(Lookup("-u")), o.Of(Lookup("--isl")))
	}
}

func TestExtraInputsJSONKeepsOrderAndKinds(t *testing.T) {
	p, _, err := ParseArgs([]string{"-m", "m", "--extra-inputs", `{"z":{"y":[1,2.0,"x"],"b":null},"a":12345678901234567890,"m":"é\u0001"}`}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"z":{"y":[1,2.0,"x"],"b":null},"a":12345678901234567890,"m":"é\u0001"}`
	if got := string(AppendJSON(nil, Object(p.Endpoint.Extra.V), "", 0)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoticesOfWhatHasNoEffect(t *testing.T) {
	for line, want := range map[string]string{
		"--warmup-concurrency 3":                               "--warmup-concurrency has no effect: a warm-up needs --warmup-request-count, --warmup-duration or --num-warmup-sessions",
		"--plot-required":                                      "--plot-required has no effect without --auto-plot",
		"--arrival-pattern constant":                           "--arrival-pattern has no effect without --request-rate",
		"--request-rate 1 --arrival-pattern concurrency_burst": "--arrival-pattern concurrency-burst with a rate runs as poisson, as in AIPerf",
	} {
		_, o, err := parse(t, line)
		if err != nil || len(o.Notices) != 1 || o.Notices[0] != want {
			t.Errorf("%s: notices %q, %v; want %q", line, o.Notices, err, want)
		}
	}
}

func TestParseOverKeepsTheBase(t *testing.T) {
	base, _, err := parse(t, "--concurrency 4 --request-count 9 --request-rate 5 --arrival-pattern constant")
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := ParseOver(base, []string{"--request-rate", "6", "-m", "n"}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if ph := p.Profiling(); ph.Rate.V != 6 || ph.Type.V != LoadConstant || ph.Requests.V != 9 || p.ModelNames()[0] != "n" {
		t.Errorf("got %+v", ph)
	}
	if base.Profiling().Rate.V != 5 || base.ModelNames()[0] != "m" {
		t.Errorf("the base was changed: %+v", base.Profiling())
	}
	if want := "/bench/artifacts/n-openai-chat-concurrency4-request_rate6.0"; p.Artifacts.Dir.V != want {
		t.Errorf("folder %s, want %s", p.Artifacts.Dir.V, want)
	}
}

func TestPrefillRules(t *testing.T) {
	p, o, err := parse(t, "--concurrency 2")
	if err != nil {
		t.Fatal(err)
	}
	p.Profiling().PrefillConcurrency.Put(3)
	want := "--prefill-concurrency: requires --streaming, for it ends at the first token\n--prefill-concurrency: must not be above the concurrency"
	if got := rules(p, o, testEnv).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestInfiniteGraceIsLeftOutOfJSON(t *testing.T) {
	p, _, err := parse(t, "--benchmark-duration 5 --benchmark-grace-period inf")
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsInf(p.Profiling().GracePeriod.V, 1) {
		t.Errorf("grace %v", p.Profiling().GracePeriod.V)
	}
	if s := string(AppendJSON(nil, InputConfig(p), "", 0)); strings.Contains(s, "grace") || strings.Contains(s, "null") {
		t.Errorf("input_config %s", s)
	}
	if s := string(Encode(p)); !strings.Contains(s, "gracePeriod: inf") {
		t.Errorf("YAML\n%s", s)
	}
}
