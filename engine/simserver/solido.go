package simserver

import (
	"strings"

	"tacho/engine/pytext"
)

// solidoRequest is the part of a request to a Solido pipeline that matters
// here.
type solidoRequest struct {
	params
	Query          []string `json:"query"`
	InferenceModel string   `json:"inference_model"`
}

func (r *solidoRequest) modelName() string { return r.InferenceModel }

// solido serves POST /rag/api/prompt. Whether the answer streams the client's
// Accept header says.
func solido(x *exchange) {
	var r solidoRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	r.Model = r.InferenceModel
	r.Stream = r.Stream || strings.Contains(x.req.Header.Get("Accept"), "text/event-stream")
	text := strings.Join(r.Query, "\n")
	prompt := max(1, x.srv.cfg.Count(text))
	if !x.check(&r.params, prompt) {
		return
	}
	a := &answer{params: &r.params, prompt: prompt, text: text, lay: func(a *answer, seed uint64) []piece {
		return append(a.words(seed, 0, a.n, kindText), piece{kind: kindFinish}, piece{kind: kindEnd})
	}}
	a.n, a.finish = x.length(&r.params, prompt)
	a.dialect = &solidoDialect{a: a, seed: mix(x.srv.cfg.Seed, uint64(x.index), saltText)}
	x.respond(a)
}

// solidoDialect renders the answers of the pipeline: pieces of content, and
// last the sources.
type solidoDialect struct {
	a    *answer
	seed uint64
}

const solidoSources = `[{"title":"simulated source","score":0.5}]`

func (d *solidoDialect) event(dst []byte, p *piece, _ usage) []byte {
	switch p.kind {
	case kindText:
		return append(pytext.AppendString(append(dst, `data: {"content":`...), p.text), "}\n\n"...)
	case kindFinish:
		return append(dst, `data: {"content":"","sources":`+solidoSources+"}\n\n"...)
	}
	return dst
}

func (d *solidoDialect) body(dst []byte, _ usage) []byte {
	_, text := d.a.said(d.seed)
	return append(pytext.AppendString(append(dst, `{"content":`...), text), `,"sources":`+solidoSources+"}"...)
}
