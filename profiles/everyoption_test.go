package profiles

import (
	"os"
	"strings"
	"testing"
)

// Every option that a user of AIPerf may type is taken, ends up where AIPerf
// puts it, and is in the help. testdata/options_made.tsv holds, for each, a
// command line and the sections of the configuration that AIPerf's own parser
// makes otherwise for it than for "-m m".
func TestEveryOptionIsTaken(t *testing.T) {
	b, err := os.ReadFile("testdata/options_made.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var help strings.Builder
	if err := Help(&help, 100, false); err != nil {
		t.Fatal(err)
	}
	env := Env{Dir: "/bench", ReadFile: func(string) ([]byte, error) {
		return []byte(`{"points": [{"time_s": 0, "qps": 1}, {"time_s": 5, "qps": 2}]}`), nil
	}}
	sections := func(line string) (Object, error) {
		p, _, err := ParseArgs(shellWords(line), env)
		if err != nil {
			return nil, err
		}
		return InputConfig(p), nil
	}
	text := func(v any) string { return string(AppendJSON(nil, v, "", 0)) }
	base, err := sections("-m m")
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{"--config": true} // read before all others
	for _, row := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		cells := strings.Split(row, "\t")
		flag, line := cells[0], cells[1]
		made[flag] = true
		want, err := readObject(cells[2])
		if err != nil {
			t.Fatalf("%s: %v", flag, err)
		}
		got, err := sections(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		for _, key := range keysOfBoth(got, base) {
			w, changed := want.get(key), key == "artifacts"
			for _, m := range want {
				changed = changed || m.Key == key
			}
			switch {
			case key == "artifacts" && want.get(key) == nil: // the folder follows the settings
			case changed:
				g := got.get(key)
				if o, ok := g.(Object); ok && key == "artifacts" && !strings.Contains(line, "artifact-dir") {
					g = o.without("dir")
				}
				if text(g) != text(w) {
					t.Errorf("%s\n got %s %s\nwant %s %s", line, key, text(g), key, text(w))
				}
			case text(got.get(key)) != text(base.get(key)):
				t.Errorf("%s\nalso changes %s to %s", line, key, text(got.get(key)))
			}
		}
	}
	for _, r := range aiperfOptions(t) {
		f := Lookup(r["flag"])
		switch {
		case f == nil:
			t.Errorf("%s is not known", r["flag"])
		case r["tier"] == "C":
		case f.Refuse != "":
			t.Errorf("%s is refused: %s", r["flag"], f.Refuse)
		case !made[r["flag"]]:
			t.Errorf("%s: no command line in testdata", r["flag"])
		case !strings.Contains(help.String(), r["flag"]) && r["flag"] != "--config":
			t.Errorf("%s is not in the help", r["flag"])
		}
	}
}

// keysOfBoth are the keys of two objects.
func keysOfBoth(a, b Object) []string {
	var keys []string
	for _, m := range append(append(Object{}, a...), b...) {
		if place(keys, m.Key) == len(keys) {
			keys = append(keys, m.Key)
		}
	}
	return keys
}
