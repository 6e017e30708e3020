package metric

import "math"

// countDefs count requests.
var countDefs = []Def{
	{
		Tag: RequestCount, Header: "Request Count", Short: "Requests",
		Doc:  "Valid requests.",
		Unit: Requests, Kind: Aggregate, Group: GroupDefault, Order: 1100,
		Flags: LargerIsBetter | Integer,
		Count: countOne,
	},
	{
		Tag: ErrorRequestCount, Header: "Error Request Count", Short: "Error Count",
		Doc:  "Failed requests: HTTP error, transport error, timeout, cancellation or no content. Absent on a clean run.",
		Unit: Requests, Kind: Aggregate, Group: GroupDefault,
		Flags: Integer | OfFailed,
		Count: countOne,
	},
	{
		Tag: ContextOverflowCount, Header: "Context Overflow Count", Short: "Ctx Overflow",
		Doc:  "Failed requests that overflowed the context; present, if 0, as soon as one request failed.",
		Unit: Requests, Kind: Aggregate, Group: GroupDefault,
		Flags: Integer | OfFailed,
		Count: countOverflow,
	},
	{
		Tag: GoodRequestCount, Header: "Good Request Count",
		Doc:  "Valid requests that meet every SLO; a request without the metric does not.",
		Unit: Requests, Kind: Aggregate,
		Flags: Integer | NeedsSLO | InRecords,
	},
	{
		Tag: OSLMismatchCount, Header: "OSL Mismatch Count", Short: "OSL Mismatches",
		Doc:  "Requests with |OSL - requested| > min(5 % of requested, 50 tokens).",
		Unit: Requests, Kind: Aggregate,
		Flags: Integer | NeedsOutputTokens,
		Needs: []Tag{OSLMismatchPct, OSL},
		Count: countOSLMismatch,
	},
	{
		Tag: UsageDiscrepancyCount, Header: "Usage Discrepancy Count", Short: "Discrepancies",
		Doc:  "Requests of which any usage difference is above 10 %; the reasoning one counts where there is one.",
		Unit: Requests, Kind: Aggregate,
		Flags: Integer | NeedsClientTokens,
		Needs: []Tag{UsagePromptDiffPct, UsageCompletionDiffPct},
		Wants: []Tag{UsageReasoningDiffPct},
		Count: countDiscrepancy,
	},
}

// AIPerf's default thresholds; it can change them by environment variables only.
const (
	oslMismatchShare  = 5.0 / 100
	oslMismatchTokens = 50
	usageDiffPct      = 10
)

func countOne(*Context, *Row, Inputs) (float64, bool) { return 1, true }

func countOverflow(_ *Context, row *Row, _ Inputs) (float64, bool) {
	return truth(row.ContextOverflow), true
}

// countOSLMismatch gets the percentage and OSL and works the requested length
// out of them, because files of finished runs do not hold it. An answer of no
// tokens always differs.
func countOSLMismatch(_ *Context, _ *Row, v Inputs) (float64, bool) {
	pct, osl := v[0], v[1]
	if osl == 0 {
		return 1, true
	}
	requested := math.Round(osl / (1 + pct/100))
	return truth(math.Abs(osl-requested) > min(requested*oslMismatchShare, oslMismatchTokens)), true
}

// countDiscrepancy gets the prompt and completion differences; the reasoning
// one, which need not be there, follows them.
func countDiscrepancy(_ *Context, _ *Row, v Inputs) (float64, bool) {
	for _, pct := range v {
		if pct > usageDiffPct { // false for NaN
			return 1, true
		}
	}
	return 0, true
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
