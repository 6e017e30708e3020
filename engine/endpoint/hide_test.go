package endpoint

import (
	"testing"

	"tacho/engine/dataset"
)

func TestHide(t *testing.T) {
	h := NewHeaders(HeaderOptions{APIKey: "EMPTY", User: []dataset.Header{
		{Name: "Authorization", Value: "Bearer sk-0123456"}, {Name: "X-Api-Key", Value: "k-abcdef"}, {Name: "X-Plain", Value: "visible"},
	}})
	for in, want := range map[string]string{
		"no key sk-0123456":                      "no key <redacted>",
		"no key Bearer sk-0123456, nor k-abcdef": "no key Bearer <redacted>, nor <redacted>",
		"visible, and EMPTY":                     "visible, and EMPTY",
	} {
		if got := h.Hide(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := (*Headers)(nil).Hide("all"); got != "all" {
		t.Errorf("without headers: %q", got)
	}
}
