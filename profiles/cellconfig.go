package profiles

import "slices"

// In one of several runs AIPerf writes the whole configuration, defaults
// included, for each run is handed its configuration in full. The texts below
// are those defaults in the order of its files; null stands for a setting that
// is there only when it was made.
const (
	allDefaults = `{
		"models": {"strategy": "round_robin", "items": null},
		"endpoint": {"urls": null, "url_strategy": "round_robin", "type": "chat", "path": null, "api_key": null, "timeout": 21600.0, "streaming": false,
			"connection_reuse": "pooled", "use_legacy_max_tokens": false, "use_server_token_count": false, "per_chunk_usage": false, "headers": {}, "extra": {},
			"download_video_content": false, "uuid_and_strip": false, "session_header": null,
			"wait_for_model_timeout": 0.0, "wait_for_model_interval": 5.0, "wait_for_model_mode": "inference"},
		"datasets": null, "phases": null,
		"artifacts": {"dir": null, "prefix": null, "summary": ["json"], "records": ["jsonl"], "raw": false, "trace": false, "slice_duration": null, "show_trace_timing": false,
			"user_files": [], "auto_plot": false, "plot_required": false, "export_outputs_json": false},
		"slos": null,
		"tokenizer": {"name": null, "revision": "main", "trust_remote_code": false, "apply_chat_template": false},
		"gpu_telemetry": {"enabled": true, "urls": [], "collector": "dcgm", "mode": "summary"},
		"server_metrics": {"enabled": true, "urls": [], "formats": ["json", "csv"], "discovery": {"mode": "auto", "timeout_seconds": 30.0}},
		"network_latency": {"enabled": false, "ping_interval": 1.0},
		"otel": {"stream_metrics_enabled": true, "stream_timing_enabled": true, "custom_resource_attributes": {}},
		"mlflow": {"experiment": "aiperf"}, "wandb": {},
		"runtime": {"ui": "dashboard", "workers": null, "stats_interval": null, "service_run_type": "multiprocessing"},
		"logging": {"level": "INFO"}, "metrics": {}, "unsafe_override": false}`

	phaseDefaults = `{"adaptive_scale": false, "adaptive_min_completed_requests": 1, "adaptive_control_variable": "concurrency", "adaptive_control_min": 1.0,
		"adaptive_scale_strategy_type": "ramp_until_fail", "adaptive_scale_step_policy": "sla_margin", "adaptive_scale_base_step": 10,
		"adaptive_scale_max_step_multiplier": 4, "adaptive_scale_step_percent": 25.0, "name": null, "kind": null, "type": null, "exclude_from_results": false,
		"requests": null, "duration": null, "sessions": null, "concurrency": null, "sla": [], "seamless": false,
		"trajectory_start_min_ratio": 0.25, "trajectory_start_max_ratio": 0.75, "burst_phase_starts": false,
		"rate": null, "rate_ramp": null, "rate_series": null, "smoothness": null, "users": null}`

	syntheticDefaults = `{"name": null, "type": "synthetic", "entries": 100, "random_seed": null, "sampling": "sequential",
		"prompts": {"isl": null, "osl": null, "batch_size": 1, "cache_bust": {"target": "none"}, "random_corpus_style": "vllm"},
		"prefix_prompts": null, "turns": null, "turn_delay": null, "turn_delay_ratio": 1.0}`

	fileDefaults = `{"name": null, "type": "file", "path": null, "format": null, "sampling": "sequential", "open_loop_replay": true, "open_loop_strict": false,
		"omit_kv_hints": false, "force_min_tokens": true, "ignore_trace_delays": false, "use_think_time_only": false, "cache_bust": {"target": "none"}}`

	publicDefaults = `{"name": null, "type": "public", "dataset": null, "sampling": "sequential", "filters": {}, "ignore_trace_delays": false,
		"use_think_time_only": false, "cache_bust": {"target": "none"}}`
)

// CellConfig returns the profile as the input_config of one of several runs.
func CellConfig(p *Profile) Object {
	o := withDefaults(template(allDefaults), InputConfig(p))
	for i := range o {
		list, ok := o[i].Value.([]any)
		if !ok {
			continue
		}
		each := func(f func(Object) Object) {
			out := make([]any, len(list))
			for j, e := range list {
				out[j] = e
				if sub, ok := e.(Object); ok {
					out[j] = f(sub)
				}
			}
			o[i].Value = out
		}
		switch o[i].Key {
		case "phases":
			each(func(ph Object) Object { return withStrategy(withDefaults(template(phaseDefaults), ph)) })
		case "datasets":
			each(datasetDefaults)
		}
	}
	return o
}

func datasetDefaults(ds Object) Object {
	kind, _ := ds.get("type").(string)
	text, ok := map[string]string{"synthetic": syntheticDefaults, "file": fileDefaults, "public": publicDefaults}[kind]
	if !ok {
		return ds
	}
	ds = withDefaults(template(text), ds)
	prompts, _ := ds.get("prompts").(Object)
	for _, key := range []string{"isl", "osl"} {
		if d, ok := prompts.get(key).(Object); ok && d.get("mean") != nil && d.get("stddev") == nil && len(d) == 1 {
			prompts.put(key, append(slices.Clone(d), Member{"stddev", 0.0}))
		}
	}
	return ds
}

// template reads one of the texts above.
func template(text string) Object {
	o, err := readObject(text)
	if err != nil {
		panic("profiles: defaults of AIPerf: " + err.Error()) // the text is wrong
	}
	return o
}

// withDefaults lays what was set over the defaults. A setting that the defaults
// do not know comes after the one it was set after.
func withDefaults(defaults, set Object) Object {
	at := 0
	for _, m := range set {
		i := slices.IndexFunc(defaults, func(d Member) bool { return d.Key == m.Key })
		if i < 0 {
			defaults = slices.Insert(defaults, at, m)
			at++
			continue
		}
		at = i + 1
		old, isMap := defaults[i].Value.(Object)
		if sub, ok := m.Value.(Object); ok && isMap {
			defaults[i].Value = withDefaults(old, sub)
			continue
		}
		defaults[i].Value = m.Value
	}
	return dropAbsent(defaults)
}

func dropAbsent(o Object) Object {
	out := Object{}
	for _, m := range o {
		if sub, ok := m.Value.(Object); ok {
			m.Value = dropAbsent(sub)
		}
		if m.Value != nil {
			out = append(out, m)
		}
	}
	return out
}
