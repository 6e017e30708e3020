package metric

// networkDefs are about the way to the server: the round trip, measured beside
// the requests, and latencies less it.
var networkDefs = []Def{
	{
		Tag: NetworkRTT, Header: "Network RTT", Short: "Net RTT",
		Doc:    "Mean round trip to the server, measured or given; every statistic is that mean.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Injected, Group: GroupDefault, Order: 305,
		Flags: External,
	},
	{
		Tag: NetworkAdjustedTTFT, Header: "Network-Adjusted Time to First Token", Short: "Net-Adj TTFT",
		Doc:    "time_to_first_token less network_rtt, at least 0.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Injected, Group: GroupDefault, Order: 101,
		Flags: NeedsStreaming | NeedsOutputTokens | External,
		Base:  TTFT,
	},
	{
		Tag: NetworkAdjustedTTFO, Header: "Network-Adjusted Time to First Output Token", Short: "Net-Adj TTFO",
		Doc:    "time_to_first_output_token less network_rtt, at least 0.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Injected, Group: GroupDefault, Order: 211,
		Flags: NeedsStreaming | NeedsOutputTokens | External,
		Base:  TTFO,
	},
	{
		Tag: NetworkAdjustedLatency, Header: "Network-Adjusted Request Latency", Short: "Net-Adj Req Latency",
		Doc:    "request_latency less network_rtt, at least 0.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Injected, Group: GroupDefault, Order: 301,
		Flags: External,
		Base:  RequestLatency,
	},
}
