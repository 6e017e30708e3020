package metric

import (
	"math"

	"tacho/engine/record"
)

// usageDefs are what the server says about its tokens, and how far that is from the client's count.
var usageDefs = []Def{
	{
		Tag: UsagePromptTokens, Header: "Usage Prompt Tokens", Short: "Usage Prompt",
		Doc:  "Prompt tokens as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1000,
		Flags:  LargerIsBetter | Integer | NeedsInputTokens | InRecords,
		Record: usage(func(u *record.Usage) int { return u.Prompt }),
	},
	{
		Tag: UsageCompletionTokens, Header: "Usage Completion Tokens", Short: "Usage Completion",
		Doc:  "Completion tokens, reasoning included, as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1100,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: usage(func(u *record.Usage) int { return u.Completion }),
	},
	{
		Tag: UsageTotalTokens, Header: "Usage Total Tokens", Short: "Usage Total",
		Doc:  "Total tokens as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1200,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: usage(func(u *record.Usage) int { return u.Total }),
	},
	{
		Tag: UsageReasoningTokens, Header: "Usage Reasoning Tokens", Short: "Usage Reasoning",
		Doc:  "Reasoning tokens as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1110,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: usage(func(u *record.Usage) int { return u.Reasoning }),
	},
	{
		Tag: UsagePromptCacheReadTokens, Header: "Usage Prompt Cache Read Tokens", Short: "Usage Prompt Cache Read",
		Doc:  "Prompt tokens read from the cache as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1010,
		Flags:  LargerIsBetter | Integer | InRecords,
		Record: usage(func(u *record.Usage) int { return u.CacheRead }),
	},
	{
		Tag: UsagePromptCacheWriteTokens, Header: "Usage Prompt Cache Write Tokens", Short: "Usage Prompt Cache Write",
		Doc:  "Prompt tokens written to the cache as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1015,
		Flags:  Integer | InRecords,
		Record: usage(func(u *record.Usage) int { return u.CacheWrite }),
	},
	{
		Tag: UsagePromptCacheMissTokens, Header: "Usage Prompt Cache Miss Tokens", Short: "Usage Prompt Cache Miss",
		Doc:  "Prompt tokens that missed the cache as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1017,
		Flags:  Integer | InRecords,
		Record: usage(func(u *record.Usage) int { return u.CacheMiss }),
	},
	{
		Tag: UsageAcceptedPredictionTokens, Header: "Usage Accepted Prediction Tokens", Short: "Usage Accepted Pred",
		Doc:  "Predicted tokens that were used as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1130,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | InRecords,
		Record: usage(func(u *record.Usage) int { return u.AcceptedPrediction }),
	},
	{
		Tag: UsageRejectedPredictionTokens, Header: "Usage Rejected Prediction Tokens", Short: "Usage Rejected Pred",
		Doc:  "Predicted tokens that were not used as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1140,
		Flags:  Integer | NeedsOutputTokens | InRecords,
		Record: usage(func(u *record.Usage) int { return u.RejectedPrediction }),
	},
	{
		Tag: UsageToolUsePromptTokens, Header: "Usage Tool Use Prompt Tokens", Short: "Usage Tool Prompt",
		Doc:  "Prompt tokens of tool declarations as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1030,
		Flags:  Integer | InRecords,
		Record: usage(func(u *record.Usage) int { return u.ToolUse }),
	},
	{
		Tag: UsagePromptAudioTokens, Header: "Usage Prompt Audio Tokens", Short: "Usage Prompt Audio",
		Doc:  "Audio tokens of the prompt as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1020,
		Flags:  LargerIsBetter | Integer | NeedsAudio | InRecords,
		Record: usage(func(u *record.Usage) int { return u.PromptAudio }),
	},
	{
		Tag: UsageCompletionAudioTokens, Header: "Usage Completion Audio Tokens", Short: "Usage Completion Audio",
		Doc:  "Audio tokens of the completion as the server's last usage object reports them.",
		Unit: Tokens, Kind: PerRecord, Group: GroupUsage, Order: 1120,
		Flags:  LargerIsBetter | Integer | NeedsOutputTokens | NeedsAudio | InRecords,
		Record: usage(func(u *record.Usage) int { return u.CompletionAudio }),
	},
	{
		Tag: UsagePromptAudioSeconds, Header: "Usage Prompt Audio Seconds", Short: "Usage Prompt Audio Sec",
		Doc:  "Length of the audio in the prompt as the server's last usage object reports it.",
		Unit: Seconds, Kind: PerRecord, Group: GroupUsage, Order: 1040,
		Flags: LargerIsBetter | NeedsAudio | InRecords,
		Record: func(_ *Context, r *record.Record, _ *Row) (float64, bool) {
			return r.Usage.PromptAudioSec, r.Usage.PromptAudioSec >= 0
		},
	},
	{
		Tag: UsagePromptDiffPct, Header: "Usage Prompt Diff %", Short: "Prompt Diff",
		Doc:  "100 * |usage_prompt_tokens - ISL| / ISL.",
		Unit: Percent, Kind: PerRecord,
		Flags:  NeedsInputTokens | NeedsClientTokens | InRecords,
		Needs:  []Tag{UsagePromptTokens, ISL},
		Record: recordPromptDiff,
	},
	{
		Tag: UsageCompletionDiffPct, Header: "Usage Completion Diff %", Short: "Completion Diff",
		Doc:  "100 * |usage_completion_tokens - OSL| / OSL.",
		Unit: Percent, Kind: PerRecord,
		Flags:  NeedsOutputTokens | NeedsClientTokens | InRecords,
		Needs:  []Tag{UsageCompletionTokens, OSL},
		Record: recordCompletionDiff,
	},
	{
		Tag: UsageReasoningDiffPct, Header: "Usage Reasoning Diff %", Short: "Reasoning Diff",
		Doc:  "100 * |usage_reasoning_tokens - reasoning_token_count| / reasoning_token_count.",
		Unit: Percent, Kind: PerRecord,
		Flags:  NeedsOutputTokens | NeedsClientTokens | InRecords,
		Needs:  []Tag{UsageReasoningTokens, ReasoningTokens},
		Record: recordReasoningDiff,
	},
}

func usage(field func(*record.Usage) int) func(*Context, *record.Record, *Row) (float64, bool) {
	return func(_ *Context, r *record.Record, _ *Row) (float64, bool) {
		n := field(&r.Usage)
		return float64(n), n >= 0
	}
}

func recordPromptDiff(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return diffPct(r.Usage.Prompt, r.ISL)
}

func recordCompletionDiff(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	osl, _ := oslOf(r)
	return diffPct(r.Usage.Completion, osl)
}

func recordReasoningDiff(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return diffPct(r.Usage.Reasoning, r.Reasoning)
}

// diffPct is how far the server's count is from ours, in percent of ours.
func diffPct(server, client int) (float64, bool) {
	if server < 0 || client <= 0 {
		return 0, false
	}
	return math.Abs(float64(server-client)) / float64(client) * 100, true
}
