package endpoint

import "encoding/json"

// Usage is the token account that a server sends; -1 is absent. It has the
// fields of record.Usage in the same order, so the one converts to the other.
type Usage struct {
	Prompt, Completion, Total, Reasoning            int
	CacheRead, CacheWrite, CacheMiss                int
	AcceptedPrediction, RejectedPrediction, ToolUse int
	PromptAudio, CompletionAudio                    int
	// PromptAudioSec is the length of the audio in the prompt in seconds.
	PromptAudioSec float64
}

// NoUsage is a Usage in which every field is absent.
var NoUsage = Usage{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}

// The names under which servers report a count, in AIPerf's order: the first
// that is present decides, even if its value is null.
var (
	promptKeys     = []string{"prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens", "input_token_count"}
	completionKeys = []string{"completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokens", "generated_token_count"}
	totalKeys      = []string{"total_tokens", "totalTokenCount", "totalTokens"}
	cacheReadKeys  = []string{"cache_read_input_tokens", "prompt_cache_hit_tokens", "cachedContentTokenCount", "cacheReadInputTokens", "cached_tokens"}
	cacheWriteKeys = []string{"cache_creation_input_tokens", "cacheWriteInputTokens"}
	// Anthropic and Bedrock count only the uncached rest as input; the sum
	// with these is what the server read.
	disjointCacheKeys = []string{"cache_read_input_tokens", "cache_creation_input_tokens", "cacheReadInputTokens", "cacheWriteInputTokens"}

	promptDetails     = []string{"prompt_tokens_details", "input_tokens_details"}
	completionDetails = []string{"completion_tokens_details", "output_tokens_details"}
)

// usageOf reads a usage object of any vendor.
func usageOf(m map[string]any) Usage {
	m = unwrapUsage(m)
	u := NoUsage
	u.Prompt = promptTokens(m)
	u.Completion = firstOf(m, completionKeys...)
	u.Total = firstOf(m, totalKeys...)
	u.Reasoning = detailOr(m, completionDetails, "reasoning_tokens", "thoughtsTokenCount")
	u.CacheRead = detailOr(m, promptDetails, "cached_tokens", cacheReadKeys...)
	u.CacheWrite = firstOf(m, cacheWriteKeys...)
	u.CacheMiss = firstOf(m, "prompt_cache_miss_tokens")
	u.AcceptedPrediction = detailOr(m, completionDetails, "accepted_prediction_tokens")
	u.RejectedPrediction = detailOr(m, completionDetails, "rejected_prediction_tokens")
	u.ToolUse = firstOf(m, "toolUsePromptTokenCount")
	u.PromptAudio = detailOr(m, promptDetails, "audio_tokens")
	u.CompletionAudio = detailOr(m, completionDetails, "audio_tokens")
	if v, ok := m["prompt_audio_seconds"].(json.Number); ok {
		if f, err := v.Float64(); err == nil && f >= 0 && f <= maxCount {
			u.PromptAudioSec = f
		}
	}
	return u
}

// unwrapUsage lifts the counts that Gemini and Cohere wrap in an envelope to
// the top; keys that are there already win.
func unwrapUsage(m map[string]any) map[string]any {
	meta, _ := m["meta"].(map[string]any)
	gemini, _ := m["usageMetadata"].(map[string]any)
	tokens, _ := m["tokens"].(map[string]any)
	v1, _ := meta["tokens"].(map[string]any)
	cached, hasCached := meta["cached_tokens"]
	if gemini == nil && v1 == nil && tokens == nil && !hasCached {
		return m
	}
	flat := make(map[string]any, len(m)+8)
	lift := func(from map[string]any) {
		for k, v := range from {
			if _, ok := flat[k]; !ok {
				flat[k] = v
			}
		}
	}
	lift(m)
	lift(gemini)
	lift(v1)
	if hasCached {
		lift(map[string]any{"cached_tokens": cached})
	}
	lift(tokens)
	return flat
}

func promptTokens(m map[string]any) int {
	for _, k := range promptKeys {
		v, ok := m[k]
		if !ok {
			continue
		}
		n := asCount(v)
		if n >= 0 && (k == "input_tokens" || k == "inputTokens") {
			for _, c := range disjointCacheKeys {
				n += max(0, firstOf(m, c))
			}
		}
		return n
	}
	return -1
}

// firstOf is the count under the first key that is present, -1 if none is.
func firstOf(m map[string]any, keys ...string) int {
	for _, k := range keys {
		if v, ok := m[k]; ok {
			return asCount(v)
		}
	}
	return -1
}

// detailOr looks for a field in the detail objects, then for top-level keys.
func detailOr(m map[string]any, details []string, field string, top ...string) int {
	for _, k := range details {
		if d, ok := m[k].(map[string]any); ok {
			if v, ok := d[field]; ok {
				if n := asCount(v); n >= 0 {
					return n
				}
				break
			}
		}
	}
	return firstOf(m, top...)
}

// maxCount bounds what is believed to be a token count.
const maxCount = 1 << 50

// asCount is a JSON number as a count, -1 if it is none.
func asCount(v any) int {
	num, ok := v.(json.Number)
	if !ok {
		return -1
	}
	f, err := num.Float64()
	if err != nil || !(f >= 0 && f <= maxCount) {
		return -1
	}
	return int(f)
}
