package endpoint

import (
	"tacho/engine/pytext"
)

// ImageRetrieval is the API of NVIDIA NIM's services that find things in
// images.
type ImageRetrieval struct{}

// Spec describes the API.
func (ImageRetrieval) Spec() Spec {
	return Spec{
		Type: "image-retrieval", Title: "Image Retrieval Metrics", Path: "/v1/infer",
		Images: true, InlineMedia: true, OneTurn: true, Needs: NeedsImage,
	}
}

// Encode appends a request payload: the images of the turn.
func (ImageRetrieval) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := onlyTurn("image-retrieval", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	n := 0
	b := newBody(dst, o, t)
	write := b.key("input")
	if write {
		b.dst = append(b.dst, '[')
	}
	start := len(b.dst)
	for i := range t.Images {
		image := t.Images[i].Content
		if image == "" {
			continue
		}
		n++
		if write {
			b.dst = append(separate(b.dst, start), `{"type":"image_url","url":`...)
			b.dst = append(pytext.AppendString(b.dst, image), '}')
		}
	}
	if n == 0 {
		return dst, encodeError("image-retrieval", errNoImage)
	}
	if write {
		b.dst = append(b.dst, ']')
	}
	return b.end(), nil
}

// Inputs counts the images; there is no text.
func (ImageRetrieval) Inputs(payload []byte) (Inputs, error) {
	var in Inputs
	if _, err := InputTexts(payload); err != nil {
		return in, err
	}
	for _, raw := range asList(asObject(payload)["input"]) {
		if kind, _ := asString(asObject(raw)["type"]); kind == "image_url" {
			in.Images++
		}
	}
	return in, nil
}

var retrievalNames = []string{"data", "error", "object", "message"}

// Decode reads an answer, which is content if it has data.
func (ImageRetrieval) Decode(data []byte, d *Delta) error {
	m, ok := d.members(data, retrievalNames)
	if !ok {
		return nil
	}
	d.fail(m[1], m[2], m[3])
	if truthy(m[0]) {
		d.Kind = RetrievalUnit
	} else {
		d.Foreign = !d.Failed
	}
	return nil
}
