package aiperf

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/export"
)

// groupTitles are the names that follow the main title; the default group has
// none.
var groupTitles = []struct {
	group metric.Group
	name  string
}{
	{metric.GroupEffective, ": Effective"},
	{metric.GroupActive, ": Active"},
	{metric.GroupUsage, ": Usage"},
	{metric.GroupCache, ": Cache"},
	{metric.GroupPrediction, ": Prediction"},
	{metric.GroupAudio, ": Audio"},
	{metric.GroupReasoning, ": Reasoning"},
	{metric.GroupDefault, ""},
}

// EncodeConsole prints profile_export_console.txt: a warning if the run is
// incomplete, error hints, the error
// table, HTTP trace, one table per group of metrics, what the GPUs say, and the
// two warnings on token counts. It is a rendering, two decimals a number, so
// there is no decoder.
func EncodeConsole(run *export.Run) []byte {
	dst := appendIncomplete(nil, run)
	dst = appendHints(dst, run.Errors)
	dst = appendErrors(dst, run.Errors)
	if run.ShowTrace {
		trace := inOrder(run.Summary, func(d *metric.Def) bool { return d.Has(metric.NeedsHTTP) })
		if len(trace) > 0 {
			dst = append(dst, "\n\n"...)
			dst = appendMetrics(dst, "NVIDIA AIPerf | HTTP Trace Timing", trace)
			dst = appendCacheHint(dst, run.Summary)
		}
	}
	dst = appendGroups(dst, run)
	dst = append(dst, run.GPUConsole...)
	dst = appendDiscrepancy(dst, run.Summary)
	return appendMismatch(dst, run.Summary)
}

// appendIncomplete warns of a run that did not do all it was asked to.
func appendIncomplete(dst []byte, run *export.Run) []byte {
	if run.Complete {
		return dst
	}
	dst = append(dst, "\n\n"...)
	for _, part := range []string{
		"NVIDIA AIPerf | INCOMPLETE RESULTS", cmp.Or(run.Reason, "reason not recorded"),
		"These metrics were computed over a subset of the run and must not be compared against complete runs.",
	} {
		for _, line := range wrap(part, consoleWidth) {
			dst = append(append(dst, line...), '\n')
		}
	}
	return dst
}

func appendGroups(dst []byte, run *export.Run) []byte {
	title := "NVIDIA AIPerf | " + cmp.Or(run.Title, "LLM Metrics")
	any := false
	for _, g := range groupTitles {
		list := inOrder(run.Summary, func(d *metric.Def) bool { return d.Group == g.group && !d.Has(metric.OfFailed) })
		if len(list) == 0 {
			continue
		}
		if !any {
			dst = append(dst, "\n\n"...)
		}
		any = true
		dst = appendMetrics(dst, title+g.name, list)
	}
	if any {
		dst = appendCacheHint(dst, run.Summary)
	}
	return dst
}

// inOrder returns the chosen metrics in console order; those without a place
// come last, in registry order.
func inOrder(sum *stats.Summary, choose func(*metric.Def) bool) []*stats.Stat {
	var out []*stats.Stat
	for i := range sum.Stats {
		if s := &sum.Stats[i]; exported(s) && choose(s.Def) {
			out = append(out, s)
		}
	}
	place := func(s *stats.Stat) int {
		if s.Def.Order == 0 {
			return math.MaxInt
		}
		return s.Def.Order
	}
	slices.SortStableFunc(out, func(a, b *stats.Stat) int { return cmp.Compare(place(a), place(b)) })
	return out
}

// consoleFields are the columns of the metric tables.
var consoleFields = []statField{
	avgField, minField, maxField, percentileField("p99", 8), percentileField("p90", 6), percentileField("p50", 4), stdField,
}

func appendMetrics(dst []byte, title string, list []*stats.Stat) []byte {
	return appendMetricTable(dst, title, list, consoleFields)
}

// appendMetricTable draws the given columns of metrics.
func appendMetricTable(dst []byte, title string, list []*stats.Stat, fields []statField) []byte {
	t := table{title: title, cols: []tableColumn{{head: "Metric"}}}
	for _, f := range fields {
		t.cols = append(t.cols, tableColumn{head: f.name})
	}
	for _, s := range list {
		gap := " "
		if len(s.Def.Header) > 30 {
			gap = "\n"
		}
		row := []string{s.Def.Header + gap + "(" + string(s.Def.Unit) + ")"}
		for _, f := range fields {
			row = append(row, string(appendConsole(nil, *f.get(s))))
		}
		t.rows = append(t.rows, row)
	}
	return t.appendTo(dst)
}

func appendErrors(dst []byte, list []stats.ErrorGroup) []byte {
	if len(list) == 0 {
		return dst
	}
	t := table{
		title: "NVIDIA AIPerf | Error Summary",
		cols:  []tableColumn{{head: "Code"}, {head: "Type"}, {head: "Message", left: true}, {head: "Count"}},
	}
	for _, e := range list {
		code := "N/A"
		if e.Failure.Code != 0 {
			code = strconv.Itoa(e.Failure.Code)
		}
		t.rows = append(t.rows, []string{code, cmp.Or(beginning(e.Failure.Type), "N/A"), beginning(e.Failure.Message), string(appendGrouped(nil, e.Count))})
	}
	return t.appendTo(append(dst, "\n\n"...))
}

// beginning is as much of what a server said as a terminal's history can bear: it
// may be a page of HTML. The other files have all of it.
func beginning(s string) string {
	const limit = 2000
	n := 0
	for i := range s {
		if n++; n > limit {
			return s[:i] + "…"
		}
	}
	return s
}

const cacheHint = "Token usage is reported but no prompt-cache read tokens were seen (usage.prompt_tokens_details.cached_tokens absent). " +
	"If your server uses prefix/KV caching, enable cache reporting so AIPerf can populate the prompt-cache metrics: " +
	"vLLM --enable-prompt-tokens-details, SGLang --enable-cache-report (TRT-LLM reports it by default)."

// appendCacheHint tells why the cache metrics are missing when the server
// reports usage without them.
func appendCacheHint(dst []byte, sum *stats.Summary) []byte {
	has := func(tag metric.Tag) bool {
		s, ok := sum.Get(tag)
		return ok && exported(s)
	}
	if !has(metric.TotalUsagePromptTokens) || has(metric.TotalUsagePromptCacheReadTokens) {
		return dst
	}
	dst = append(dst, '\n')
	for _, line := range wrap(cacheHint, consoleWidth) {
		dst = append(append(dst, line...), '\n')
	}
	return dst
}

// appendHints explains an error that users of older servers run into.
func appendHints(dst []byte, list []stats.ErrorGroup) []byte {
	for _, e := range list {
		m := e.Failure.Message
		if strings.Contains(m, "extra_forbidden") && strings.Contains(m, "max_completion_tokens") &&
			strings.Contains(m, "Extra inputs are not permitted") {
			return panel(append(dst, '\n'), "Unsupported Parameter: max_completion_tokens", maxTokensHint)
		}
	}
	return dst
}

const maxTokensHint = `The backend rejected 'max_completion_tokens'. This backend only supports 'max_tokens'.

Possible Causes:
  • AIPerf generated 'max_completion_tokens' due to --output-tokens-mean.
  • The backend rejects 'max_completion_tokens' because it only supports 'max_tokens'.

Investigation Steps:
  1. Inspect request payloads in profile_export.jsonl.
  1. Check the backend's supported parameters.

Suggested Fixes:
  • Remove --output-tokens-mean.
  • Or use --extra-inputs "max_tokens:<value>".
  • Or run AIPerf with '--use-legacy-max-tokens' to force use of the legacy 'max_tokens' field instead of 'max_completion_tokens'.`

// affected returns how many of the valid requests a counting metric concerns;
// ok is false when there is nothing to warn of.
func affected(sum *stats.Summary, tag metric.Tag) (share string, ok bool) {
	count, has := sum.Get(tag)
	if !has || !(count.Avg > 0) {
		return "", false
	}
	total, has := sum.Get(metric.RequestCount)
	if !has || !(total.Avg > 0) {
		return "", false
	}
	n, of := int64(count.Avg), int64(total.Avg)
	return fmt.Sprintf("%s of %s requests (%.1f%%)", appendGrouped(nil, n), appendGrouped(nil, of), float64(n)/float64(of)*100), true
}

func appendDiscrepancy(dst []byte, sum *stats.Summary) []byte {
	share, ok := affected(sum, metric.UsageDiscrepancyCount)
	if !ok {
		return dst
	}
	return panel(append(dst, '\n'), "Token Count Discrepancy Warning", share+discrepancyText)
}

const discrepancyText = ` show a difference exceeding 10% between:
  - API-reported usage tokens (from 'usage' field)
  - Client-computed token counts (from tokenization)

Possible Causes:
  - Different tokenization methods (API vs client)
  - API special tokens or preprocessing

Investigation Steps:
  1. Review profile_export.jsonl for per-request usage_*_diff_pct values
  2. Verify client tokenizer matches the model's tokenizer
  3. Use server token counts: --use-server-token-count (disables client tokenization and diff metrics)
  4. Adjust threshold: AIPERF_METRICS_USAGE_PCT_DIFF_THRESHOLD=10`

func appendMismatch(dst []byte, sum *stats.Summary) []byte {
	share, ok := affected(sum, metric.OSLMismatchCount)
	if !ok {
		return dst
	}
	mean := "N/A"
	if s, ok := sum.Get(metric.OSLMismatchPct); ok && finite(s.Avg) {
		mean = strconv.FormatFloat(s.Avg, 'f', 1, 64) + "%"
	}
	return panel(append(dst, '\n'), "Output Sequence Length Mismatch Warning", share+fmt.Sprintf(mismatchText, mean))
}

const mismatchText = ` have output length differing from requested by more than the threshold.
Threshold (tokens): min(requested x 5%%, 50)
Average mismatch: %s

Why: Server hit EOS token before reaching requested output length.

Fix Options:
  - --extra-inputs ignore_eos:true - Generate until max_tokens (vLLM, TensorRT-LLM)
  - --extra-inputs min_tokens:<N> - Set minimum output length (vLLM, TensorRT-LLM, SGLang)
  - --use-server-token-count - Use server-reported token counts if tokenizer mismatch suspected

Diagnostics:
  - Review profile_export.jsonl -> osl_mismatch_diff_pct for per-request values
  - Adjust: AIPERF_METRICS_OSL_MISMATCH_PCT_THRESHOLD=5
  - Adjust: AIPERF_METRICS_OSL_MISMATCH_MAX_TOKEN_THRESHOLD=50`
