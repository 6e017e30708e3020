package metric

// derivedDefs are computed from the totals of others.
var derivedDefs = []Def{
	{
		Tag: BenchmarkDuration, Header: "Benchmark Duration", Short: "Duration",
		Doc:    "First request start to the last content of any valid request; the rates do not divide by it but by the phase window.",
		Stored: Nanoseconds, Unit: Seconds, Kind: Derived,
		Derive: deriveDuration,
	},
	{
		Tag: TotalISL, Header: "Total Input Sequence Length", Short: "Total ISL",
		Doc:  "Sum of input_sequence_length.",
		Unit: Tokens, Kind: Derived,
		Flags:  LargerIsBetter | NeedsInputTokens,
		Needs:  []Tag{ISL},
		Derive: sumOf(ISL),
	},
	{
		Tag: TotalOSL, Header: "Total Output Sequence Length", Short: "Total OSL",
		Doc:  "Sum of output_sequence_length.",
		Unit: Tokens, Kind: Derived,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{OSL},
		Derive: sumOf(OSL),
	},
	{
		Tag: TotalErrorISL, Header: "Total Error Input Sequence Length", Short: "Total Error ISL",
		Doc:  "Sum of error_isl.",
		Unit: Tokens, Kind: Derived,
		Flags:  LargerIsBetter | NeedsInputTokens | OfFailed,
		Needs:  []Tag{ErrorISL},
		Derive: sumOf(ErrorISL),
	},
	{
		Tag: TotalOutputTokens, Header: "Total Output Tokens", Short: "Total Output",
		Doc:  "Sum of output_token_count.",
		Unit: Tokens, Kind: Derived,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{OutputTokens},
		Derive: sumOf(OutputTokens),
	},
	{
		Tag: TotalReasoningTokens, Header: "Total Reasoning Tokens", Short: "Total Reasoning",
		Doc:  "Sum of reasoning_token_count.",
		Unit: Tokens, Kind: Derived,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{ReasoningTokens},
		Derive: sumOf(ReasoningTokens),
	},
	{
		Tag: RequestThroughput, Header: "Request Throughput", Short: "Req/sec",
		Doc:  "request_count / window.",
		Unit: RequestsPerSec, Kind: Derived, Group: GroupDefault, Order: 900,
		Flags:  LargerIsBetter,
		Needs:  []Tag{RequestCount, BenchmarkDuration},
		Derive: rateOf(RequestCount),
	},
	{
		Tag: OutputTokenThroughput, Header: "Output Token Throughput", Short: "Output TPS",
		Doc:  "total_osl / window.",
		Unit: TokensPerSec, Kind: Derived, Group: GroupDefault, Order: 800,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{TotalOSL, BenchmarkDuration},
		Derive: rateOf(TotalOSL),
	},
	{
		Tag: InputTokenThroughput, Header: "Input Token Throughput", Short: "Input TPS",
		Doc:  "total_isl / window.",
		Unit: TokensPerSec, Kind: Derived, Group: GroupDefault, Order: 805,
		Flags:  LargerIsBetter,
		Needs:  []Tag{TotalISL, BenchmarkDuration},
		Derive: rateOf(TotalISL),
	},
	{
		Tag: TotalTokenThroughput, Header: "Total Token Throughput", Short: "Total TPS",
		Doc:  "(total_isl + total_osl) / window.",
		Unit: TokensPerSec, Kind: Derived,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{TotalISL, TotalOSL, BenchmarkDuration},
		Derive: rateOf(TotalISL, TotalOSL),
	},
	{
		Tag: CompletedRequestCount, Header: "Completed Requests (Success + Error)", Short: "Completed",
		Doc:  "request_count + error_request_count.",
		Unit: Requests, Kind: Derived, Group: GroupDefault, Order: 1075,
		Flags:  OfAll,
		Derive: deriveCompleted,
	},
	{
		Tag: RequestErrorRate, Header: "Request Error Rate", Short: "Err %",
		Doc:  "100 * error_request_count / (request_count + error_request_count).",
		Unit: Percent, Kind: Derived, Group: GroupDefault, Order: 1080,
		Flags:  OfAll,
		Derive: deriveErrorRate,
	},
	{
		Tag: Goodput, Header: "Goodput", Short: "Goodput",
		Doc:  "good_request_count / window.",
		Unit: RequestsPerSec, Kind: Derived, Group: GroupDefault, Order: 1000,
		Flags:  NeedsSLO,
		Needs:  []Tag{GoodRequestCount, BenchmarkDuration},
		Derive: rateOf(GoodRequestCount),
	},
	{
		Tag: GoodRequestFraction, Header: "GoodRequestFraction", Short: "GoodReqFrac",
		Doc:  "good_request_count / (request_count + error_request_count).",
		Unit: Ratio, Kind: Derived,
		Flags:  LargerIsBetter | NeedsSLO | OfAll,
		Derive: deriveGoodFraction,
	},
}

func sumOf(tag Tag) func(*Context, Totals) (float64, bool) {
	return func(_ *Context, t Totals) (float64, bool) { return t.Sum(tag) }
}

// rateOf divides a sum of totals by the window; a window of no length has no rate.
func rateOf(tags ...Tag) func(*Context, Totals) (float64, bool) {
	return func(_ *Context, t Totals) (float64, bool) {
		var sum float64
		for _, tag := range tags {
			v, ok := t.Sum(tag)
			if !ok {
				return 0, false
			}
			sum += v
		}
		w := t.WindowSec()
		if w == 0 {
			return 0, false
		}
		return sum / w, true
	}
}

func deriveDuration(_ *Context, t Totals) (float64, bool) {
	sec := t.SpanSec()
	return sec, sec > 0
}

// finished returns the numbers of valid and of all finished requests.
func finished(t Totals) (valid, all float64) {
	valid, _ = t.Sum(RequestCount)
	failed, _ := t.Sum(ErrorRequestCount)
	return valid, valid + failed
}

func deriveCompleted(_ *Context, t Totals) (float64, bool) {
	_, all := finished(t)
	return all, all > 0
}

func deriveErrorRate(_ *Context, t Totals) (float64, bool) {
	valid, all := finished(t)
	if all <= 0 {
		return 0, false
	}
	return 100 * (all - valid) / all, true
}

func deriveGoodFraction(_ *Context, t Totals) (float64, bool) {
	good, _ := t.Sum(GoodRequestCount)
	_, all := finished(t)
	if all == 0 {
		return 0, true
	}
	return good / all, true
}
