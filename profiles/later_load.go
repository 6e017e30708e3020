package profiles

import "slices"

// loadLater are AIPerf's options for load that cannot be used.
func loadLater() []*Field {
	return slices.Concat(
		later(groupLoad, "is not supported: agentic replay is not",
			row{names: "--trajectory-start-min-ratio", kind: typeFloat, tier: 'C', help: "Lower bound of the random start position in a trajectory", key: "phases.profiling.trajectory_start_min_ratio", def: "0.25"},
			row{names: "--trajectory-start-max-ratio", kind: typeFloat, tier: 'C', help: "Upper bound of the random start position", key: "phases.profiling.trajectory_start_max_ratio", def: "0.75"},
			row{names: "--burst-phase-starts", kind: typeSwitch, tier: 'C', help: "Fire all first requests of a phase together", key: "phases.profiling.burst_phase_starts", def: "False"},
			row{names: "--trace-idle-gap-cap-seconds", kind: typeFloat, tier: 'C', help: "Compress idle gaps inside one trace"},
			row{names: "--system-idle-gap-cap-seconds", kind: typeFloat, tier: 'C', help: "Compress global idle time"},
		),
		later(groupWarmup, "is not supported: agentic replay is not",
			row{names: "--agentic-cache-warmup-duration", kind: typeFloat, tier: 'C', help: "Extra cache warm-up of agentic replay", key: "phases.profiling.agentic_cache_warmup_duration"},
			row{names: "--agentic-warmup-grace-period", kind: typeFloat, tier: 'C', help: "Grace of the agentic warm-up", key: "phases.profiling.agentic_warmup_grace_period"},
		),
		later(groupScenario, "is not supported; keep the settings of a scenario in a file for --config",
			row{names: "--scenario", kind: typeText, tier: 'C', help: "Apply a named locked scenario", key: "scenario"},
			row{names: "--unsafe-override", kind: typeSwitch, tier: 'C', help: "Turn scenario violations into warnings", key: "unsafe_override", def: "False"},
		),
	)
}
