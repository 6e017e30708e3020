package simserver

import (
	"net/http"
	"strings"
)

// openAPI serves GET /openapi.json: the paths that there are, no more.
func openAPI(x *exchange) {
	paths := map[string]map[string]any{}
	for _, r := range x.table {
		p := r.path
		if strings.HasSuffix(p, "/") {
			p += "{id}"
		}
		if paths[p] == nil {
			paths[p] = map[string]any{}
		}
		paths[p][strings.ToLower(r.method)] = map[string]any{"responses": map[string]any{"200": map[string]string{"description": "Successful Response"}}}
	}
	x.reply(http.StatusOK, typeJSON, appendJSON(nil, map[string]any{
		"openapi": "3.1.0", "info": map[string]string{"title": serverName, "version": "0.0.0"}, "paths": paths,
	}))
}
