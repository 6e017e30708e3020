package metric

// sweepDefs are time-weighted over the intervals of all requests: effective ones
// over the whole window, active ones over the time in which there was such work.
var sweepDefs = []Def{
	{
		Tag: EffectiveConcurrency, Header: "Effective Concurrency",
		Doc:  "Time-weighted over the window. Requests between start and end, failed ones included.",
		Unit: Requests, Kind: Sweep, Group: GroupEffective,
		Flags: OfAll,
	},
	{
		Tag: EffectiveDecodeThroughput, Header: "Effective Decode Throughput",
		Doc:  "Time-weighted over the window. Sum of the decode rates of the requests: each gap between chunks carries its share of OSL - 1 tokens.",
		Unit: TokensPerSec, Kind: Sweep, Group: GroupEffective,
		Flags: LargerIsBetter,
	},
	{
		Tag: EffectivePrefillThroughput, Header: "Effective Prefill Throughput",
		Doc:  "Time-weighted over the window. Sum of ISL / time_to_first_token over the requests before their first token.",
		Unit: TokensPerSec, Kind: Sweep, Group: GroupEffective,
		Flags: LargerIsBetter,
	},
	{
		Tag: EffectiveDecodeConcurrency, Header: "Effective Decode Concurrency",
		Doc:  "Time-weighted over the window. Requests between first token and end.",
		Unit: Requests, Kind: Sweep, Group: GroupEffective,
	},
	{
		Tag: EffectivePrefillConcurrency, Header: "Effective Prefill Concurrency",
		Doc:  "Time-weighted over the window. Requests between start and first token.",
		Unit: Requests, Kind: Sweep, Group: GroupEffective,
	},
	{
		Tag: EffectiveTotalThroughput, Header: "Effective Total Throughput",
		Doc:  "Time-weighted over the window. Prefill rates plus (OSL - 1) / (end - first token) of the requests in decode.",
		Unit: TokensPerSec, Kind: Sweep, Group: GroupEffective,
		Flags: LargerIsBetter,
	},
	{
		Tag: EffectiveDecodeThroughputPerUser, Header: "Effective Decode Throughput Per User",
		Doc:  "Time-weighted over the window. effective_decode_throughput / effective_decode_concurrency, 0 where nobody decodes.",
		Unit: TokensPerSecUser, Kind: Sweep, Group: GroupEffective,
		Flags: LargerIsBetter,
	},
	{
		Tag: EffectivePrefillThroughputPerUser, Header: "Effective Prefill Throughput Per User",
		Doc:  "Time-weighted over the window. effective_prefill_throughput / effective_prefill_concurrency, 0 where there is no prefill.",
		Unit: TokensPerSecUser, Kind: Sweep, Group: GroupEffective,
		Flags: LargerIsBetter,
	},
	{
		Tag: TokensInFlight, Header: "Tokens In Flight",
		Doc:  "Time-weighted over the window. ISL from start to end, and the output tokens from their chunk to the end.",
		Unit: Tokens, Kind: Sweep, Group: GroupEffective,
	},
	{
		Tag: ActiveDecodeThroughput, Header: "Active Decode Throughput",
		Doc:  "As effective_decode_throughput, over the time in which any request is in decode.",
		Unit: TokensPerSec, Kind: Sweep, Group: GroupActive,
		Flags: LargerIsBetter,
	},
	{
		Tag: ActivePrefillThroughput, Header: "Active Prefill Throughput",
		Doc:  "As effective_prefill_throughput, over the time in which any request is in prefill.",
		Unit: TokensPerSec, Kind: Sweep, Group: GroupActive,
		Flags: LargerIsBetter,
	},
	{
		Tag: ActiveDecodeThroughputPerUser, Header: "Active Decode Throughput Per User",
		Doc:  "As effective_decode_throughput_per_user, over the time in which any request is in decode.",
		Unit: TokensPerSecUser, Kind: Sweep, Group: GroupActive,
		Flags: LargerIsBetter,
	},
	{
		Tag: ActivePrefillThroughputPerUser, Header: "Active Prefill Throughput Per User",
		Doc:  "As effective_prefill_throughput_per_user, over the time in which any request is in prefill.",
		Unit: TokensPerSecUser, Kind: Sweep, Group: GroupActive,
		Flags: LargerIsBetter,
	},
	{
		Tag: ActiveTotalThroughput, Header: "Active Total Throughput",
		Doc:  "As effective_total_throughput, over the time in which any request is running.",
		Unit: TokensPerSec, Kind: Sweep, Group: GroupActive,
		Flags: LargerIsBetter,
	},
}
