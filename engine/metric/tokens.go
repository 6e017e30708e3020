package metric

import "tacho/engine/record"

// tokenDefs are the token counts of one request.
var tokenDefs = []Def{
	{
		Tag: OSL, Header: "Output Sequence Length", Short: "OSL",
		Doc:  "Output plus reasoning tokens.",
		Unit: Tokens, Kind: PerRecord, Group: GroupDefault, Order: 600,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: recordOSL,
	},
	{
		Tag: ISL, Header: "Input Sequence Length", Short: "ISL",
		Doc:  "Tokens of the request texts, or the prompt tokens that the server reports.",
		Unit: Tokens, Kind: PerRecord, Group: GroupDefault, Order: 700,
		Flags:  LargerIsBetter | Integer | NeedsInputTokens | InRecords,
		Record: recordISL,
	},
	{
		Tag: OutputTokens, Header: "Output Token Count", Short: "Output Tokens",
		Doc:  "Output tokens that are not reasoning; absent when there are none.",
		Unit: Tokens, Kind: PerRecord,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: recordOutput,
	},
	{
		Tag: ReasoningTokens, Header: "Reasoning Token Count", Short: "Reasoning Tokens",
		Doc:  "Reasoning tokens of the answer.",
		Unit: Tokens, Kind: PerRecord,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: recordReasoning,
	},
	{
		Tag: ErrorISL, Header: "Error Input Sequence Length", Short: "Error ISL",
		Doc:  "As input_sequence_length, of failed requests.",
		Unit: Tokens, Kind: PerRecord, Order: 700,
		Flags:  LargerIsBetter | Integer | NeedsInputTokens | OfFailed | InRecords,
		Record: recordISL,
	},
	{
		Tag: OSLMismatchPct, Header: "OSL Mismatch Diff %", Short: "OSL Diff",
		Doc:  "100 * (OSL - requested) / requested; negative is shorter than asked for.",
		Unit: Percent, Kind: PerRecord,
		Flags:  NeedsOutputTokens | InRecords,
		Needs:  []Tag{OSL},
		Record: recordOSLMismatch,
	},
}

// oslOf is output plus reasoning tokens; false when neither was counted.
func oslOf(r *record.Record) (int, bool) {
	if r.Output < 0 && r.Reasoning < 0 {
		return 0, false
	}
	return max(r.Output, 0) + max(r.Reasoning, 0), true
}

func recordOSL(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	n, ok := oslOf(r)
	return float64(n), ok
}

func recordISL(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.ISL), r.ISL >= 0
}

func recordOutput(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.Output), r.Output > 0
}

func recordReasoning(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.Reasoning), r.Reasoning >= 0
}

func recordOSLMismatch(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	osl, ok := oslOf(r)
	if !ok || r.RequestedOSL <= 0 {
		return 0, false
	}
	return float64(osl-r.RequestedOSL) / float64(r.RequestedOSL) * 100, true
}
