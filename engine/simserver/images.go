package simserver

import (
	"net/http"
	"strconv"
	"strings"
)

// imageSteps is how many engine steps one image takes.
const imageSteps = 8

// simImage is a picture of one pixel, as a PNG in base64.
const simImage = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

// imageRequest is the part of a request for images that matters here.
type imageRequest struct {
	params
	Prompt         string `json:"prompt"`
	ResponseFormat string `json:"response_format"`
	Size           string `json:"size"`
	PartialImages  int    `json:"partial_images"`
}

// maxImages bounds the images of one answer, whole ones and partial ones each.
const maxImages = 16

// imageGeneration serves POST /v1/images/generations.
func imageGeneration(x *exchange) {
	var r imageRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	if r.Prompt == "" {
		x.refuse(http.StatusBadRequest, "Bad Request", "prompt", "1 validation error:\n  prompt: a text is required")
		return
	}
	n := 1
	if r.N != nil {
		n = *r.N
	}
	x.makeImages(&r, n)
}

// imageEdit serves POST /v1/images/edits, which takes a form.
func imageEdit(x *exchange) {
	var f form
	defer x.end()
	if !x.beginForm(&f) {
		return
	}
	image := f.files["image"].size > 0 || strings.HasPrefix(strings.ToLower(f.fields["url"]), "http")
	if f.fields["prompt"] == "" || !image {
		x.refuse(http.StatusBadRequest, "Bad Request", "image", "1 validation error:\n  a prompt and an image (or its url) are required")
		return
	}
	n, err := strconv.Atoi(f.fields["n"])
	if err != nil {
		n = 1
	}
	r := imageRequest{Prompt: f.fields["prompt"], ResponseFormat: f.fields["response_format"], Size: f.fields["size"]}
	r.Model = f.fields["model"]
	x.makeImages(&r, n)
}

// makeImages answers with n images, whole or with partial ones before.
func (x *exchange) makeImages(r *imageRequest, n int) {
	if n < 1 || n > maxImages || r.PartialImages < 0 || r.PartialImages > maxImages {
		x.refuse(http.StatusBadRequest, "BadRequestError", "n", "n must be from 1 to %d, got %d", maxImages, n)
		return
	}
	if r.Size == "" {
		r.Size = "1024x1024"
	}
	p := params{Model: r.Model, Stream: r.Stream}
	prompt := max(1, x.srv.cfg.Count(r.Prompt))
	if !x.check(&p, prompt) {
		return
	}
	d := &imageDialect{req: r, n: n, created: wall(x.arrivalNS) / 1e9}
	x.respond(&answer{
		params: &p, prompt: prompt, text: r.Prompt, n: n * imageSteps, finish: "stop", pooled: true, dialect: d,
		lay: func(*answer, uint64) []piece { return layImages(r.PartialImages, n) },
	})
}

// layImages lays out a stream: each image comes in partial ones, evenly over
// its steps, and then as it is. The piece's text says which.
func layImages(partial, n int) []piece {
	var ps []piece
	for range n {
		used := 0
		for i := range partial {
			at := imageSteps * (i + 1) / (partial + 1)
			ps = append(ps, piece{kind: kindText, ticks: at - used, tokens: 1, text: strconv.Itoa(i)})
			used = at
		}
		ps = append(ps, piece{kind: kindText, ticks: imageSteps - used, tokens: 1})
	}
	return append(ps, piece{kind: kindEnd})
}

// imageDialect renders images in OpenAI's form.
type imageDialect struct {
	req     *imageRequest
	n       int
	created int64
}

// account counts an image as a fixed number of tokens.
func (d *imageDialect) account(u usage) map[string]any {
	const perImage = 40
	return map[string]any{"input_tokens": u.prompt, "output_tokens": d.n * perImage, "total_tokens": u.prompt + d.n*perImage}
}

func (d *imageDialect) event(dst []byte, p *piece, u usage) []byte {
	if p.kind != kindText {
		return dst
	}
	v := map[string]any{"b64_json": simImage, "created_at": d.created, "size": d.req.Size, "output_format": "png", "quality": "low", "background": "opaque"}
	if i, err := strconv.Atoi(p.text); err == nil {
		v["partial_image_index"] = i
		return structural(dst, "image_generation.partial_image", v)
	}
	v["usage"] = d.account(u)
	return structural(dst, "image_generation.completed", v)
}

func (d *imageDialect) body(dst []byte, u usage) []byte {
	image := map[string]any{"b64_json": simImage}
	if d.req.ResponseFormat == "url" {
		image = map[string]any{"url": "data:image/png;base64," + simImage}
	}
	data := make([]any, d.n)
	for i := range data {
		data[i] = image
	}
	return appendJSON(dst, map[string]any{
		"created": d.created, "data": data, "usage": d.account(u), "size": d.req.Size, "output_format": "png", "quality": "low", "background": "opaque",
	})
}
