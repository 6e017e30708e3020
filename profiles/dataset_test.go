package profiles

import (
	"os"
	"strings"
	"testing"
)

// shellWords splits a line at blanks outside quotes of either kind.
func shellWords(s string) []string {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && r == ' ':
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		words = append(words, word.String())
	}
	return words
}

// The datasets that AIPerf's own parser makes of command lines.
func TestDatasetsEqualAIPerf(t *testing.T) {
	b, err := os.ReadFile("testdata/datasets.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(b)), "\n")[1:]
	env := Env{}
	for _, row := range rows {
		line, want, _ := strings.Cut(row, "\t")
		args := shellWords(line)
		p, _, err := ParseArgs(args, env)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		get := func(p *Profile) string { return string(AppendJSON(nil, InputConfig(p).get("datasets"), "", 0)) }
		want = strings.NewReplacer(": ", ":", ", ", ",").Replace(want)
		if got := get(p); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
		if q, aside := FromTree(InputConfig(p)); get(q) != want || len(aside) > 0 {
			t.Errorf("%s\n written %s\n    read %s, aside %v", line, want, get(q), aside)
		}
		if q, _, err := Decode("f", Encode(p), env); err != nil || get(q) != get(p) {
			t.Errorf("%s\n%s\n%v: %s", line, Encode(p), err, get(q))
		}
		if q, _, err := ParseArgs(Args(p), env); err != nil {
			t.Errorf("%q: %v", Args(p), err)
		} else if got := get(q); strings.Contains(want, `"entries"`) == strings.Contains(got, `"entries"`) && got != want {
			t.Errorf("%q\n got %s\nwant %s", Args(p), got, want)
		}
	}
	if len(rows) < 35 {
		t.Errorf("%d lines only", len(rows))
	}
}
