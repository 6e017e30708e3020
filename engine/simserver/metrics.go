package simserver

import (
	"net/http"
	"strconv"
	"strings"
)

// metricsPage serves GET /metrics under vLLM's names. Families, types and
// label order are those of a real vLLM 0.32 page.
func metricsPage(x *exchange) {
	x.reply(http.StatusOK, "text/plain; version=1.0.0; charset=utf-8", x.srv.metrics())
}

// page builds Prometheus text.
type page struct {
	strings.Builder
	labels  string // of every sample
	created string
}

func (p *page) family(name, kind, help string) {
	p.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " " + kind + "\n")
}

// sample writes one line. extra holds further labels, in place before the
// model's name, and may be "".
func (p *page) sample(name, extra, value string) {
	p.WriteString(name + `{engine="0",` + extra + p.labels + "} " + value + "\n")
}

func (p *page) gauge(name, help string, v float64) {
	p.family(name, "gauge", help)
	p.sample(name, "", number(v))
}

// counter writes name_total and the name_created gauge that follows it.
func (p *page) counter(name, help string, v int64) {
	p.family(name+"_total", "counter", help)
	p.sample(name+"_total", "", number(float64(v)))
	p.family(name+"_created", "gauge", help)
	p.sample(name+"_created", "", p.created)
}

func (p *page) histogram(name, help string, h *histogram) {
	p.family(name, "histogram", help)
	var cum int64
	for i, b := range h.bounds {
		cum += h.counts[i]
		p.sample(name+"_bucket", `le="`+number(b)+`",`, number(float64(cum)))
	}
	p.sample(name+"_bucket", `le="+Inf",`, number(float64(h.n)))
	p.sample(name+"_count", "", number(float64(h.n)))
	p.sample(name+"_sum", "", number(h.sum))
	p.family(name+"_created", "gauge", help)
	p.sample(name+"_created", "", p.created)
}

// metrics renders the page.
func (s *Server) metrics() []byte {
	load := s.ticks.load()
	st := s.stats.copy()
	p := page{
		labels:  `model_name="` + labelValue(s.cfg.Models[0]) + `"`,
		created: strconv.FormatFloat(float64(baseWall)/1e9, 'e', -1, 64),
	}
	p.gauge("vllm:num_requests_running", "Number of requests in model execution batches (simulated).", float64(load.running))
	p.gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.", float64(load.waiting))
	p.gauge("vllm:kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", load.kvUsage)
	p.counter("vllm:prefix_cache_queries", "Prefix cache queries, in terms of number of queried tokens.", int64(load.prefixQueries))
	p.counter("vllm:prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens.", int64(load.prefixHits))
	p.counter("vllm:num_preemptions", "Cumulative number of preemption from the engine.", int64(load.preemptions))
	p.counter("vllm:prompt_tokens", "Number of prefill tokens processed.", st.promptTokens)
	p.counter("vllm:prompt_tokens_cached", "Number of cached prompt tokens.", st.cachedTokens)
	p.counter("vllm:generation_tokens", "Number of generation tokens processed.", st.genTokens)
	const success = "vllm:request_success_total"
	p.family(success, "counter", "Count of successfully processed requests.")
	for _, reason := range []string{"stop", "length", "abort", "error"} {
		p.sample(success, `finished_reason="`+reason+`",`, number(float64(st.finishedBy[reason])))
	}
	p.histogram("vllm:request_prompt_tokens", "Number of prefill tokens processed.", st.prompts)
	p.histogram("vllm:request_generation_tokens", "Number of generation tokens processed.", st.outputs)
	p.histogram("vllm:iteration_tokens_total", "Histogram of number of tokens per engine_step.", st.batch)
	p.histogram("vllm:time_to_first_token_seconds", "Histogram of time to first token in seconds.", st.ttft)
	p.histogram("vllm:inter_token_latency_seconds", "Histogram of inter-token latency in seconds.", st.itl)
	p.histogram("vllm:request_time_per_output_token_seconds", "Histogram of time_per_output_token_seconds per request.", st.tpot)
	p.histogram("vllm:e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.", st.e2e)
	p.histogram("vllm:request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.", st.queue)
	p.histogram("vllm:request_inference_time_seconds", "Histogram of time spent in RUNNING phase for request.", st.inference)
	p.histogram("vllm:request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.", st.prefill)
	p.histogram("vllm:request_decode_time_seconds", "Histogram of time spent in DECODE phase for request.", st.decode)
	e := s.cfg.Engine
	p.family("vllm:cache_config_info", "gauge", "Information of the LLMEngine CacheConfig")
	p.WriteString(`vllm:cache_config_info{block_size="` + strconv.Itoa(e.BlockSize) + `",cache_dtype="auto",enable_prefix_caching="` +
		map[bool]string{true: "True", false: "False"}[!e.NoPrefixCache] + `",engine="0",num_gpu_blocks="` + strconv.Itoa(e.Blocks) + `",simulated="True"} 1.0` + "\n")
	return []byte(p.String())
}

// labelValue escapes a Prometheus label value.
func labelValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(s)
}
