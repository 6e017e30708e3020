package endpoint

// CohereRankings is Cohere's rerank API, which vLLM and others offer too.
type CohereRankings struct{}

// Spec describes the API.
func (CohereRankings) Spec() Spec {
	return Spec{
		Type: "cohere-rankings", Title: "Ranking Metrics", Path: "/v2/rerank",
		TokenizesInput: true, OneTurn: true, Needs: NeedsRanking,
	}
}

// Encode appends a request payload.
func (CohereRankings) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	q, err := rankingOf("cohere-rankings", r)
	if err != nil {
		return dst, err
	}
	if q.turn.Body != nil {
		return append(dst, q.turn.Body...), nil
	}
	b := newBody(dst, o, q.turn)
	b.str("model", modelOf(q.turn, o))
	b.str("query", q.query)
	if b.key("documents") {
		b.dst = q.passageList(b.dst, "", "")
	}
	return b.end(), nil
}

// Decode reads an answer: {"results": […]}.
func (CohereRankings) Decode(data []byte, d *Delta) error { return d.ranked(data, rankResults) }
