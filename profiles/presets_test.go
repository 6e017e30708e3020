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
