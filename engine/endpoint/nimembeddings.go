package endpoint

import (
	"fmt"

	"tacho/engine/pytext"
)

// NIMEmbeddings is the Embeddings API of NVIDIA NIM, which also takes images.
type NIMEmbeddings struct{}

// Spec describes the API.
func (NIMEmbeddings) Spec() Spec {
	return Spec{
		Type: "nim-embeddings", Title: "NIM Embeddings Metrics", Path: "/v1/embeddings",
		TokenizesInput: true, Images: true, OneTurn: true,
	}
}

// Encode appends a request payload: the texts, or the images, or each text with
// its image; there must then be as many of the one as of the other.
func (NIMEmbeddings) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := onlyTurn("nim-embeddings", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	var texts, images []string
	for i := range t.Texts {
		if s := t.Texts[i].Content; s != "" {
			texts = append(texts, s)
		}
	}
	for i := range t.Images {
		if s := t.Images[i].Content; s != "" {
			images = append(images, s)
		}
	}
	if len(texts) > 0 && len(images) > 0 && len(texts) != len(images) {
		return dst, encodeError("nim-embeddings", fmt.Errorf("it has %d texts and %d images, which must be pairs", len(texts), len(images)))
	}
	b := newBody(dst, o, t)
	b.str("model", modelOf(t, o))
	if b.key("input") {
		b.dst = append(b.dst, '[')
		start := len(b.dst)
		for i := range max(len(texts), len(images)) {
			var s string
			switch {
			case len(images) == 0:
				s = texts[i]
			case len(texts) == 0:
				s = images[i]
			default:
				s = texts[i] + " " + images[i]
			}
			b.dst = pytext.AppendString(separate(b.dst, start), s)
		}
		b.dst = append(b.dst, ']')
	}
	return b.end(), nil
}

// Decode reads an answer as that of Embeddings.
func (NIMEmbeddings) Decode(data []byte, d *Delta) error { return d.vectors(data) }
