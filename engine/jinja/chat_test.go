package jinja

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// What Jinja makes of templates of chats, set up as transformers does.
func TestChatTemplates(t *testing.T) {
	b, err := os.ReadFile("testdata/chat.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Template, Want string
		Messages             []struct{ Role, Content string }
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		tm, err := CompileChat(c.Template)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		var messages []any
		for _, m := range c.Messages {
			messages = append(messages, Object{{"role", m.Role}, {"content", m.Content}})
		}
		got, err := tm.Render(nil, Object{{"messages", messages}, {"add_generation_prompt", true}, {"bos_token", "<s>"}, {"eos_token", "</s>"}})
		if err != nil || string(got) != c.Want {
			t.Errorf("%s: %v\n got %q\nwant %q", c.Name, err, got, c.Want)
		}
	}
	if len(cases) < 4 {
		t.Errorf("%d cases only", len(cases))
	}
	for src, want := range map[string]string{
		"{{ raise_exception('no system') }}": "refuses these messages: no system",
		"{{ range(0, 10, 0) }}":              "range is too long",
		"{{ range('a') }}":                   "whole numbers",
		"{{ namespace(1) }}":                 "named arguments",
		"{% set x.y = 1 %}":                  "x is no namespace",
	} {
		tm, err := CompileChat(src)
		if err == nil {
			_, err = tm.Render(nil, nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", src, err, want)
		}
	}
	tm, err := CompileChat("{% if x %}{{ lipsum() }}{{ 1|nope }}{{ 1 is nope }}{% endif %}a")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tm.Render(nil, nil); err != nil || string(got) != "a" {
		t.Errorf("what is not known and not reached: %v, %q", err, got)
	}
	if _, err := tm.Render(nil, Object{{"x", true}}); err == nil {
		t.Error("a function that is not there is fine")
	}
}
