package endpoint

import (
	"errors"
	"slices"
	"strings"
)

// AnyRankings is the type of Rankings, which AIPerf does not have.
const AnyRankings = "rankings"

// Rankings is no API but a choice among three: ChooseRankings makes it, by what
// the server offers, and until then it is NVIDIA NIM's.
type Rankings struct{ NIMRankings }

// Spec describes the API.
func (r Rankings) Spec() Spec {
	s := r.NIMRankings.Spec()
	s.Type = AnyRankings
	return s
}

// cohereAt is Cohere's API at a path of its first version, where a server has
// only that.
type cohereAt struct {
	CohereRankings
	path string
}

func (c cohereAt) Spec() Spec {
	s := c.CohereRankings.Spec()
	s.Path = c.path
	return s
}

// ChooseRankings picks the ranking API of a server from the paths that it
// offers, such as "/v1/ranking": NVIDIA NIM's path is nobody else's; a rerank
// under a version is Cohere's (vLLM has /rerank beside it, in the same form);
// a bare /rerank is that of Text Embeddings Inference. Without any it is NVIDIA
// NIM's.
func ChooseRankings(paths []string) Endpoint {
	has := func(suffix string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return strings.HasSuffix(strings.TrimRight(p, "/"), suffix) })
	}
	switch {
	case has("/v1/ranking"):
		return NIMRankings{}
	case has("/v2/rerank"):
		return CohereRankings{}
	case has("/v1/rerank"):
		return cohereAt{path: "/v1/rerank"}
	case has("/rerank"):
		return TEIRankings{}
	}
	return NIMRankings{}
}

// OpenAPIPaths lists the paths of an OpenAPI description, as servers offer at
// /openapi.json (vLLM, NIM) or /api-doc/openapi.json (Text Embeddings
// Inference).
func OpenAPIPaths(description []byte) ([]string, error) {
	var m members
	if !m.read(description, []string{"paths"}) || !isObject(m[0]) {
		return nil, errors.New("read OpenAPI description: it has no object \"paths\"")
	}
	var paths []string
	for p := range asObject(m[0]) {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths, nil
}
