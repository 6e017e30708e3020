package endpoint

// ImageGeneration is OpenAI's API for making images from a text.
type ImageGeneration struct{}

// Spec describes the API.
func (ImageGeneration) Spec() Spec {
	return Spec{
		Type: "image-generation", Title: "Image Generation Metrics", Path: "/v1/images/generations",
		CanStream: true, TokenizesInput: true, MakesImages: true,
	}
}

// Encode appends a request payload: one image, in the answer itself, unless the
// user says otherwise.
func (ImageGeneration) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, prompt, err := promptOf("image-generation", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := newBody(dst, o, t)
	b.str("prompt", prompt)
	b.str("model", modelOf(t, o))
	b.str("response_format", "b64_json")
	b.int("n", 1)
	if o.Stream {
		b.bool("stream", true)
	}
	return b.end(), nil
}

// Decode reads an event or a whole answer. For AIPerf any object is content,
// with an image or without, even an error.
func (ImageGeneration) Decode(data []byte, d *Delta) error { return d.images(data) }

var imageNames = []string{"usage", "error", "object", "message"}

func (d *Delta) images(data []byte) error {
	m, ok := d.members(data, imageNames)
	if !ok {
		return nil
	}
	d.account(m[0])
	d.fail(m[1], m[2], m[3])
	d.Kind = ImageUnit
	return nil
}
