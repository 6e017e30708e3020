package endpoint

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"tacho/engine/dataset"
)

// The expected text is what AIPerf's HTTP library, aiohttp 3.14, writes.
func TestFormAsAiohttp(t *testing.T) {
	f := NewForm()
	got, err := f.Append([]byte("PRE"), []byte(`{"prompt":"a \"q\" é\n x","n":1,"f":1.5,"big":1e-7,"b":true,"none":null,"l":[1,"a'b",null,true],"d":{"a":1.0},
		"k ey":"v","empty":"","image":{"b64_data":"iVBORw0KGgo=","filename":"my image.png","content_type":"image/png"},"bare":{"b64_data":""}}`))
	part := func(name, value string) string {
		return "--BOUNDARY\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	want := "PRE" + part("prompt", "a \"q\" é\n x") + part("n", "1") + part("f", "1.5") + part("big", "1e-07") + part("b", "true") +
		part("l", `[1, "a'b", None, True]`) + part("d", "{'a': 1.0}") + part(`k\ ey`, "v") + part("empty", "") +
		"--BOUNDARY\r\nContent-Type: image/png\r\nContent-Disposition: form-data; name=\"image\"; filename=\"my%20image.png\"\r\n\r\n\x89PNG\r\n\x1a\n\r\n" +
		"--BOUNDARY\r\nContent-Type: application/octet-stream\r\nContent-Disposition: form-data; name=\"bare\"; filename=\"bare\"\r\n\r\n\r\n" +
		"--BOUNDARY--\r\n"
	if got := strings.ReplaceAll(string(got), f.boundary, "BOUNDARY"); err != nil || got != want {
		t.Errorf("%v\n got %q\nwant %q", err, got, want)
	}
	if len(f.boundary) != 32 || f.ContentType() != "multipart/form-data; boundary="+f.boundary || f.boundary == NewForm().boundary {
		t.Errorf("content type %q", f.ContentType())
	}
}

func TestFormErrors(t *testing.T) {
	for payload, want := range map[string]string{
		`[]`:                          "does not start with {",
		`{"é":1}`:                     "not plain ASCII",
		`{"a\nb":1}`:                  "not plain ASCII",
		`{"a":{"b64_data":"AAA"}}`:    "not base64",
		`{"a":{"b64_data":"AA\nAA"}}`: "not base64",
		`{"a":{"b64_data":"","content_type":"x\r\ny"}}`: "line end",
	} {
		got, err := NewForm().Append([]byte("keep"), []byte(payload))
		if err == nil || !strings.Contains(err.Error(), want) || string(got) != "keep" {
			t.Errorf("%s: %v, want %q; got %q", payload, err, want, got)
		}
	}
}

// Go's reader of forms finds in them what was put in.
func FuzzForm(f *testing.F) {
	f.Add("prompt", "a text", []byte("\x89PNG\r\n"))
	f.Add("a b\"\\", "--x--\r\n", []byte{})
	f.Fuzz(func(t *testing.T, name, value string, file []byte) {
		form := NewForm()
		payload := appendKV(nil, name, value)
		payload = append(payload[:len(payload)-1], `,"file":`...)
		ff := formFile{data: b64(file), name: "x.bin", mime: "application/x-test"}
		payload = append(ff.append(payload), '}')
		body, err := form.Append(nil, payload)
		if err != nil || name == "file" || name == "" || strings.ContainsAny(name, " \t") {
			return
		}
		_, params, err := mime.ParseMediaType(form.ContentType())
		if err != nil {
			t.Fatal(err)
		}
		r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for i, want := range []string{strings.ToValidUTF8(value, "\uFFFD"), string(file)} {
			p, err := r.NextRawPart()
			if err != nil {
				t.Fatalf("part %d of %q: %v", i, body, err)
			}
			got, err := io.ReadAll(p)
			if err != nil || i == 1 && string(got) != want || i == 0 && len(got) == 0 != (want == "") {
				t.Errorf("part %d: %q, %v, want %q", i, got, err, want)
			}
			if i == 0 && p.FormName() != name {
				t.Errorf("name %q, want %q", p.FormName(), name)
			}
		}
		if _, err := r.NextRawPart(); err != io.EOF {
			t.Errorf("more parts: %v", err)
		}
	})
}

// BenchmarkForm is a minute of speech on its way into a form.
func BenchmarkForm(b *testing.B) {
	t := &dataset.Turn{Audios: []dataset.Media{{Content: "wav," + b64(make([]byte, 2<<20))}}}
	form := NewForm()
	var payload, body []byte
	b.ReportAllocs()
	b.SetBytes(2 << 20)
	for b.Loop() {
		var err error
		if payload, err = (AudioTranscription{}).Encode(payload[:0], &Options{Model: "m"}, &Request{Turns: []*dataset.Turn{t}}); err != nil {
			b.Fatal(err)
		}
		if body, err = form.Append(body[:0], payload); err != nil {
			b.Fatal(err)
		}
	}
}
