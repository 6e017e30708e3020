package simserver

import "strings"

// route is one endpoint. The handler answers exactly once, or cuts the
// connection.
type route struct {
	method string
	path   string // of all that is below it too, if it ends with a slash
	serve  func(*exchange)
}

func (r route) fits(path string) bool {
	return r.path == path || strings.HasSuffix(r.path, "/") && strings.HasPrefix(path, r.path)
}

// routes is every endpoint of the server.
var routes = []route{
	{"POST", "/v1/chat/completions", chat},
	{"POST", "/v1/completions", completions},
	{"POST", "/v1/responses", responses},
	{"POST", "/v1/messages", messages},
	{"POST", "/v1/messages/count_tokens", countTokens},
	{"POST", "/generate", generate},
	{"POST", "/generate_stream", generateStream},
	{"POST", "/rag/api/prompt", solido},
	{"POST", "/v1/embeddings", embeddings},
	{"POST", "/rerank", rerank},
	{"POST", "/v1/rerank", rerank},
	{"POST", "/v2/rerank", rerank},
	{"POST", "/v1/ranking", ranking},
	{"POST", "/v1/images/generations", imageGeneration},
	{"POST", "/v1/images/edits", imageEdit},
	{"POST", "/v1/infer", infer},
	{"POST", "/v1/audio/transcriptions", transcription},
	{"POST", "/v1/videos", submitVideo},
	{"GET", "/v1/videos/", video},
	{"GET", "/v1/models", models},
	{"GET", "/health", health},
	{"GET", "/openapi.json", openAPI},
	{"GET", "/version", version},
	{"GET", "/metrics", metricsPage},
	{"GET", "/gpu/metrics", gpuPage},
}

// gpuRoutes is what ServeGPU offers.
var gpuRoutes = []route{{"GET", "/metrics", gpuPage}}
