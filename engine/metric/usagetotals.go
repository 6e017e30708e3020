package metric

// usageTotalDefs sum what the server says about its tokens.
var usageTotalDefs = []Def{
	{
		Tag: TotalUsagePromptTokens, Header: "Total Usage Prompt Tokens", Short: "Total Usage Prompt",
		Doc:  "Sum of usage_prompt_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2000,
		Flags:  LargerIsBetter | NeedsInputTokens,
		Needs:  []Tag{UsagePromptTokens},
		Derive: sumOf(UsagePromptTokens),
	},
	{
		Tag: TotalUsageCompletionTokens, Header: "Total Usage Completion Tokens", Short: "Total Usage Completion",
		Doc:  "Sum of usage_completion_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2100,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{UsageCompletionTokens},
		Derive: sumOf(UsageCompletionTokens),
	},
	{
		Tag: TotalUsageTotalTokens, Header: "Total Usage Total Tokens", Short: "Total Usage Total",
		Doc:  "Sum of usage_total_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2200,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{UsageTotalTokens},
		Derive: sumOf(UsageTotalTokens),
	},
	{
		Tag: TotalUsageReasoningTokens, Header: "Total Usage Reasoning Tokens", Short: "Total Usage Reasoning",
		Doc:  "Sum of usage_reasoning_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2110,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{UsageReasoningTokens},
		Derive: sumOf(UsageReasoningTokens),
	},
	{
		Tag: TotalUsagePromptCacheReadTokens, Header: "Total Usage Prompt Cache Read Tokens", Short: "Total Usage Prompt Cache Read",
		Doc:  "Sum of usage_prompt_cache_read_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2010,
		Flags:  LargerIsBetter,
		Needs:  []Tag{UsagePromptCacheReadTokens},
		Derive: sumOf(UsagePromptCacheReadTokens),
	},
	{
		Tag: TotalUsagePromptCacheWriteTokens, Header: "Total Usage Prompt Cache Write Tokens", Short: "Total Usage Prompt Cache Write",
		Doc:  "Sum of usage_prompt_cache_write_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2015,
		Needs:  []Tag{UsagePromptCacheWriteTokens},
		Derive: sumOf(UsagePromptCacheWriteTokens),
	},
	{
		Tag: TotalUsagePromptCacheMissTokens, Header: "Total Usage Prompt Cache Miss Tokens", Short: "Total Usage Prompt Cache Miss",
		Doc:  "Sum of usage_prompt_cache_miss_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2017,
		Needs:  []Tag{UsagePromptCacheMissTokens},
		Derive: sumOf(UsagePromptCacheMissTokens),
	},
	{
		Tag: TotalUsageAcceptedPredictionTokens, Header: "Total Usage Accepted Prediction Tokens", Short: "Total Usage Accepted Pred",
		Doc:  "Sum of usage_accepted_prediction_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2130,
		Flags:  LargerIsBetter | NeedsOutputTokens,
		Needs:  []Tag{UsageAcceptedPredictionTokens},
		Derive: sumOf(UsageAcceptedPredictionTokens),
	},
	{
		Tag: TotalUsageRejectedPredictionTokens, Header: "Total Usage Rejected Prediction Tokens", Short: "Total Usage Rejected Pred",
		Doc:  "Sum of usage_rejected_prediction_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2140,
		Flags:  NeedsOutputTokens,
		Needs:  []Tag{UsageRejectedPredictionTokens},
		Derive: sumOf(UsageRejectedPredictionTokens),
	},
	{
		Tag: TotalUsagePromptAudioTokens, Header: "Total Usage Prompt Audio Tokens", Short: "Total Usage Prompt Audio",
		Doc:  "Sum of usage_prompt_audio_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2020,
		Flags:  LargerIsBetter | NeedsAudio,
		Needs:  []Tag{UsagePromptAudioTokens},
		Derive: sumOf(UsagePromptAudioTokens),
	},
	{
		Tag: TotalUsageCompletionAudioTokens, Header: "Total Usage Completion Audio Tokens", Short: "Total Usage Comp Audio",
		Doc:  "Sum of usage_completion_audio_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2120,
		Flags:  LargerIsBetter | NeedsOutputTokens | NeedsAudio,
		Needs:  []Tag{UsageCompletionAudioTokens},
		Derive: sumOf(UsageCompletionAudioTokens),
	},
	{
		Tag: TotalUsagePromptAudioSeconds, Header: "Total Usage Prompt Audio Seconds", Short: "Total Usage Prompt Audio Sec",
		Doc:  "Sum of usage_prompt_audio_seconds.",
		Unit: Seconds, Kind: Derived, Group: GroupUsage, Order: 2040,
		Flags:  LargerIsBetter | NeedsAudio,
		Needs:  []Tag{UsagePromptAudioSeconds},
		Derive: sumOf(UsagePromptAudioSeconds),
	},
	{
		Tag: TotalUsageToolUsePromptTokens, Header: "Total Usage Tool Use Prompt Tokens", Short: "Total Usage Tool Prompt",
		Doc:  "Sum of usage_tool_use_prompt_tokens.",
		Unit: Tokens, Kind: Derived, Group: GroupUsage, Order: 2030,
		Needs:  []Tag{UsageToolUsePromptTokens},
		Derive: sumOf(UsageToolUsePromptTokens),
	},
	{
		Tag: OverallCacheReadPct, Header: "Overall Usage Prompt Cache Read %", Short: "Overall Cache Read %",
		Doc:  "100 * total_usage_prompt_cache_read_tokens / total_usage_prompt_tokens.",
		Unit: Percent, Kind: Derived, Group: GroupUsage, Order: 2012,
		Flags:  LargerIsBetter,
		Needs:  []Tag{TotalUsagePromptCacheReadTokens, TotalUsagePromptTokens},
		Derive: deriveCacheReadPct,
	},
}

func deriveCacheReadPct(_ *Context, t Totals) (float64, bool) {
	read, _ := t.Sum(TotalUsagePromptCacheReadTokens)
	prompt, _ := t.Sum(TotalUsagePromptTokens)
	if prompt == 0 {
		return 0, false
	}
	return read / prompt * 100, true
}
