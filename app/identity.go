package app

import (
	"bytes"
	"context"
	"encoding/json"

	"tacho/engine/secret"
	"tacho/export"
	"tacho/profiles"
)

// configPaths are where servers tell of their model and settings.
var configPaths = []string{"/info", "/get_model_info", "/props"}

// maxConfig bounds one such answer in the manifest: llama.cpp's has the whole
// chat template.
const maxConfig = 64 << 10

// identity is what the server says about itself, as far as it does.
func (s *server) identity(ctx context.Context, p *profiles.Profile) *export.Server {
	id := &export.Server{}
	for _, u := range p.Endpoint.URLs.V {
		id.URLs = append(id.URLs, secret.RedactURL(u))
	}
	answered := false
	ask := func(path string) (json.RawMessage, error) {
		body, h, err := s.get(ctx, path)
		if h != nil {
			answered = true
			if id.Header == "" {
				id.Header = h.Get("Server")
			}
		}
		if err != nil || !json.Valid(body) {
			return nil, err
		}
		return body, nil
	}
	id.Models, _ = ask("/v1/models")
	id.Version, _ = ask("/version")
	if !answered { // each further question would wait as long
		return id
	}
	if _, err := ask("/health"); err == nil {
		id.Health = "200 OK"
	} else if answered {
		id.Health = err.Error()
	}
	for _, path := range configPaths {
		if body, _ := ask(path); len(body) > 0 && len(body) <= maxConfig && bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
			if id.Config == nil {
				id.Config = map[string]json.RawMessage{}
			}
			id.Config[path] = body
		}
	}
	return id
}
