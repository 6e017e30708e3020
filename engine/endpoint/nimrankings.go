package endpoint

import "tacho/engine/pytext"

// NIMRankings is the ranking API of NVIDIA NIM.
type NIMRankings struct{}

// Spec describes the API.
func (NIMRankings) Spec() Spec {
	return Spec{
		Type: "nim-rankings", Title: "Rankings Metrics", Path: "/v1/ranking",
		TokenizesInput: true, OneTurn: true, Needs: NeedsRanking,
	}
}

// Encode appends a request payload: query and passages as objects.
func (NIMRankings) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	q, err := rankingOf("nim-rankings", r)
	if err != nil {
		return dst, err
	}
	if q.turn.Body != nil {
		return append(dst, q.turn.Body...), nil
	}
	b := newBody(dst, o, q.turn)
	b.str("model", modelOf(q.turn, o))
	if b.key("query") {
		b.dst = append(pytext.AppendString(append(b.dst, `{"text":`...), q.query), '}')
	}
	if b.key("passages") {
		b.dst = q.passageList(b.dst, `{"text":`, "}")
	}
	return b.end(), nil
}

// Decode reads an answer: {"rankings": […]}.
func (NIMRankings) Decode(data []byte, d *Delta) error { return d.ranked(data, rankRankings) }
