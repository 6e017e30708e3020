package metric

// injectedDefs come from when requests were due, started and ended.
var injectedDefs = []Def{
	{
		Tag: CreditToStartLatency, Header: "Credit-to-Start Latency",
		Doc:  "Due time to request start, of all requests: the wait inside the client.",
		Unit: Milliseconds, Kind: Injected,
		Flags: OfAll | NotInSlice,
	},
	{
		Tag: EffectiveLatency, Header: "Effective Latency (CO-aware)",
		Doc:  "Due time to request end, of all requests, so that waiting inside the client counts.",
		Unit: Milliseconds, Kind: Injected, Group: GroupEffective,
		Flags: OfAll | NotInSlice,
	},
	{
		Tag: ReplaySchedLagP50, Header: "Replay Schedule Lag p50", Short: "Sched Lag p50",
		Doc:  "p50 of how much later than its schedule a request started, against the least late one.",
		Unit: Milliseconds, Kind: Injected,
		Flags: NeedsSchedule | NotInSlice,
	},
	{
		Tag: ReplaySchedLagP90, Header: "Replay Schedule Lag p90", Short: "Sched Lag p90",
		Doc:  "p90 of how much later than its schedule a request started, against the least late one.",
		Unit: Milliseconds, Kind: Injected,
		Flags: NeedsSchedule | NotInSlice,
	},
	{
		Tag: ReplaySchedLagP99, Header: "Replay Schedule Lag p99", Short: "Sched Lag p99",
		Doc:  "p99 of how much later than its schedule a request started, against the least late one.",
		Unit: Milliseconds, Kind: Injected,
		Flags: NeedsSchedule | NotInSlice,
	},
	{
		Tag: ReplaySchedDegraded, Header: "Replay Schedule Degraded", Short: "Sched Degraded",
		Doc:  "1 when replay_sched_lag_p99 is above 500 ms, else 0.",
		Unit: Count, Kind: Injected,
		Flags: NeedsSchedule | NotInSlice,
	},
}
