package simserver

// route is one endpoint. The handler answers exactly once, or cuts the
// connection.
type route struct {
	method, path string
	serve        func(*exchange)
}

// routes is every endpoint of the server.
var routes = []route{
	{"POST", "/v1/chat/completions", chat},
	{"POST", "/v1/completions", completions},
	{"GET", "/v1/models", models},
	{"GET", "/health", health},
	{"GET", "/version", version},
	{"GET", "/metrics", metricsPage},
	{"GET", "/gpu/metrics", gpuPage},
}

// gpuRoutes is what ServeGPU offers.
var gpuRoutes = []route{{"GET", "/metrics", gpuPage}}
