package simserver

import (
	"encoding/json"
	"net/http"
	"strings"

	"tacho/engine/pytext"
)

// completionRequest is the part of a completion request that matters here.
type completionRequest struct {
	params
	Prompt json.RawMessage `json:"prompt"`
}

// completions serves POST /v1/completions. A list of prompts gets one answer.
func completions(x *exchange) {
	var r completionRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	text, ids, ok := promptText(r.Prompt)
	if !ok {
		x.refuse(http.StatusBadRequest, "Bad Request", "prompt", "1 validation error:\n  prompt: a string, a list of strings or token ids is required")
		return
	}
	prompt := max(1, ids+x.srv.cfg.Count(text))
	if !x.check(&r.params, prompt) {
		return
	}
	a := &answer{params: &r.params, prompt: prompt, text: text, whole: true}
	a.n, a.finish = x.length(&r.params, prompt)
	d := &completionDialect{a: a, seed: mix(x.srv.cfg.Seed, uint64(x.index), saltText)}
	d.usage = !strings.Contains(r.Model, "nousage")
	d.continuous = d.usage && r.options().ContinuousUsage
	d.prefix = envelope("cmpl-"+x.id, "text_completion", x, a)
	a.dialect = d
	x.respond(a)
}

// promptText reads a prompt: a string, strings, token ids or lists of token
// ids. The ids are counted; for the prefix cache their text form stands for
// them.
func promptText(raw json.RawMessage) (text string, ids int, ok bool) {
	var one string
	var many []string
	var tokens []int
	var lists [][]int
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", 0, false
	case json.Unmarshal(raw, &one) == nil:
		return one, 0, true
	case json.Unmarshal(raw, &many) == nil:
		return strings.Join(many, "\n"), 0, true
	case json.Unmarshal(raw, &tokens) == nil:
		return "", len(tokens), true
	case json.Unmarshal(raw, &lists) == nil:
		for _, l := range lists {
			ids += len(l)
		}
		return "", ids, true
	}
	return "", 0, false
}

// completionDialect renders vLLM-shaped text completions.
type completionDialect struct {
	prefix            []byte
	continuous, usage bool
	a                 *answer
	seed              uint64
}

func (d *completionDialect) event(dst []byte, p *piece, u usage) []byte {
	if p.kind == kindDone {
		return append(dst, "data: [DONE]\n\n"...)
	}
	dst = append(dst, "data: "...)
	dst = append(dst, d.prefix...)
	if p.kind != kindUsage {
		dst = append(dst, `{"index":0,"text":`...)
		dst = pytext.AppendString(dst, p.text)
		dst = appendFinish(dst, p.finish)
	}
	dst = append(dst, ']')
	if d.continuous || p.kind == kindUsage {
		dst = append(dst, `,"usage":`...)
		dst = u.append(dst)
	}
	return append(dst, "}\n\n"...)
}

func (d *completionDialect) body(dst []byte, u usage) []byte {
	_, say := d.a.said(d.seed)
	dst = append(dst, d.prefix...)
	dst = append(dst, `{"index":0,"text":`...)
	dst = pytext.AppendString(dst, say)
	dst = appendFinish(dst, d.a.finish)
	dst = append(dst, ']')
	if d.usage {
		dst = append(dst, `,"usage":`...)
		dst = u.append(dst)
	}
	return append(dst, '}')
}

// appendFinish closes a completion choice.
func appendFinish(dst []byte, finish string) []byte {
	dst = append(dst, `,"logprobs":null,"finish_reason":`...)
	if finish == "" {
		dst = append(dst, "null"...)
	} else {
		dst = pytext.AppendString(dst, finish)
	}
	return append(dst, `,"stop_reason":null}`...)
}
