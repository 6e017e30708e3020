package profiles

import "slices"

// seekWithFind says what searches for a load.
const seekWithFind = `is not supported; tacho find --max concurrency --slo "time_to_first_token:p95<300" looks for the most load that holds the limits`

// multirunLater are AIPerf's options for searches, and for sweeps by hand, that cannot be used.
func multirunLater() []*Field {
	return slices.Concat(
		later(groupMultiRun, seekWithFind,
			row{names: "--search-space", kind: typeText, tier: 'C', help: "Dimension path:lo,hi[:int|real]", list: Comma},
			row{names: "--search-metric", kind: typeText, tier: 'C', help: "Metric to optimise"},
			row{names: "--search-stat", kind: typeChoice, tier: 'C', help: "Statistic to optimise"},
			row{names: "--search-direction", kind: typeChoice, tier: 'C', help: "maximise or minimise"},
			row{names: "--search-max-iterations", kind: typeInt, tier: 'C', help: "Iteration budget"},
			row{names: "--search-initial-points", kind: typeInt, tier: 'C', help: "Random points before modelling"},
			row{names: "--search-random-seed", kind: typeInt, tier: 'C', help: "Seed of the search"},
			row{names: "--search-planner", kind: typeChoice, tier: 'C', help: "Search algorithm"},
			row{names: "--optuna-sampler", kind: typeChoice, tier: 'C', help: "Optuna sampler"},
			row{names: "--optuna-acquisition", kind: typeChoice, tier: 'C', help: "Acquisition function"},
			row{names: "--optuna-terminator", kind: typeChoice, tier: 'C', help: "Early stop rule"},
			row{names: "--search-percentile-pooling", kind: typeChoice, tier: 'C', help: "How percentiles of repeats are merged"},
			row{names: "--bo-constraint-mode", kind: typeChoice, tier: 'C', help: "Ignored, kept for compatibility"},
		),
		later(groupMultiRun, "is not supported; a config file lists such points under sweep, type scenarios",
			row{names: "--variant --sweep-variant", kind: typeText, tier: 'C', help: "One hand-written sweep point per occurrence \"[name:] k=v, ...\"", list: Comma},
		),
		later(groupMultiRun, seekWithFind,
			row{names: "--search-sla", kind: typeText, tier: 'C', help: "SLA filter tag:stat:op:value", list: Comma},
			row{names: "--search-sla-tier", kind: typeText, tier: 'C', help: "Tier of SLA filters", list: Comma},
			row{names: "--search-recipe", kind: typeText, tier: 'C', help: "Named search or sweep preset"},
			row{names: "--ttft-sla-ms", kind: typeFloat, tier: 'C', help: "TTFT limit for recipes"},
			row{names: "--isl-osl-pairs", kind: typeText, tier: 'C', help: "ISL/OSL shapes of the pareto recipe"},
			row{names: "--itl-sla-ms", kind: typeFloat, tier: 'C', help: "ITL limit for recipes"},
			row{names: "--tpot-sla-ms", kind: typeFloat, tier: 'C', help: "TPOT limit (mapped to ITL)"},
			row{names: "--e2e-sla-ms", kind: typeFloat, tier: 'C', help: "p99 latency limit for recipes"},
			row{names: "--error-rate-sla", kind: typeFloat, tier: 'C', help: "Error share limit for recipes"},
			row{names: "--slo-attainment-fraction", kind: typeFloat, tier: 'C', help: "Share of requests that must meet all SLOs"},
			row{names: "--search-style", kind: typeChoice, tier: 'C', help: "Algorithm of the max-concurrency recipe"},
			row{names: "--degradation-threshold", kind: typeFloat, tier: 'C', help: "Knee threshold of the ramp recipe"},
			row{names: "--degradation-metric-tag", kind: typeText, tier: 'C', help: "Metric for the knee"},
			row{names: "--degradation-stat", kind: typeChoice, tier: 'C', help: "Statistic for the knee"},
			row{names: "--isl-min", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: isl min"},
			row{names: "--isl-max", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: isl max"},
			row{names: "--isl-steps", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: isl steps"},
			row{names: "--concurrency-min", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: concurrency min"},
			row{names: "--concurrency-max", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: concurrency max"},
			row{names: "--concurrency-steps", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: concurrency steps"},
			row{names: "--osl-min", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: osl min"},
			row{names: "--osl-max", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: osl max"},
			row{names: "--osl-steps", kind: typeInt, tier: 'C', help: "Bound or step count of a recipe axis: osl steps"},
		),
	)
}
