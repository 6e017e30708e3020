package simserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
)

// form is the body of a request that came as multipart/form-data.
type form struct {
	fields map[string]string
	files  map[string]file
}

// file is an uploaded file.
type file struct {
	name, ctype string
	size        int
}

func (f *form) modelName() string { return f.fields["model"] }

// beginForm is begin for a form.
func (x *exchange) beginForm(f *form) bool {
	return x.beginWith(f, func() error { return f.decode(x.req.Header.Get("Content-Type"), x.body) })
}

// decode reads a form. Of a field that comes twice the last value holds.
func (f *form) decode(ctype string, body []byte) error {
	kind, params, err := mime.ParseMediaType(ctype)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return fmt.Errorf("content type %q is no multipart form", ctype)
	}
	f.fields, f.files = map[string]string{}, map[string]file{}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read form: %w", err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return fmt.Errorf("read form: %w", err)
		}
		if p.FileName() == "" {
			f.fields[p.FormName()] = string(data)
		} else {
			f.files[p.FormName()] = file{p.FileName(), p.Header.Get("Content-Type"), len(data)}
		}
	}
}
