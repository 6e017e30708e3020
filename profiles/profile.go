package profiles

// Phase kinds, which are also the names of the two phases flags can make.
const (
	KindWarmup    = "warmup"
	KindProfiling = "profiling"
)

// Load modes a phase can have. The rate modes differ in the gaps between
// requests: exponential, gamma or all equal. Users share a rate between them; a
// schedule is the times in the dataset.
const (
	LoadConcurrency = "concurrency"
	LoadPoisson     = "poisson"
	LoadGamma       = "gamma"
	LoadConstant    = "constant"
	LoadUsers       = "user_centric"
	LoadSchedule    = "fixed_schedule"
)

// Profile is the whole configuration of one run.
type Profile struct {
	Benchmark
	// RandomSeed is the root seed of all random streams; not set means a
	// different run each time.
	RandomSeed Opt[int] `key:"random_seed"`
	// Variables are those of the file that templates of user files may name.
	Variables Opt[Variables] `key:"variables"`
	// MultiRun and Sweep make several runs of one profile; NoSweepTable keeps
	// their progress quiet.
	MultiRun     MultiRun  `key:"multi_run"`
	Sweep        Sweep     `key:"sweep"`
	NoSweepTable Opt[bool] `key:"no_sweep_table"`
	// Console holds what is this program's own and means nothing to AIPerf.
	Console Console `key:"tacho"`

	// ownDir tells that the artifact folder was named by us: it follows the
	// settings and is no setting itself.
	ownDir bool
	// cells are those of the sweep; runSeed is the seed of one of several runs.
	cells   []Cell
	runSeed Opt[int]
}

// Benchmark has the shape and the key order of AIPerf's input_config.
type Benchmark struct {
	Models         Models         `key:"models"`
	Endpoint       Endpoint       `key:"endpoint"`
	Datasets       []Dataset      `key:"datasets"`
	Phases         []Phase        `key:"phases"`
	Artifacts      Artifacts      `key:"artifacts"`
	SLOs           Opt[SLOs]      `key:"slos"`
	Tokenizer      Tokenizer      `key:"tokenizer"`
	GPUTelemetry   GPUTelemetry   `key:"gpu_telemetry"`
	ServerMetrics  ServerMetrics  `key:"server_metrics"`
	NetworkLatency NetworkLatency `key:"network_latency"`
	OTel           struct{}       `key:"otel,always"`
	MLflow         struct{}       `key:"mlflow,always"`
	WandB          struct{}       `key:"wandb,always"`
	Runtime        Runtime        `key:"runtime"`
	Logging        Logging        `key:"logging"`
}

// Models names the models and how prompts are spread over them.
type Models struct {
	Strategy Opt[string] `key:"strategy"` // round_robin, random, weighted
	Items    []ModelItem `key:"items"`
}

// ModelItem is one model. Weight is its share under the weighted strategy, 0..1.
type ModelItem struct {
	Name   Opt[string]  `key:"name"`
	Weight Opt[float64] `key:"weight"`
}

// Template makes bodies and finds the text of answers, for the endpoint type
// template.
type Template struct {
	Body          Opt[string] `key:"body"`
	ResponseField Opt[string] `key:"response_field"`
}

// Endpoint is the server and the dialect to speak. Times are seconds.
type Endpoint struct {
	URLs                 Opt[[]string] `key:"urls"` // always with a scheme
	URLStrategy          Opt[string]   `key:"url_strategy"`
	Type                 Opt[string]   `key:"type"` // snake case, as in nim_rankings
	Path                 Opt[string]   `key:"path"` // set and empty: append nothing
	APIKey               Opt[string]   `key:"api_key"`
	Timeout              Opt[float64]  `key:"timeout"`
	Streaming            Opt[bool]     `key:"streaming"`
	ConnectionReuse      Opt[string]   `key:"connection_reuse"` // pooled, never, sticky-user-sessions
	UseLegacyMaxTokens   Opt[bool]     `key:"use_legacy_max_tokens"`
	UseServerTokenCount  Opt[bool]     `key:"use_server_token_count"`
	PerChunkUsage        Opt[bool]     `key:"per_chunk_usage"`
	Template             Template      `key:"template"`
	Headers              Opt[Headers]  `key:"headers"`
	Extra                Opt[Extra]    `key:"extra"`
	DownloadVideoContent Opt[bool]     `key:"download_video_content"`
	RequestContentType   Opt[string]   `key:"request_content_type"`
	SessionHeader        Opt[string]   `key:"session_header"`
	WaitForModelTimeout  Opt[float64]  `key:"wait_for_model_timeout"`
	WaitForModelInterval Opt[float64]  `key:"wait_for_model_interval"`
	WaitForModelMode     Opt[string]   `key:"wait_for_model_mode"` // models, inference, both
}

// Phase is one stretch of load. Times are seconds, rates requests per second.
type Phase struct {
	Name               Opt[string] `key:"name"`
	Kind               Opt[string] `key:"kind"`
	Type               Opt[string] `key:"type"`
	ExcludeFromResults Opt[bool]   `key:"exclude_from_results"`
	// Stop conditions; each one that is set is checked, the first to be
	// reached ends the phase.
	Requests Opt[int]     `key:"requests"`
	Duration Opt[float64] `key:"duration"`
	Sessions Opt[int]     `key:"sessions"`
	// Concurrency not set means 1 in concurrency mode and no cap in a rate mode.
	// The ramps raise concurrency and prefill from 1, and the rate from 0, to
	// their values.
	Concurrency        Opt[int]  `key:"concurrency"`
	ConcurrencyRamp    Opt[Ramp] `key:"concurrency_ramp"`
	PrefillConcurrency Opt[int]  `key:"prefill_concurrency"`
	PrefillRamp        Opt[Ramp] `key:"prefill_ramp"`
	// GracePeriod is how long replies are awaited after Duration; +Inf: forever.
	GracePeriod  Opt[float64] `key:"grace_period"`
	Cancellation Cancellation `key:"cancellation"`
	// Seamless starts the phase when the one before has sent all.
	Seamless               Opt[bool]    `key:"seamless"`
	FailedRequestThreshold Opt[float64] `key:"failed_request_threshold"`
	Rate                   Opt[float64] `key:"rate"`
	RateRamp               Opt[Ramp]    `key:"rate_ramp"`
	// RateSeries comes in place of Rate, after a RateRamp to its first point.
	RateSeries Opt[Series]  `key:"rate_series"`
	Smoothness Opt[float64] `key:"smoothness"`
	// Users share the rate of user_centric load.
	Users Opt[int] `key:"users"`
	// AutoOffset begins a fixed schedule with the first time in the file; else
	// it begins with StartOffset, or 0. What lies outside of the offsets, in
	// ms, is left out.
	AutoOffset  Opt[bool] `key:"auto_offset"`
	StartOffset Opt[int]  `key:"start_offset"`
	EndOffset   Opt[int]  `key:"end_offset"`

	// pattern is --arrival-pattern until the load mode is settled, fixed and
	// unfixed are the switches for and against a fixed schedule.
	pattern        Opt[string]
	fixed, unfixed Opt[bool]
	// promoted: the file made it a fixed schedule.
	promoted bool
	// fromFile phases are kept whatever they hold.
	fromFile bool
}

// Cancellation picks requests to hang up on: Rate is a percentage, Delay the
// seconds between the end of sending and the hang-up.
type Cancellation struct {
	Rate  Opt[float64] `key:"rate"`
	Delay Opt[float64] `key:"delay"`
}

// Artifacts says what is written and where.
type Artifacts struct {
	Dir               Opt[string]    `key:"dir"`
	Prefix            Opt[string]    `key:"prefix"` // as given; see CleanPrefix
	Summary           Opt[Formats]   `key:"summary"`
	Records           Opt[Formats]   `key:"records"`
	Raw               Opt[bool]      `key:"raw"`
	Trace             Opt[bool]      `key:"trace"`
	SliceDuration     Opt[float64]   `key:"slice_duration"` // seconds
	ShowTraceTiming   Opt[bool]      `key:"show_trace_timing"`
	AutoPlot          Opt[bool]      `key:"auto_plot"`
	PlotRequired      Opt[bool]      `key:"plot_required"`
	ExportOutputsJSON Opt[bool]      `key:"export_outputs_json"`
	UserFiles         Opt[UserFiles] `key:"user_files"`
}

// Tokenizer names the tokenizer; not set means the model's name.
type Tokenizer struct {
	Name     Opt[string] `key:"name"`
	Revision Opt[string] `key:"revision"`
	// ApplyChatTemplate counts inputs with the chat template about them.
	ApplyChatTemplate Opt[bool] `key:"apply_chat_template"`
}

// FilePath is the path of a file, as it was given.
type FilePath string

func (f *FilePath) tree() any { return string(*f) }

func (f *FilePath) fromTree(x any) error {
	s, err := asString(x)
	*f = FilePath(s)
	return err
}

// GPUTelemetry says where GPU figures come from.
type GPUTelemetry struct {
	Enabled Opt[bool]     `key:"enabled"`
	URLs    Opt[[]string] `key:"urls"`
	// MetricsFile lists further figures that are read from DCGM pages.
	MetricsFile Opt[FilePath] `key:"metrics_file"`
	Collector   Opt[string]   `key:"collector"` // dcgm, pynvml, amdsmi
	Mode        Opt[string]   `key:"mode"`      // summary, realtime_dashboard
}

// ServerMetrics says which Prometheus pages are read and how they are written.
type ServerMetrics struct {
	Enabled Opt[bool]     `key:"enabled"`
	URLs    Opt[[]string] `key:"urls"`
	Formats Opt[[]string] `key:"formats"`
}

// NetworkLatency is the round trip to the server, measured or given, that
// adjusted latencies leave out.
type NetworkLatency struct {
	Enabled      Opt[bool]    `key:"enabled"`
	MeanMS       Opt[float64] `key:"mean_ms"`       // given, not measured
	PingInterval Opt[float64] `key:"ping_interval"` // seconds
}

// Runtime holds how the run is shown.
type Runtime struct {
	UI            Opt[string]  `key:"ui"`
	Workers       Opt[int]     `key:"workers"`
	StatsInterval Opt[float64] `key:"stats_interval"` // seconds
}

// Logging sets how much is logged.
type Logging struct {
	Level Opt[string] `key:"level"`
}

// Console holds settings of this program alone.
type Console struct {
	FPS          Opt[int]    `key:"fps"`    // frames per second; 0: chosen by the line
	Theme        Opt[string] `key:"theme"`  // auto: by the terminal; else a theme
	Color        Opt[string] `key:"color"`  // auto, always, never
	Clock        Opt[string] `key:"clock"`  // precise, fast
	Glyphs       Opt[string] `key:"glyphs"` // auto, braille, blocks, ascii
	LowBandwidth Opt[bool]   `key:"low_bandwidth"`
	Mouse        Opt[bool]   `key:"mouse"`
	OnHangup     Opt[string] `key:"on_hangup"` // detach, stop
	Record       Opt[string] `key:"record"`    // asciicast of the screen
	Against      Opt[string] `key:"against"`   // an earlier run behind this one
	CAFile       Opt[string] `key:"ca_file"`
	Insecure     Opt[bool]   `key:"insecure"`
	HTTP2        Opt[string] `key:"http2"` // off, auto
	Tag          Opt[string] `key:"tag"`   // free text kept with the run
	// Resume goes on with several runs where they were cut off; not set: only
	// if they were.
	Resume Opt[bool] `key:"resume"`
	// PricePerHour is what the machines that serve cost, in any currency.
	PricePerHour Opt[float64] `key:"price_per_hour"`
}
