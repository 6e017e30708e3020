package metric

// The tags of the built-in metrics, as AIPerf 0.13 spells them. Nothing else in
// the program writes one as a string.
const (
	// latency.go
	RequestLatency               Tag = "request_latency"
	TTFT                         Tag = "time_to_first_token"
	TTST                         Tag = "time_to_second_token"
	TTFO                         Tag = "time_to_first_output_token"
	DecodeDuration               Tag = "decode_duration"
	ITL                          Tag = "inter_token_latency"
	ICL                          Tag = "inter_chunk_latency"
	OutputTokenThroughputPerUser Tag = "output_token_throughput_per_user"
	E2EOutputTokenThroughput     Tag = "e2e_output_token_throughput"
	PrefillThroughputPerUser     Tag = "prefill_throughput_per_user"

	// tokens.go
	OSL             Tag = "output_sequence_length"
	ISL             Tag = "input_sequence_length"
	OutputTokens    Tag = "output_token_count"
	ReasoningTokens Tag = "reasoning_token_count"
	ErrorISL        Tag = "error_isl"
	OSLMismatchPct  Tag = "osl_mismatch_diff_pct"

	// usage.go
	UsagePromptTokens             Tag = "usage_prompt_tokens"
	UsageCompletionTokens         Tag = "usage_completion_tokens"
	UsageTotalTokens              Tag = "usage_total_tokens"
	UsageReasoningTokens          Tag = "usage_reasoning_tokens"
	UsagePromptCacheReadTokens    Tag = "usage_prompt_cache_read_tokens"
	UsagePromptCacheWriteTokens   Tag = "usage_prompt_cache_write_tokens"
	UsagePromptCacheMissTokens    Tag = "usage_prompt_cache_miss_tokens"
	UsageAcceptedPredictionTokens Tag = "usage_accepted_prediction_tokens"
	UsageRejectedPredictionTokens Tag = "usage_rejected_prediction_tokens"
	UsageToolUsePromptTokens      Tag = "usage_tool_use_prompt_tokens"
	UsagePromptDiffPct            Tag = "usage_prompt_tokens_diff_pct"
	UsageCompletionDiffPct        Tag = "usage_completion_tokens_diff_pct"
	UsageReasoningDiffPct         Tag = "usage_reasoning_tokens_diff_pct"

	// http.go
	HTTPBlocked            Tag = "http_req_blocked"
	HTTPDNSLookup          Tag = "http_req_dns_lookup"
	HTTPConnecting         Tag = "http_req_connecting"
	HTTPSending            Tag = "http_req_sending"
	HTTPWaiting            Tag = "http_req_waiting"
	HTTPReceiving          Tag = "http_req_receiving"
	HTTPConnectionReused   Tag = "http_req_connection_reused"
	HTTPDataSent           Tag = "http_req_data_sent"
	HTTPChunksSent         Tag = "http_req_chunks_sent"
	HTTPDataReceived       Tag = "http_req_data_received"
	HTTPChunksReceived     Tag = "http_req_chunks_received"
	HTTPConnectionOverhead Tag = "http_req_connection_overhead"
	HTTPDuration           Tag = "http_req_duration"
	HTTPTotal              Tag = "http_req_total"

	// counts.go
	RequestCount          Tag = "request_count"
	ErrorRequestCount     Tag = "error_request_count"
	ContextOverflowCount  Tag = "context_overflow_count"
	GoodRequestCount      Tag = "good_request_count"
	OSLMismatchCount      Tag = "osl_mismatch_count"
	UsageDiscrepancyCount Tag = "usage_discrepancy_count"

	// derived.go
	BenchmarkDuration     Tag = "benchmark_duration"
	TotalISL              Tag = "total_isl"
	TotalOSL              Tag = "total_osl"
	TotalErrorISL         Tag = "total_error_isl"
	TotalOutputTokens     Tag = "total_output_tokens"
	TotalReasoningTokens  Tag = "total_reasoning_tokens"
	RequestThroughput     Tag = "request_throughput"
	OutputTokenThroughput Tag = "output_token_throughput"
	InputTokenThroughput  Tag = "input_token_throughput"
	TotalTokenThroughput  Tag = "total_token_throughput"
	CompletedRequestCount Tag = "completed_request_count"
	RequestErrorRate      Tag = "request_error_rate"
	Goodput               Tag = "goodput"
	GoodRequestFraction   Tag = "good_request_fraction"

	// usagetotals.go
	TotalUsagePromptTokens             Tag = "total_usage_prompt_tokens"
	TotalUsageCompletionTokens         Tag = "total_usage_completion_tokens"
	TotalUsageTotalTokens              Tag = "total_usage_total_tokens"
	TotalUsageReasoningTokens          Tag = "total_usage_reasoning_tokens"
	TotalUsagePromptCacheReadTokens    Tag = "total_usage_prompt_cache_read_tokens"
	TotalUsagePromptCacheWriteTokens   Tag = "total_usage_prompt_cache_write_tokens"
	TotalUsagePromptCacheMissTokens    Tag = "total_usage_prompt_cache_miss_tokens"
	TotalUsageAcceptedPredictionTokens Tag = "total_usage_accepted_prediction_tokens"
	TotalUsageRejectedPredictionTokens Tag = "total_usage_rejected_prediction_tokens"
	TotalUsageToolUsePromptTokens      Tag = "total_usage_tool_use_prompt_tokens"
	OverallCacheReadPct                Tag = "overall_usage_prompt_cache_read_pct"

	// sweep.go
	EffectiveConcurrency              Tag = "effective_concurrency"
	EffectiveDecodeThroughput         Tag = "effective_decode_throughput"
	EffectivePrefillThroughput        Tag = "effective_prefill_throughput"
	EffectiveDecodeConcurrency        Tag = "effective_decode_concurrency"
	EffectivePrefillConcurrency       Tag = "effective_prefill_concurrency"
	EffectiveTotalThroughput          Tag = "effective_total_throughput"
	EffectiveDecodeThroughputPerUser  Tag = "effective_decode_throughput_per_user"
	EffectivePrefillThroughputPerUser Tag = "effective_prefill_throughput_per_user"
	TokensInFlight                    Tag = "tokens_in_flight"
	ActiveDecodeThroughput            Tag = "active_decode_throughput"
	ActivePrefillThroughput           Tag = "active_prefill_throughput"
	ActiveDecodeThroughputPerUser     Tag = "active_decode_throughput_per_user"
	ActivePrefillThroughputPerUser    Tag = "active_prefill_throughput_per_user"
	ActiveTotalThroughput             Tag = "active_total_throughput"

	// usage.go and usagetotals.go, of audio
	UsagePromptAudioTokens          Tag = "usage_prompt_audio_tokens"
	UsageCompletionAudioTokens      Tag = "usage_completion_audio_tokens"
	UsagePromptAudioSeconds         Tag = "usage_prompt_audio_seconds"
	TotalUsagePromptAudioTokens     Tag = "total_usage_prompt_audio_tokens"
	TotalUsageCompletionAudioTokens Tag = "total_usage_completion_audio_tokens"
	TotalUsagePromptAudioSeconds    Tag = "total_usage_prompt_audio_seconds"

	// media.go
	NumImages          Tag = "num_images"
	ImageThroughput    Tag = "image_throughput"
	ImageLatency       Tag = "image_latency"
	AudioDuration      Tag = "audio_duration"
	RTFx               Tag = "rtfx"
	VideoInferenceTime Tag = "video_inference_time"
	VideoPeakMemory    Tag = "video_peak_memory"

	// adjusted.go
	AdjTTFT           Tag = "adj_time_to_first_token"
	AdjRequestLatency Tag = "adj_request_latency"
	AdjDecodeDuration Tag = "adj_decode_duration"
	AdjITL            Tag = "adj_inter_token_latency"

	// injected.go
	CreditToStartLatency Tag = "credit_to_start_latency"
	EffectiveLatency     Tag = "effective_latency"
	ReplaySchedLagP50    Tag = "replay_sched_lag_p50"
	ReplaySchedLagP90    Tag = "replay_sched_lag_p90"
	ReplaySchedLagP99    Tag = "replay_sched_lag_p99"
	ReplaySchedDegraded  Tag = "replay_sched_degraded"

	// network.go
	NetworkRTT             Tag = "network_rtt"
	NetworkAdjustedTTFT    Tag = "network_adjusted_time_to_first_token"
	NetworkAdjustedTTFO    Tag = "network_adjusted_time_to_first_output_token"
	NetworkAdjustedLatency Tag = "network_adjusted_request_latency"
)
