package profiles

import (
	"errors"
	"testing"
)

// A preset lacks the model and nothing else.
func TestPresetsLackOnlyTheModel(t *testing.T) {
	env := testEnv
	env.Metrics = tags{"time_to_first_token", "inter_token_latency"}
	list := Presets()
	if len(list) != 10 {
		t.Fatalf("%d presets", len(list))
	}
	for _, p := range list {
		_, _, err := Decode(p.Name, p.YAML, env)
		if problems, ok := errors.AsType[Problems](err); !ok || !problems.Only(MissingModel) {
			t.Errorf("%s: %v", p.Name, err)
		}
		if p.Doc == "" {
			t.Errorf("%s says not what it is for", p.Name)
		}
	}
}

// An input file of the user's takes the place of the trace that comes with the
// program.
func TestTraceOfTheUser(t *testing.T) {
	env := testEnv
	env.ReadFile = func(string) ([]byte, error) {
		for _, p := range Presets() {
			if p.Name == "trace" {
				return p.YAML, nil
			}
		}
		return nil, errors.New("no such preset")
	}
	p, _, err := ParseArgs([]string{"--config", "@trace", "--model", "m", "--input-file", "mine.jsonl"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Dataset(); d.Records.Set || d.Path.V != "mine.jsonl" {
		t.Errorf("records %v, path %q", d.Records.Set, d.Path.V)
	}
}
