package profiles

import "slices"

// datasetLater are AIPerf's options for datasets that are read, turned or decorated that cannot be used.
func datasetLater() []*Field {
	return slices.Concat(
		later(groupInput, "is not supported: public datasets are taken whole; cut the file and give it as --input-file",
			row{names: "--hf-subset", kind: typeText, tier: 'C', help: "Subset of a Hub dataset", key: "datasets.hf_subset"},
			row{names: "--hf-weka-dataset", kind: typeText, tier: 'C', help: "Repository for the generic Weka trace loader", key: "datasets.hf_weka_dataset"},
			row{names: "--dataset-filter", kind: typeText, tier: 'C', help: "key=value row filters", list: Words, key: "datasets.filters"},
		),
		later(groupInput, "is not supported: Weka and Baseten traces are not",
			row{names: "--use-think-time-only", kind: typeSwitch, tier: 'C', help: "Weka: use think time rather than the full gap", def: "False"},
			row{names: "--max-context-length", kind: typeInt, tier: 'C', help: "Weka: drop traces whose peak context is larger"},
			row{names: "--allow-dataset-wrap", kind: typeSwitch, tier: 'C', help: "Agentic replay: allow reusing traces when concurrency exceeds the pool", negative: "no-allow-dataset-wrap", def: "False"},
			row{names: "--trace-session-sample-ratio", kind: typeFloat, tier: 'C', help: "Keep only this fraction of trace sessions", key: "datasets.trace_session_sample_ratio"},
		),
		later(groupConv, "is not supported: Weka and Baseten traces are not",
			row{names: "--max-idle-gap-cap-seconds", kind: typeFloat, tier: 'C', help: "Collapse global idle gaps in replay", key: "datasets.max_idle_gap_cap_seconds"},
			row{names: "--replay-speedup", kind: typeFloat, tier: 'C', help: "Divide recorded times by this", key: "datasets.replay_speedup"},
			row{names: "--open-loop-replay", kind: typeSwitch, tier: 'C', help: "Replay at absolute times (default) or by think time", negative: "no-open-loop-replay", key: "datasets.open_loop_replay", def: "True"},
			row{names: "--open-loop-strict", kind: typeSwitch, tier: 'C', help: "Each row at its own timestamp, no grouping", key: "datasets.open_loop_strict", def: "False"},
			row{names: "--omit-kv-hints", kind: typeSwitch, tier: 'C', help: "Remove hash_ids/block_size from replayed bodies", key: "datasets.omit_kv_hints", def: "False"},
			row{names: "--force-min-tokens", kind: typeSwitch, tier: 'C', help: "Pin min_tokens to the recorded output length", negative: "no-force-min-tokens", key: "datasets.force_min_tokens", def: "True"},
		),
		later(groupCacheBust, "is not supported; use a new --random-seed for prompts the server has not seen",
			row{names: "--cache-bust", kind: typeChoice, tier: 'C', help: "Add a unique or warm-up marker to defeat prefix caching", key: "datasets.prompts.cache_bust.target", def: "none"},
		),
	)
}
