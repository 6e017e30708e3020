package metric

import "tacho/engine/record"

// latencyDefs are the times and rates of one request.
var latencyDefs = []Def{
	{
		Tag: RequestLatency, Header: "Request Latency", Short: "Req Latency",
		Doc:    "Request start to the last chunk with content; finish, usage and [DONE] chunks are outside.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 300,
		Flags:  StoredInteger | InRecords,
		Record: recordLatency,
	},
	{
		Tag: TTFT, Header: "Time to First Token", Short: "TTFT",
		Doc:    "Request start to the first chunk with content; reasoning and tool-call text count.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 100,
		Flags:  StoredInteger | NeedsStreaming | NeedsOutputTokens | InRecords,
		Record: recordTTFT,
	},
	{
		Tag: TTST, Header: "Time to Second Token", Short: "TTST",
		Doc:    "Gap between the first and the second content chunk, not a time from the start.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 200,
		Flags:  StoredInteger | NeedsStreaming | NeedsOutputTokens | InRecords,
		Record: recordTTST,
	},
	{
		Tag: TTFO, Header: "Time to First Output Token", Short: "TTFO",
		Doc:    "Request start to the first content that is not reasoning.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 210,
		Flags:  StoredInteger | NeedsStreaming | NeedsOutputTokens | InRecords,
		Record: recordTTFO,
	},
	{
		Tag: DecodeDuration, Header: "Decode Duration", Short: "Decode Duration",
		Doc:    "request_latency - time_to_first_token.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 350,
		Flags:  StoredInteger | NeedsStreaming | NeedsOutputTokens | InRecords,
		Needs:  []Tag{RequestLatency, TTFT},
		Record: recordDecode,
	},
	{
		Tag: ITL, Header: "Inter Token Latency", Short: "ITL",
		Doc:    "(request_latency - time_to_first_token) / (OSL - tokens of the first chunk), one mean per request.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 400,
		Flags:  NeedsStreaming | NeedsOutputTokens | InRecords,
		Needs:  []Tag{RequestLatency, TTFT, OSL},
		Record: recordITL,
	},
	{
		Tag: ICL, Header: "Inter Chunk Latency", Short: "ICL",
		Doc:    "Gaps between neighbouring content chunks; summaries pool the gaps of all requests.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerList,
		Flags: StoredInteger | NeedsStreaming | NeedsOutputTokens | InRecords,
		List:  listGaps,
	},
	{
		Tag: OutputTokenThroughputPerUser, Header: "Output Token Throughput Per User", Short: "Output TPS/User",
		Doc:  "1 / inter_token_latency in seconds.",
		Unit: TokensPerSecUser, Kind: PerRecord, Group: GroupDefault, Order: 500,
		Flags:  LargerIsBetter | NeedsStreaming | NeedsOutputTokens | InRecords,
		Needs:  []Tag{ITL},
		Record: recordPerUser,
	},
	{
		Tag: E2EOutputTokenThroughput, Header: "E2E Output Token Throughput", Short: "E2E Output TPS/User",
		Doc:  "OSL / request_latency in seconds.",
		Unit: TokensPerSecUser, Kind: PerRecord, Group: GroupDefault, Order: 510,
		Flags:  LargerIsBetter | NeedsOutputTokens | InRecords,
		Needs:  []Tag{OSL, RequestLatency},
		Record: recordE2E,
	},
	{
		Tag: PrefillThroughputPerUser, Header: "Prefill Throughput Per User", Short: "Prefill TPS/User",
		Doc:  "ISL / time_to_first_token in seconds.",
		Unit: TokensPerSecUser, Kind: PerRecord,
		Flags:  LargerIsBetter | NeedsStreaming | NeedsOutputTokens | NeedsInputTokens | InRecords,
		Needs:  []Tag{ISL, TTFT},
		Record: recordPrefill,
	},
}

// nsToMS and nsToSec are AIPerf's conversions: a product, never a quotient, so
// that the same artefacts of rounding come out (87.29435099999999).
const (
	nsToMS  = 1e-6
	nsToSec = 1e-9
)

// duration turns nanoseconds into milliseconds; a negative one is absent.
func duration(ns int64) (float64, bool) { return float64(ns) * nsToMS, ns >= 0 }

// latencyNS is the request latency of a record with content, else -1.
func latencyNS(r *record.Record) int64 {
	if len(r.ChunkNS) == 0 {
		return -1
	}
	return r.ChunkNS[len(r.ChunkNS)-1] - r.StartNS
}

// ttftNS is the time to first token of a record with content, else -1.
func ttftNS(r *record.Record) int64 {
	if len(r.ChunkNS) == 0 {
		return -1
	}
	return r.ChunkNS[0] - r.StartNS
}

func recordLatency(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(latencyNS(r))
}

func recordTTFT(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(ttftNS(r))
}

func recordTTST(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	if len(r.ChunkNS) < 2 {
		return 0, false
	}
	return duration(r.ChunkNS[1] - r.ChunkNS[0])
}

func recordTTFO(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	if r.FirstOutputNS == 0 {
		return 0, false
	}
	return duration(r.FirstOutputNS - r.StartNS)
}

func recordDecode(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(latencyNS(r) - ttftNS(r))
}

// itlNS is the mean time per output token after the first chunk, in
// nanoseconds; false when there is no second token.
func itlNS(c *Context, r *record.Record) (float64, bool) {
	osl, ok := oslOf(r)
	if !ok || osl < 2 || len(r.ChunkNS) == 0 {
		return 0, false
	}
	rest := osl - 1
	// A first-chunk count that is not in 1..OSL-1 lags or covers the whole
	// answer: AIPerf then assumes one token.
	if n := r.FirstChunkTokens; c.PerChunkUsage && n > 0 && n < osl {
		rest = osl - n
	}
	return float64(latencyNS(r)-ttftNS(r)) / float64(rest), true
}

func recordITL(c *Context, r *record.Record, _ *Row) (float64, bool) {
	itl, ok := itlNS(c, r)
	return itl * nsToMS, ok
}

func recordPerUser(c *Context, r *record.Record, _ *Row) (float64, bool) {
	itl, ok := itlNS(c, r)
	if sec := itl * nsToSec; ok && sec != 0 {
		return 1 / sec, true
	}
	return 0, false
}

func recordE2E(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	osl, ok := oslOf(r)
	return perSecond(osl, ok, latencyNS(r))
}

func recordPrefill(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return perSecond(r.ISL, r.ISL >= 0, ttftNS(r))
}

func perSecond(tokens int, ok bool, ns int64) (float64, bool) {
	if !ok || ns <= 0 {
		return 0, false
	}
	return float64(tokens) / (float64(ns) * nsToSec), true
}

func listGaps(_ *Context, r *record.Record, dst []float64) []float64 {
	for i := 1; i < len(r.ChunkNS); i++ {
		dst = append(dst, float64(r.ChunkNS[i]-r.ChunkNS[i-1])*nsToMS)
	}
	return dst
}
