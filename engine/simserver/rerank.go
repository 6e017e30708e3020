package simserver

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// rerankRequest is the part of a rerank request that matters here: documents in
// the form of Cohere and vLLM, texts in that of Text Embeddings Inference.
type rerankRequest struct {
	params
	Query      string   `json:"query"`
	Documents  []string `json:"documents"`
	Texts      []string `json:"texts"`
	TopN       int      `json:"top_n"`
	ReturnText bool     `json:"return_text"`
}

// ranked is a document with its score.
type ranked struct {
	index int
	text  string
	score float64
}

// rank scores texts against a query, the best first.
func (s *Server) rank(query string, texts []string) []ranked {
	out := make([]ranked, len(texts))
	for i, t := range texts {
		out[i] = ranked{i, t, s.score(query, t)}
	}
	slices.SortStableFunc(out, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	return out
}

// rerank serves POST /rerank, /v1/rerank and /v2/rerank.
func rerank(x *exchange) {
	var r rerankRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	tei := r.Texts != nil
	texts := r.Documents
	if tei {
		texts = r.Texts
	}
	if r.Query == "" || len(texts) == 0 {
		x.refuse(http.StatusBadRequest, "Bad Request", "query", "1 validation error:\n  a query and documents (or texts) are required")
		return
	}
	x.pool(&params{Model: r.Model}, r.Query+"\n"+strings.Join(texts, "\n"), 1, func(dst []byte, u usage) []byte {
		list := x.srv.rank(r.Query, texts)
		if r.TopN > 0 {
			list = list[:min(r.TopN, len(list))]
		}
		results := make([]map[string]any, len(list))
		for i, d := range list {
			switch {
			case tei && r.ReturnText:
				results[i] = map[string]any{"index": d.index, "score": d.score, "text": d.text}
			case tei:
				results[i] = map[string]any{"index": d.index, "score": d.score}
			default:
				results[i] = map[string]any{"index": d.index, "relevance_score": d.score, "document": map[string]any{"text": d.text, "multi_modal": nil}}
			}
		}
		if tei {
			return appendJSON(dst, results)
		}
		return appendJSON(dst, map[string]any{"id": "score-" + x.id, "model": r.Model, "usage": pooledUsage(u), "results": results})
	})
}
