package jinja

import (
	"strings"
	"testing"
)

func vars() Object {
	return Object{
		{"text", `a "q" & <b> 'x' é`}, {"texts", []any{"one", "two", "three"}}, {"none", nil}, {"n", int64(5)}, {"f", 2.5},
		{"yes", true}, {"empty", ""}, {"list", []any{int64(1), []any{"x"}, nil, true}},
		{"by", Object{{"z", []any{"1"}}, {"a", []any{"2", "3"}}}},
	}
}

// What Jinja 3.1 with autoescaping makes of the templates.
func TestRender(t *testing.T) {
	for src, want := range map[string]string{
		"":                                     "",
		"plain\n":                              "plain",
		"plain\n\n":                            "plain\n",
		"{{ text }}":                           "a &#34;q&#34; &amp; &lt;b&gt; &#39;x&#39; é",
		"{{ text|safe }}":                      `a "q" & <b> 'x' é`,
		"{{ text|tojson }}":                    `"a \"q\" \u0026 \u003cb\u003e \u0027x\u0027 \u00e9"`,
		`{{ "👋\t\y"|tojson }}`:                 `"\ud83d\udc4b\t\\y"`,
		"{{ by|tojson }}":                      `{"a": ["2", "3"], "z": ["1"]}`,
		"{{ list|tojson }}":                    `[1, ["x"], null, true]`,
		"{{ list }}":                           "[1, [&#39;x&#39;], None, True]",
		"{{ none }} {{ yes }} {{ f }}":         "None True 2.5",
		"{{ missing }}|{{ by.missing }}":       "|",
		"{{ by.a[1] }}{{ by['z'][0] }}":        "31",
		"{{ texts[-1] }} {{ texts[9] }}":       "three ",
		"{{ texts[1:] }}":                      "[&#39;two&#39;, &#39;three&#39;]",
		"{{ texts[:-1]|length }}":              "2",
		"{{ text[0] }}{{ text[2:5] }}":         "a&#34;q&#34;",
		"{{ n + 2 * 3 }} {{ (n + 2) * 3 }}":    "11 21",
		"{{ n / 2 }} {{ n // 2 }} {{ n % 3 }}": "2.5 2 2",
		"{{ -n + 1 }} {{ 7 - 2 - 1 }}":         "-4 4",
	} {
		check(t, src, want)
	}
	for src, want := range map[string]string{
		"{{ 'a' 'b' ~ n ~ none }}": "ab5None",
		"{{ text|tojson ~ '<' }}":  `"a \"q\" \u0026 \u003cb\u003e \u0027x\u0027 \u00e9"&lt;`,
		"{{ n > 4 and n <= 5 }}":   "True",
		"{{ 1 < n < 4 }}":          "False",
		"{{ not n == 5 or yes }}":  "True",
		"{{ empty or 'other' }}":   "other",
		"{{ empty and 'other' }}":  "",
		"{{ 'one' in texts }} {{ 'x' not in texts }} {{ 'q' in text }}":                                   "True True True",
		"{{ 'a' if yes else 'b' }}{{ 'a' if empty else 'b' }}{{ 'c' if empty }}":                          "ab",
		"{{ n is defined }} {{ q is undefined }} {{ none is none }} {{ n is not none }}":                  "True True True True",
		"{{ text is string }} {{ n is number }} {{ by is mapping }} {{ texts is sequence }}":              "True True True True",
		"{{ q|default('d') }} {{ none|default('d') }} {{ none|default('d', true) }}":                      "d None d",
		"{{ texts|join('-') }} {{ texts|first }} {{ texts|last }} {{ texts|length }}":                     "one-two-three one three 3",
		"{{ ' Ab '|trim|upper }}{{ 'AB'|lower }}{{ 'aXa'|replace('X', '.') }}":                            "ABaba.a",
		"{{ '12'|int + 1 }} {{ 'x'|int }} {{ '1.5'|float }} {{ n|string|length }}":                        "13 0 1.5 1",
		"{{ ' a b '.split() }} {{ 'a,b'.split(',')[1] }} {{ 'ab'.startswith('a') }}":                      "[&#39;a&#39;, &#39;b&#39;] b True",
		"{% for k, v in by.items() %}{{ k }}={{ v|length }};{% endfor %}":                                 "z=1;a=2;",
		"{% for t in texts %}{{ loop.index }}{{ t }}{% if not loop.last %},{% endif %}{% endfor %}":       "1one,2two,3three",
		"{% for t in texts if t != 'two' %}{{ t }} {% endfor %}":                                          "one three ",
		"{% for t in [] %}x{% else %}none{% endfor %}":                                                    "none",
		"{% for t in missing %}x{% else %}none{% endfor %}":                                               "none",
		"{% for a in [1,2] %}{% for b in [3,4] %}{{ a }}{{ b }}{{ loop.first }} {% endfor %}{% endfor %}": "13True 14False 23True 24False ",
		"{% if n == 4 %}a{% elif n == 5 %}b{% else %}c{% endif %}":                                        "b",
		"{% if none %}a{% elif empty %}b{% else %}c{% endif %}":                                           "c",
		"{% set k = n + 1 %}{{ k }}":                                                                      "6",
		"{% set k = 1 %}{% for t in [1] %}{% set k = 2 %}{% endfor %}{{ k }}":                             "1",
		"a {# {{ gone }} #} b":                                        "a  b",
		"a  {#- gone -#}  b":                                          "ab",
		"[ {%- for t in texts -%} {{ t }} {%- endfor -%} ]":           "[onetwothree]",
		"{% raw %}{{ text }}{% endraw %}":                             "{{ text }}",
		"a {%- raw -%} {{ x }} {%- endraw -%} b":                      "a{{ x }}b",
		`{{ "}}" }}{{ {"a": 1}|tojson }}{{ {'a': {'b': 2}}['a'].b }}`: `}}{"a": 1}2`,
		"{{ [1, 'x', [2]]|tojson }}{{ {}|tojson }}":                   `[1, "x", [2]]{}`,
		"{{ by.get('q', 7) }} {{ by.keys()|list }}":                   "7 [&#39;z&#39;, &#39;a&#39;]",
		"{{ true }} {{ false }} {{ True }} {{ none is none }}":        "True False True True",
		"{{ 1.50 }} {{ 100000000000000000000.0 }}":                    "1.5 1e+20",
	} {
		check(t, src, want)
	}
}

func TestCompileErrors(t *testing.T) {
	for src, want := range map[string]string{
		"{{ a":                        "line 1: {{ is not closed",
		"a\n{% if a %}":               "line 2: if has no endif",
		"{% for a in b %}":            "line 1: for has no endfor",
		"{% endif %}":                 "endif without a beginning",
		"{% for a in b %}{% endif %}": "line 1: for has no endfor",
		"{% include 'x' %}":           `line 1: statement "include" is not supported`,
		"{% macro x() %}":             "macro has no endmacro",
		"{% macro x(1) %}":            "a name is missing",
		"{% call x %}{% endcall %}":   "needs the call of a macro",
		"{{ f(a=1, 2) }}":             `function "f" is not supported`,
		"{{ range(a=1, 2) }}":         "comes behind one with a name",
		"{{ a[] }}":                   "an item is missing",
		"\n\n{{ a|nope }}":            `line 3: filter "nope" is not supported`,
		"{{ a is nope }}":             `test "nope" is not supported`,
		"{{ a b }}":                   `unexpected "b"`,
		"{{ }}":                       "an expression is missing",
		"{{ 'a }}":                    "is not closed",
		"{{ a[1 }}":                   `"]" is missing before the end`,
		"{{ a ? b }}":                 "unexpected '?'",
		"{{ '\\xg1' }}":               "escape",
		"{{ '\\N{DASH}' }}":           "escape",
		"{% for in b %}{% endfor %}":  "for lacks its in",
		"{% set 1 = 2 %}":             "a name is missing",
		"{% raw %}x":                  "raw has no endraw",
		"{{ " + strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200) + " }}": "too deep",
		strings.Repeat("{% if a %}", 200):                                         "too deep",
		"{{ a. }}":                                                                "a name is missing after the dot",
		"{{ {1:2 }}":                                                              "is not closed",
	} {
		if _, err := Compile(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", src, err, want)
		}
	}
}

func TestRenderErrors(t *testing.T) {
	for src, want := range map[string]string{
		"{{ missing.a }}":                     `"missing" is undefined`,
		"{{ missing|tojson }}":                "undefined",
		"{{ n + text }}":                      "cannot compute",
		"{{ n / 0 }}":                         "cannot compute",
		"{{ n < text }}":                      "cannot compare",
		"{{ 9007199254740993 * 9 }}":          "cannot compute",
		"{% for a in n %}{% endfor %}":        "is not a list",
		"{% for a, b in texts %}{% endfor %}": "is not 2 values",
		"{{ n.foo() }}":                       "no method",
		"{{ text.foo() }}":                    "not supported",
		"{{ by.foo() }}":                      "not supported",
		"{{ 1 in text }}":                     "it must be a text",
		"{{ texts['a':] }}":                   "whole numbers",
		"{{ texts[::0] }}":                    "step of a slice is 0",
		"{% set ns = namespace(s='aaaaaaaa') %}{% for i in big %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}": "grows beyond",
		"{% set ns = namespace(s=texts) %}{% for i in big %}{% set ns.s = ns.s + ns.s %}{% endfor %}":      "grows beyond",
		"{{ 'aa' * 9999999999999 }}": "cannot compute",
		"{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}": "too often",
		"{% break %}":           "outside of a loop",
		"{{ texts.append(1) }}": "not supported",
		"{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}":          "takes 1 arguments",
		"{% macro m(a) %}{% endmacro %}{{ m(b=2) }}":           "has no parameter b",
		"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}":      "too deep",
		"{{ m() }}{% macro m() %}{% endmacro %}":               `"m" is undefined`,
		"{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}": `"caller" is undefined`,
		"{{ n is divisibleby 0 }}":                             "not divisible",
		"{{ n[1:] }}":                                          "has no parts",
		"{% for a in big %}{% for b in big %}" + strings.Repeat("x", 100) + "{% endfor %}{% endfor %}": "more than",
		"{% for a in big %}{% for b in big %}{% for c in big %}{% endfor %}{% endfor %}{% endfor %}":   "loops too long",
	} {
		tm, err := Compile(src)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		big := make([]any, 3000)
		dst := []byte("keep")
		got, err := tm.Render(dst, append(vars(), Field{"big", big}))
		if err == nil || !strings.Contains(err.Error(), want) || string(got) != "keep" {
			t.Errorf("%s: %v, want %q; got %.40q", src, err, want, got)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{
		"{{ text|tojson }}", "{% for t in texts %}{{ t }}{% endfor %}", "{% if a %}b{% else %}c{% endif %}", "{{ by['a'][0]|upper ~ 1 }}",
		"{%- set a = {'b': [1, 2.5, none]} -%}{{ a.b[1:] }}", "{# x #}{% raw %}{{{% endraw %}", "{{ 'a' if n is defined else -n // 2 }}",
		"{% macro m(a, b=1) %}{{ a[::-1] }}{{ caller(b) }}{% endmacro %}{% call(x) m(text) %}{{ x }}{% endcall %}", "{% for t in texts %}{{ loop.cycle(1, 2) }}{% break %}{% endfor %}",
		"{% set x | upper %}{{ texts|map('length')|sort|sum }}{% endset %}{{ x.split('O', 1)[-1].format(1) }}", "{{ texts|selectattr('a', 'eq', 1)|list|tojson(indent=2) }}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tm, err := Compile(src)
		if err != nil || strings.Count(src, "for") > 3 {
			return
		}
		if got, err := tm.Render([]byte("keep"), vars()); err != nil && string(got) != "keep" {
			t.Errorf("an error, and %q", got)
		}
		if tm, err := CompileChat(src); err == nil {
			tm.Render(nil, vars())
		}
	})
}

func check(t *testing.T, src, want string) {
	t.Helper()
	tm, err := Compile(src)
	if err != nil {
		t.Errorf("%s: %v", src, err)
		return
	}
	got, err := tm.Render([]byte("PRE"), vars())
	if err != nil || string(got) != "PRE"+want {
		t.Errorf("%s: %v\n got %q\nwant %q", src, err, got, "PRE"+want)
	}
}
