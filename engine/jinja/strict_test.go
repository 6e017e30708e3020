package jinja

import (
	"slices"
	"strings"
	"testing"
)

// What Jinja 3.1 with StrictUndefined and keep_trailing_newline makes of them.
func TestStrictTemplates(t *testing.T) {
	for src, want := range map[string]string{
		"{{ text }}\n":                       "a \"q\" & <b> 'x' é\n",
		"{{ n * 2 }}":                        "10",
		"{{ n // 2 }}":                       "2",
		"{{ q|default(3) }}":                 "3",
		"{{ q is defined }}":                 "False",
		"{{ by.a }}":                         "['2', '3']",
		"{{ 'a' ~ text[0] ~ '<' }}":          "aa<",
		"{% if n > 4 %}yes{% endif %}":       "yes",
		"{{ n if yes else gone }}":           "5",
		"{{ yes or gone }}":                  "True",
		"{{ 'a' if not yes }}":               "",
		"- {{ n }}\n- {{ texts|join(',') }}": "- 5\n- one,two,three",
	} {
		tm, err := CompileStrict(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got, err := tm.Render(nil, vars()); err != nil || string(got) != want {
			t.Errorf("%s: %v, got %q, want %q", src, err, got, want)
		}
	}
	for _, src := range []string{
		"{{ gone }}", "{{ by.gone }}", "{% if gone %}a{% endif %}", "{{ 'a' if gone }}", "{{ gone or n }}", "{{ n and gone }}",
		"{{ not gone }}", "{% for x in gone %}{% endfor %}", "{% for x in texts if gone %}{% endfor %}",
	} {
		tm, err := CompileStrict(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got, err := tm.Render(nil, vars()); err == nil || !strings.Contains(err.Error(), "undefined") {
			t.Errorf("%s: %v, got %q, want undefined", src, err, got)
		}
	}
}

func TestNames(t *testing.T) {
	tm, err := CompileStrict("{{ a + b.c }}{% for x in d if x > e %}{{ x|default(f) }}{% endfor %}{{ true }}")
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Compact(slices.Sorted(slices.Values(tm.Names())))
	if want := []string{"a", "b", "d", "e", "f", "x"}; !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
}
