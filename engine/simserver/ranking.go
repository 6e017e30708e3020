package simserver

import (
	"net/http"
	"strings"
)

// rankingRequest is the part of a request to a NIM ranking service that
// matters here.
type rankingRequest struct {
	params
	Query    struct{ Text string }   `json:"query"`
	Passages []struct{ Text string } `json:"passages"`
}

// ranking serves POST /v1/ranking.
func ranking(x *exchange) {
	var r rankingRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	if r.Query.Text == "" || len(r.Passages) == 0 {
		x.refuse(http.StatusUnprocessableEntity, "invalid_request_error", "passages", "a query and passages are required")
		return
	}
	texts := make([]string, len(r.Passages))
	for i, p := range r.Passages {
		texts[i] = p.Text
	}
	x.pool(&params{Model: r.Model}, r.Query.Text+"\n"+strings.Join(texts, "\n"), 1, func(dst []byte, u usage) []byte {
		var list []map[string]any
		for _, d := range x.srv.rank(r.Query.Text, texts) {
			list = append(list, map[string]any{"index": d.index, "logit": 20*d.score - 10})
		}
		return appendJSON(dst, map[string]any{"rankings": list, "usage": pooledUsage(u)})
	})
}
