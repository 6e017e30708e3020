package simserver

import (
	"encoding/json"
	"net/http"
	"strings"
)

// bytesPerToken is the length of a token of the default counter and of a
// prefix-cache block's tokens.
const bytesPerToken = 4

// params are the request fields that chat and completions share. Sampling
// fields, stop, user and unknown fields are accepted and change nothing.
type params struct {
	Model               string   `json:"model"`
	Stream              bool     `json:"stream"`
	StreamOptions       *options `json:"stream_options"`
	MaxTokens           *int     `json:"max_tokens"`
	MaxCompletionTokens *int     `json:"max_completion_tokens"`
	MinTokens           int      `json:"min_tokens"`
	IgnoreEOS           bool     `json:"ignore_eos"`
	N                   *int     `json:"n"`
	Temperature         *float64 `json:"temperature"`
}

type options struct {
	IncludeUsage    bool `json:"include_usage"`
	ContinuousUsage bool `json:"continuous_usage_stats"`
}

func (p *params) modelName() string { return p.Model }

func (p *params) options() options {
	if p.StreamOptions == nil {
		return options{}
	}
	return *p.StreamOptions
}

// limit returns the longest answer asked for; max_completion_tokens wins.
func (p *params) limit() (n int, ok bool) {
	for _, m := range []*int{p.MaxCompletionTokens, p.MaxTokens} {
		if m != nil {
			return *m, true
		}
	}
	return 0, false
}

// check refuses what vLLM refuses, with its words, and reports whether the
// request may go on. prompt is its length in tokens.
func (x *exchange) check(p *params, prompt int) bool {
	const bad = "BadRequestError"
	maxLen := x.srv.cfg.MaxModelLen
	limit, has := p.limit()
	name := "max_tokens"
	if p.MaxCompletionTokens != nil {
		name = "max_completion_tokens"
	}
	switch {
	case p.Temperature != nil && *p.Temperature < 0:
		x.refuse(http.StatusBadRequest, bad, "temperature", "temperature must be non-negative, got %v. (parameter=temperature, value=%v)", *p.Temperature, *p.Temperature)
	case p.N != nil && *p.N != 1:
		x.refuse(http.StatusBadRequest, bad, "n", "this simulator answers with n=1 only, got %d. (parameter=n, value=%d)", *p.N, *p.N)
	case has && limit < 1:
		x.refuse(http.StatusBadRequest, bad, name, "%s must be at least 1, got %d. (parameter=%s, value=%d)", name, limit, name, limit)
	case has && limit > maxLen:
		x.refuse(http.StatusBadRequest, bad, name, "%s=%d cannot be greater than max_model_len=%d. Please request fewer output tokens. (parameter=%s, value=%d)", name, limit, maxLen, name, limit)
	case prompt >= maxLen:
		x.refuse(http.StatusBadRequest, bad, "input_tokens", "This model's maximum context length is %d tokens. However, your prompt contains at least %d input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=%d)", maxLen, prompt, prompt)
	default:
		return true
	}
	return false
}

// length decides how many tokens the answer has and why it ends there.
func (x *exchange) length(p *params, prompt int) (n int, finish string) {
	cfg := x.srv.cfg
	n, has := p.limit()
	if !has {
		n = cfg.Output.Tokens
	}
	n = min(n, cfg.MaxModelLen-prompt)
	finish = "stop"
	if has {
		finish = "length"
	}
	if strings.Contains(p.Model, "short") {
		return 1, "stop"
	}
	if p.IgnoreEOS || cfg.Output.EarlyStop == 0 {
		return n, finish
	}
	seed := []uint64{cfg.Seed, uint64(x.index), saltLength}
	if unit(append(seed, 0)...) < cfg.Output.EarlyStop {
		low := max(1, n/4, min(p.MinTokens, n))
		return low + int(unit(append(seed, 1)...)*float64(n-low)), "stop"
	}
	return n, finish
}

// textOf collects the text of a message content, which is a string, null or a
// list of parts. Media parts count as nothing.
func textOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
