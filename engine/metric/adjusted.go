package metric

// adjustedDefs are latencies in which a failure counts as infinitely late.
var adjustedDefs = []Def{
	{
		Tag: AdjTTFT, Header: "Time to First Token (error-adjusted)",
		Doc:    "time_to_first_token with every failed request counted as +infinity; percentiles are nearest ranks.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Adjusted, Group: GroupDefault,
		Flags: NeedsStreaming | OfAll,
		Base:  TTFT,
	},
	{
		Tag: AdjRequestLatency, Header: "Request Latency (error-adjusted)",
		Doc:    "request_latency with every failed request counted as +infinity; percentiles are nearest ranks.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Adjusted, Group: GroupDefault,
		Flags: OfAll,
		Base:  RequestLatency,
	},
	{
		Tag: AdjDecodeDuration, Header: "Decode Duration (error-adjusted)",
		Doc:    "decode_duration with every failed request counted as +infinity; percentiles are nearest ranks.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Adjusted, Group: GroupDefault,
		Flags: NeedsStreaming | OfAll,
		Base:  DecodeDuration,
	},
	{
		Tag: AdjITL, Header: "Inter Token Latency (error-adjusted)",
		Doc:    "inter_token_latency with every failed request counted as +infinity; percentiles are nearest ranks.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: Adjusted, Group: GroupDefault,
		Flags: NeedsStreaming | OfAll,
		Base:  ITL,
	},
}
