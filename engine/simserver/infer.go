package simserver

import (
	"encoding/json"
	"net/http"
	"strings"
)

// inferRequest is the part of a request to a NIM image service that matters
// here. It names no model.
type inferRequest struct {
	Input []struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"input"`
}

func (r *inferRequest) modelName() string { return "" }

// infer serves POST /v1/infer: things found in images.
func infer(x *exchange) {
	var r inferRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	size := 0
	for _, in := range r.Input {
		if in.Type != "image_url" || !strings.HasPrefix(in.URL, "data:image/") {
			x.refuse(http.StatusUnprocessableEntity, "invalid_request_error", "input", "every input must be an image_url with a data URI of an image")
			return
		}
		size += len(in.URL)
	}
	if len(r.Input) == 0 {
		x.refuse(http.StatusUnprocessableEntity, "invalid_request_error", "input", "an image is required")
		return
	}
	x.pool(&params{}, strings.Repeat("i", min(size/64, 1<<12)), len(r.Input), func(dst []byte, _ usage) []byte {
		data := make([]any, len(r.Input))
		for i := range r.Input {
			box := json.RawMessage(`{"x_min":0.1,"y_min":0.2,"x_max":0.7,"y_max":0.8,"confidence":0.9}`)
			data[i] = map[string]any{"index": i, "bounding_boxes": map[string]any{"chart": []any{box}, "table": []any{}}}
		}
		return appendJSON(dst, map[string]any{"data": data, "usage": map[string]any{"images_size_mb": float64(size) / (1 << 20)}})
	})
}
