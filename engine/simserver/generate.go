package simserver

import (
	"net/http"
	"strconv"

	"tacho/engine/pytext"
)

// generateRequest is the part of a request to Text Generation Inference that
// matters here. It names no model.
type generateRequest struct {
	params
	Inputs     string `json:"inputs"`
	Parameters struct {
		MaxNewTokens *int `json:"max_new_tokens"`
		Details      bool `json:"details"`
	} `json:"parameters"`
}

// generate serves POST /generate, generateStream POST /generate_stream.
func generate(x *exchange)       { x.generate(false) }
func generateStream(x *exchange) { x.generate(true) }

func (x *exchange) generate(stream bool) {
	var r generateRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	prompt := max(1, x.srv.cfg.Count(r.Inputs))
	r.Stream, r.MaxTokens = stream, r.Parameters.MaxNewTokens
	if n := r.MaxTokens; n != nil && *n < 1 {
		x.reply(http.StatusUnprocessableEntity, typeJSON, []byte(`{"error":"Input validation error: `+"`max_new_tokens`"+` must be strictly positive","error_type":"validation"}`))
		return
	}
	if !x.check(&r.params, prompt) {
		return
	}
	a := &answer{params: &r.params, prompt: prompt, text: r.Inputs, lay: layGenerate}
	a.n, a.finish = x.length(&r.params, prompt)
	a.dialect = &generateDialect{a: a, seed: mix(x.srv.cfg.Seed, uint64(x.index), saltText), details: r.Parameters.Details}
	x.respond(a)
}

// layGenerate lays out a stream: tokens, of which the last brings the text in
// full.
func layGenerate(a *answer, seed uint64) []piece {
	ps := a.words(seed, 0, a.n, kindText)
	ps[len(ps)-1].finish = a.finish
	return append(ps, piece{kind: kindEnd})
}

// generateDialect renders the answers of Text Generation Inference. There is no
// usage in them, but for details that were asked for.
type generateDialect struct {
	a       *answer
	seed    uint64
	details bool
	index   int
}

func (d *generateDialect) event(dst []byte, p *piece, u usage) []byte {
	if p.kind != kindText {
		return dst
	}
	d.index++
	dst = strconv.AppendInt(append(dst, `data:{"index":`...), int64(d.index), 10)
	dst = strconv.AppendInt(append(dst, `,"token":{"id":`...), int64(1000+d.index), 10)
	dst = pytext.AppendString(append(dst, `,"text":`...), p.text)
	dst = append(dst, `,"logprob":-0.1,"special":false},"generated_text":`...)
	if p.finish == "" {
		return append(dst, "null,\"details\":null}\n\n"...)
	}
	_, text := d.a.said(d.seed)
	dst = append(pytext.AppendString(dst, text), `,"details":`...)
	return append(d.detail(dst, p.finish, u), "}\n\n"...)
}

// detail appends the details, or null.
func (d *generateDialect) detail(dst []byte, finish string, u usage) []byte {
	if !d.details {
		return append(dst, "null"...)
	}
	if finish == "stop" {
		finish = "eos_token"
	}
	return appendJSON(dst, map[string]any{"finish_reason": finish, "generated_tokens": u.completion, "input_length": u.prompt, "seed": nil})
}

func (d *generateDialect) body(dst []byte, u usage) []byte {
	_, text := d.a.said(d.seed)
	dst = pytext.AppendString(append(dst, `{"generated_text":`...), text)
	if d.details {
		dst = d.detail(append(dst, `,"details":`...), d.a.finish, u)
	}
	return append(dst, '}')
}
