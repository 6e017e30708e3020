package jinja

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// tree reads JSON into the values that templates are given, in the order of the file.
func tree(t *testing.T, d *json.Decoder) any {
	t.Helper()
	tok, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch v := tok.(type) {
	case json.Delim:
		list, o := []any{}, Object{}
		for d.More() {
			if v == '[' {
				list = append(list, tree(t, d))
				continue
			}
			name := tree(t, d).(string)
			o = append(o, Field{name, tree(t, d)})
		}
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
		if v == '[' {
			return list
		}
		return o
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	}
	return tok
}

// What Jinja 3.1.6 makes of the constructs of chat templates, set up as transformers 5.23 does.
func TestConstructs(t *testing.T) {
	b, err := os.ReadFile("testdata/constructs.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	file := tree(t, d).(Object)
	given, _ := file.get("vars")
	cases, _ := file.get("cases")
	for _, c := range cases.([]any) {
		src, _ := c.(Object).get("template")
		want, _ := c.(Object).get("want")
		tm, err := CompileChat(src.(string))
		if err != nil {
			t.Errorf("%s\n%v", src, err)
			continue
		}
		if got, err := tm.Render(nil, given.(Object)); err != nil || string(got) != want {
			t.Errorf("%s\n%v\n got %q\nwant %q", src, err, got, want)
		}
	}
	if n := len(cases.([]any)); n < 40 {
		t.Errorf("%d cases only", n)
	}
}

// In bodies of requests what a macro or a block writes is not escaped again.
func TestMacrosEscapeOnce(t *testing.T) {
	for src, want := range map[string]string{
		"{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m('<') }}":                                "<&lt;>",
		"{% set b %}<{{ '<' }}>{% endset %}{{ b }}":                                          "<&lt;>",
		"{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}{{ '\"' }}{% endcall %}": "<&#34;>",
	} {
		check(t, src, want)
	}
}

func TestStrftime(t *testing.T) {
	at := time.Date(2025, 3, 7, 14, 5, 9, 0, time.UTC)
	for format, want := range map[string]string{
		"%Y-%m-%d": "2025-03-07", "%d %b %Y": "07 Mar 2025", "%B %-d, %Y": "March 7, 2025", "%A %H:%M:%S %p %I": "Friday 14:05:09 PM 02", "%j%%%y": "066%25", "%-M%Z": "5",
	} {
		if got, err := strftime(at, format); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", format, got, err, want)
		}
	}
	if _, err := strftime(at, "%Q"); err == nil {
		t.Error("%Q is fine")
	}
}
