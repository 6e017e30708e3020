package endpoint

// usage takes a usage object with OpenAI's names; others are for parse.
func (s *scanner) usage() bool {
	if !s.eat('{') {
		return false
	}
	u := &s.u.usage
	var seen uint32
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok || end {
			s.u.hasUsage = !first
			return ok
		}
		switch string(key) {
		case "prompt_tokens":
			ok = once(&seen, 0)
			if ok {
				u.Prompt, ok = s.count()
			}
		case "completion_tokens":
			ok = once(&seen, 1)
			if ok {
				u.Completion, ok = s.count()
			}
		case "total_tokens":
			ok = once(&seen, 2)
			if ok {
				u.Total, ok = s.count()
			}
		case "prompt_tokens_details":
			ok = once(&seen, 3) && (s.isNull() || s.details(true))
		case "completion_tokens_details":
			ok = once(&seen, 4) && (s.isNull() || s.details(false))
		default:
			// Another vendor's names end in these; telling them apart from
			// names that do not matter is not worth a fast path.
			ok = !hasCountName(key) && s.skip(0)
		}
		if !ok {
			return false
		}
	}
}

// hasCountName says that a key may be one of those that usageOf knows.
func hasCountName(key []byte) bool {
	switch string(key) {
	case "input_tokens", "output_tokens", "promptTokenCount", "candidatesTokenCount", "totalTokenCount",
		"inputTokens", "outputTokens", "totalTokens", "input_token_count", "generated_token_count",
		"cache_read_input_tokens", "prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "cachedContentTokenCount",
		"cacheReadInputTokens", "cached_tokens", "cache_creation_input_tokens", "cacheWriteInputTokens",
		"thoughtsTokenCount", "toolUsePromptTokenCount", "input_tokens_details", "output_tokens_details",
		"prompt_audio_seconds", "usageMetadata", "meta", "tokens":
		return true
	}
	return false
}

// details takes the breakdown of the prompt or of the completion.
func (s *scanner) details(prompt bool) bool {
	if !s.eat('{') {
		return false
	}
	u := &s.u.usage
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok || end {
			return ok
		}
		var to *int
		switch string(key) {
		case "cached_tokens":
			if prompt {
				to = &u.CacheRead
			}
		case "reasoning_tokens":
			if !prompt {
				to = &u.Reasoning
			}
		case "audio_tokens":
			if to = &u.CompletionAudio; prompt {
				to = &u.PromptAudio
			}
		case "accepted_prediction_tokens":
			if !prompt {
				to = &u.AcceptedPrediction
			}
		case "rejected_prediction_tokens":
			if !prompt {
				to = &u.RejectedPrediction
			}
		}
		switch {
		case to == nil:
			ok = s.skip(0)
		case *to >= 0: // twice
			return false
		default:
			ok = s.isNull()
			if !ok {
				*to, ok = s.count()
			}
		}
		if !ok {
			return false
		}
	}
}
