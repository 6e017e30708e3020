package endpoint

import (
	"errors"
	"fmt"
	"strings"
)

// ImageEdit is OpenAI's API for changing an image by a text.
type ImageEdit struct{}

// Spec describes the API.
func (ImageEdit) Spec() Spec {
	return Spec{
		Type: "image-edit", Title: "Image Edit Metrics", Path: "/v1/images/edits",
		TokenizesInput: true, MakesImages: true, Images: true, Form: true, Needs: NeedsTextAndImage,
	}
}

// imageEditKeys belong to the turn, or are files: the user cannot set them.
var imageEditKeys = []string{"prompt", "image", "url", "mask"}

// Encode appends a request payload. An image in the turn is a file of the form
// (see Form); the address of one is a field.
func (ImageEdit) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, prompt, err := promptOf("image-edit", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	if len(t.Images) == 0 || t.Images[0].Content == "" {
		return dst, encodeError("image-edit", errNoImage)
	}
	b := newBody(dst, o, t)
	b.reserved = imageEditKeys
	b.str("prompt", prompt)
	b.str("model", modelOf(t, o))
	b.str("response_format", "b64_json")
	b.int("n", 1)
	image := t.Images[0].Content
	if isAddress(image) {
		b.str("url", image)
		return b.end(), nil
	}
	f, err := imageFile(image)
	if err != nil {
		return dst, encodeError("image-edit", err)
	}
	if b.key("image") {
		b.dst = f.append(b.dst)
	}
	return b.end(), nil
}

// Decode reads an answer: any object is content, as in ImageGeneration.
func (ImageEdit) Decode(data []byte, d *Delta) error { return d.images(data) }

// errNoImage is the error for a turn without an image.
var errNoImage = errors.New("it has no image")

// isAddress says that an image is to be fetched.
func isAddress(image string) bool {
	for _, p := range [...]string{"http://", "https://"} {
		if len(image) >= len(p) && strings.EqualFold(image[:len(p)], p) {
			return true
		}
	}
	return false
}

// imageStarts are the first characters, in base64, of the image formats.
var imageStarts = []struct{ start, mime string }{
	{"iVBORw0KGgo", "image/png"}, {"/9j/", "image/jpeg"}, {"R0lGODlh", "image/gif"}, {"R0lGODdh", "image/gif"},
	{"UklGR", "image/webp"}, {"Qk", "image/bmp"},
}

// imageFile makes a file of an image: a data URI, whose type is believed if it
// is an image's, or bare base64, whose type shows in its first bytes.
func imageFile(image string) (formFile, error) {
	data, mime := image, ""
	if strings.HasPrefix(image, "data:") {
		head, rest, ok := strings.Cut(image, ",")
		if !ok {
			return formFile{}, fmt.Errorf("image %.40q has no comma: it must be a data URI or base64", image)
		}
		data = rest
		if kind, _, ok := strings.Cut(head[len("data:"):], ";"); ok && strings.HasPrefix(kind, "image/") {
			mime = kind
		}
	}
	for i := 0; mime == "" && i < len(imageStarts); i++ {
		if strings.HasPrefix(data, imageStarts[i].start) {
			mime = imageStarts[i].mime
		}
	}
	if mime == "" {
		return formFile{}, fmt.Errorf("image %.40q is none that is known: it must be a data URI or base64 of a PNG, JPEG, WebP, GIF or BMP", image)
	}
	ext, _, _ := strings.Cut(strings.TrimPrefix(mime, "image/"), "+")
	if ext == "jpeg" {
		ext = "jpg"
	}
	if ext == "jpg" {
		mime = "image/jpeg"
	}
	return formFile{data: data, name: "image." + ext, mime: mime}, nil
}
