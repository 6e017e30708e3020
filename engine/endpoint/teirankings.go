package endpoint

import "bytes"

// TEIRankings is the rerank API of Hugging Face's Text Embeddings Inference.
type TEIRankings struct{}

// Spec describes the API.
func (TEIRankings) Spec() Spec {
	return Spec{
		Type: "hf-tei-rankings", Title: "Ranking Metrics", Path: "/rerank",
		TokenizesInput: true, OneTurn: true, Needs: NeedsRanking,
	}
}

// Encode appends a request payload, which names no model.
func (TEIRankings) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	q, err := rankingOf("hf-tei-rankings", r)
	if err != nil {
		return dst, err
	}
	if q.turn.Body != nil {
		return append(dst, q.turn.Body...), nil
	}
	b := newBody(dst, o, q.turn)
	b.str("query", q.query)
	if b.key("texts") {
		b.dst = q.passageList(b.dst, "", "")
	}
	return b.end(), nil
}

// Decode reads an answer: a bare list, or {"results": […]}.
func (TEIRankings) Decode(data []byte, d *Delta) error {
	if list := bytes.TrimSpace(data); !isArray(list) {
		return d.ranked(data, rankResults)
	}
	if d.open(data) {
		d.Kind = RankingUnit
	}
	return nil
}
