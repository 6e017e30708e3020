package telemetry

// role is one thing that every server tells under a name of its own.
type role int

// The roles. Those after roleHits are counted up: what matters is how they grow.
const (
	roleRunning role = iota
	roleWaiting
	roleKVUse
	roleHitRate
	roleHits
	roleQueries
	rolePreemptions
	roleFinished
	rolePromptTokens
	roleGenTokens
	roleTTFTSum // seconds, as all sums
	roleTTFTCount
	roleITLSum
	roleITLCount
	roleLatencySum
	roleLatencyCount
	roleQueueSum
	roleQueueCount
	numRoles
)

// cumulative reports whether a role is counted up.
func (r role) cumulative() bool { return r >= roleHits }

// part is what of a metric is taken.
type part int

const (
	total   part = iota // the value, added up over the series
	largest             // the largest value of the series
	sums                // the sum of a histogram
	counts              // the count of a histogram
)

// want is a metric, or several to be added up, that can fill a role.
type want struct {
	names []string
	part  part
	// label and value choose among the series; empty for all.
	label, value string
	scale        float64 // 0 is 1
}

func sum1(names ...string) want         { return want{names: names} }
func most(name string) want             { return want{names: []string{name}, part: largest} }
func histSum(name string) want          { return want{names: []string{name}, part: sums} }
func histCount(name string) want        { return want{names: []string{name}, part: counts} }
func (w want) where(l, v string) want   { w.label, w.value = l, v; return w }
func (w want) times(scale float64) want { w.scale = scale; return w }

// makes are the servers that are known, by a metric that only they have; the
// first that fits names the page.
var makes = []struct{ name, prefix string }{
	{"Dynamo", "dynamo_"},
	{"vLLM", "vllm:"},
	{"SGLang", "sglang:"},
	{"TensorRT-LLM", "trtllm_"},
	{"TensorRT-LLM", "trtllm:"},
	{"Triton TensorRT-LLM", "nv_trt_llm_"},
	{"Triton", "nv_inference_"},
	{"TGI", "tgi_"},
	{"llama.cpp", "llamacpp:"},
	{"NIM", "num_requests_running"},
	{"NIM", "gpu_cache_usage_perc"},
}

// roleNames is the one table of what servers call things: for each role the
// metrics that fill it, of which the first that a page has counts. Counters are
// without _total.
var roleNames = [numRoles][]want{
	roleRunning: {
		sum1("vllm:num_requests_running"), sum1("sglang:num_running_reqs"), sum1("trtllm_num_requests_running"), sum1("trtllm:num_requests_running"),
		sum1("nv_trt_llm_request_metrics").where("request_type", "scheduled"), sum1("nv_trt_llm_request_metrics").where("request_type", "active"),
		sum1("tgi_batch_current_size"), sum1("llamacpp:requests_processing"), sum1("num_requests_running"),
		sum1("dynamo_frontend_inflight_requests"), sum1("dynamo_frontend_active_requests"), sum1("dynamo_component_inflight_requests"),
	},
	roleWaiting: {
		sum1("vllm:num_requests_waiting"), sum1("sglang:num_queue_reqs"), sum1("trtllm_num_requests_waiting"), sum1("trtllm:num_requests_waiting"),
		sum1("nv_trt_llm_request_metrics").where("request_type", "waiting"), sum1("tgi_queue_size"), sum1("llamacpp:requests_deferred"),
		sum1("num_requests_waiting"), sum1("nv_inference_pending_request_count"), sum1("dynamo_frontend_queued_requests"),
	},
	roleKVUse: {
		most("vllm:kv_cache_usage_perc"), most("vllm:gpu_cache_usage_perc"), most("sglang:token_usage"), most("trtllm_kv_cache_utilization"),
		most("trtllm:kv_cache_utilization"), most("nv_trt_llm_kv_cache_block_metrics").where("kv_cache_block_type", "fraction"),
		most("llamacpp:kv_cache_usage_ratio"), most("gpu_cache_usage_perc"), most("dynamo_component_kvstats_gpu_cache_usage_percent"),
	},
	roleHitRate: {
		most("vllm:gpu_prefix_cache_hit_rate"), most("sglang:cache_hit_rate"), most("trtllm_kv_cache_hit_rate"), most("trtllm:kv_cache_hit_rate"),
		most("dynamo_component_kvstats_gpu_prefix_cache_hit_rate"),
	},
	roleHits: {
		sum1("vllm:prefix_cache_hits"), sum1("vllm:gpu_prefix_cache_hits"), sum1("sglang:cached_tokens"), sum1("llamacpp:prompt_tokens_cached"),
	},
	roleQueries: {
		sum1("vllm:prefix_cache_queries"), sum1("vllm:gpu_prefix_cache_queries"), sum1("sglang:prompt_tokens"),
		sum1("llamacpp:prompt_tokens", "llamacpp:prompt_tokens_cached"),
	},
	rolePreemptions: {
		sum1("vllm:num_preemptions"), sum1("sglang:num_retracted_requests"), sum1("sglang:num_retracted_reqs"), sum1("num_preemptions"),
	},
	roleFinished: {
		sum1("vllm:request_success"), sum1("sglang:num_requests"), sum1("trtllm_request_success"), sum1("trtllm:request_success"),
		sum1("tgi_request_success"), sum1("tgi_request_count"), sum1("request_success"), sum1("nv_inference_request_success"), sum1("dynamo_frontend_requests"),
	},
	rolePromptTokens: {
		sum1("vllm:prompt_tokens"), sum1("sglang:prompt_tokens"), sum1("trtllm_prompt_tokens"), histSum("tgi_request_input_length"),
		sum1("llamacpp:prompt_tokens"), sum1("prompt_tokens"), histSum("dynamo_frontend_input_sequence_tokens"),
	},
	roleGenTokens: {
		sum1("vllm:generation_tokens"), sum1("sglang:generation_tokens"), sum1("trtllm_generation_tokens"), histSum("tgi_request_generated_tokens"),
		sum1("llamacpp:tokens_predicted"), sum1("generation_tokens"), sum1("dynamo_frontend_output_tokens"), histSum("dynamo_frontend_output_sequence_tokens"),
	},
	roleTTFTSum: {
		histSum("vllm:time_to_first_token_seconds"), histSum("sglang:time_to_first_token_seconds"), histSum("trtllm_time_to_first_token_seconds"),
		histSum("trtllm:time_to_first_token_seconds"), histSum("time_to_first_token_seconds"), histSum("nv_inference_first_response_histogram_ms").times(1e-3),
		histSum("dynamo_frontend_time_to_first_token_seconds"),
	},
	roleTTFTCount: {
		histCount("vllm:time_to_first_token_seconds"), histCount("sglang:time_to_first_token_seconds"), histCount("trtllm_time_to_first_token_seconds"),
		histCount("trtllm:time_to_first_token_seconds"), histCount("time_to_first_token_seconds"), histCount("nv_inference_first_response_histogram_ms"),
		histCount("dynamo_frontend_time_to_first_token_seconds"),
	},
	roleITLSum: {
		histSum("vllm:inter_token_latency_seconds"), histSum("vllm:time_per_output_token_seconds"), histSum("sglang:inter_token_latency_seconds"),
		histSum("sglang:time_per_output_token_seconds"), histSum("trtllm_time_per_output_token_seconds"), histSum("trtllm:time_per_output_token_seconds"),
		histSum("tgi_request_mean_time_per_token_duration"), sum1("llamacpp:tokens_predicted_seconds"), histSum("time_per_output_token_seconds"),
		histSum("dynamo_frontend_inter_token_latency_seconds"),
	},
	roleITLCount: {
		histCount("vllm:inter_token_latency_seconds"), histCount("vllm:time_per_output_token_seconds"), histCount("sglang:inter_token_latency_seconds"),
		histCount("sglang:time_per_output_token_seconds"), histCount("trtllm_time_per_output_token_seconds"), histCount("trtllm:time_per_output_token_seconds"),
		histCount("tgi_request_mean_time_per_token_duration"), sum1("llamacpp:tokens_predicted"), histCount("time_per_output_token_seconds"),
		histCount("dynamo_frontend_inter_token_latency_seconds"),
	},
	roleLatencySum: {
		histSum("vllm:e2e_request_latency_seconds"), histSum("sglang:e2e_request_latency_seconds"), histSum("trtllm_e2e_request_latency_seconds"),
		histSum("trtllm:e2e_request_latency_seconds"), histSum("tgi_request_duration"), histSum("e2e_request_latency_seconds"),
		sum1("nv_inference_request_duration_us").times(1e-6), histSum("dynamo_frontend_request_duration_seconds"),
	},
	roleLatencyCount: {
		histCount("vllm:e2e_request_latency_seconds"), histCount("sglang:e2e_request_latency_seconds"), histCount("trtllm_e2e_request_latency_seconds"),
		histCount("trtllm:e2e_request_latency_seconds"), histCount("tgi_request_duration"), histCount("e2e_request_latency_seconds"),
		sum1("nv_inference_request_success"), histCount("dynamo_frontend_request_duration_seconds"),
	},
	roleQueueSum: {
		histSum("vllm:request_queue_time_seconds"), histSum("sglang:queue_time_seconds"), histSum("trtllm_request_queue_time_seconds"),
		histSum("trtllm:request_queue_time_seconds"), histSum("tgi_request_queue_duration"), histSum("request_queue_time_seconds"),
		sum1("nv_inference_queue_duration_us").times(1e-6),
	},
	roleQueueCount: {
		histCount("vllm:request_queue_time_seconds"), histCount("sglang:queue_time_seconds"), histCount("trtllm_request_queue_time_seconds"),
		histCount("trtllm:request_queue_time_seconds"), histCount("tgi_request_queue_duration"), histCount("request_queue_time_seconds"),
		sum1("nv_inference_request_success"),
	},
}
