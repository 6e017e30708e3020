package endpoint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/dataset"
)

func TestPrepareTemplate(t *testing.T) {
	dir := t.TempDir()
	// Temporary folders may lie behind a link, which is not followed.
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "body.jinja")
	if err := os.WriteFile(file, []byte(`{"file": {{ text|tojson }}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.jinja")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	turn := &dataset.Turn{Texts: []dataset.Text{{Content: "hi"}}}
	for _, c := range []struct {
		name, extra string
		s           Settings
		want        string // the payload, or of an error
	}{
		{"body", `{"a":1}`, Settings{Template: `{"b": "{{ text }}"}`}, `{"b":"hi","a":1}`},
		{"body keeps extras", `{"response_field":"x"}`, Settings{Template: `{}`}, `{"response_field":"x"}`},
		{"extra", `{"payload_template":"{\"b\": 1}","response_field":"x","a":1}`, Settings{}, `{"b":1,"a":1}`},
		{"name", `{"payload_template":"nv-embedqa"}`, Settings{}, `{"text":["hi"]}`},
		{"file", "", Settings{Template: file}, `{"file":"hi"}`},
		{"link", "", Settings{Template: link}, "the template made no JSON"},
		{"folder", "", Settings{Template: dir}, "the template made no JSON"},
		{"nothing", `{"a":1}`, Settings{}, "has no template"},
		{"broken", "", Settings{Template: "{{ a"}, "payload template: template: line 1"},
		{"field", "", Settings{Template: "{}", ResponseField: "a["}, "not a JMESPath expression"},
		{"no object", `{"a":1}`, Settings{Template: "[]"}, "no object to put extra inputs in"},
	} {
		o := &Options{Model: "m", Extra: kvs(t, c.extra)}
		before := len(o.Extra)
		given := o.Extra
		var got []byte
		e, err := Prepare(Template{}, o, c.s)
		if err == nil {
			got, err = e.Encode(nil, o, &Request{Turns: []*dataset.Turn{turn}})
		}
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.Contains(string(got), c.want) || err == nil && string(got) != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if len(given) != before || before > 0 && given[0].Key == "" {
			t.Errorf("%s: the caller's extras were changed: %v", c.name, given)
		}
	}
	if _, err := (Template{}).Encode(nil, &Options{}, &Request{Turns: []*dataset.Turn{turn}}); err == nil || !strings.Contains(err.Error(), "no template was given") {
		t.Errorf("a template that was not prepared: %v", err)
	}
}

func TestPrepareOthers(t *testing.T) {
	for _, e := range All {
		switch e.(type) {
		case Rankings, Template: // see their own tests
			continue
		}
		got, err := Prepare(e, &Options{}, Settings{})
		if err != nil || got != e {
			t.Errorf("%s became %v, %v", e.Spec().Type, got, err)
		}
	}
	if _, err := Prepare(Raw{}, &Options{Extra: kvs(t, `{"response_field":"a["}`)}, Settings{}); err == nil {
		t.Error("a broken expression for raw gave no error")
	}
	if _, err := Prepare(Raw{}, &Options{Extra: kvs(t, `{"response_field":7}`)}, Settings{}); err != nil {
		t.Errorf("an expression that is no text: %v", err)
	}
}

// The end mark of a stream is text for AIPerf; a relaxed delta knows better.
func TestRawDone(t *testing.T) {
	for relaxed, want := range map[bool]Kind{false: TextUnit, true: NoContent} {
		d := Delta{Relaxed: relaxed}
		if err := (Raw{}).Decode([]byte("[DONE]"), &d); err != nil || d.Kind != want || d.Done != relaxed {
			t.Errorf("relaxed %v: kind %d, done %v, %v", relaxed, d.Kind, d.Done, err)
		}
	}
}
