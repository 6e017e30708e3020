package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"tacho/engine/random"
)

func TestCountTurnsEqualsTheConversations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl")
	text := `{"timestamp": 0, "input_length": 20, "output_length": 4, "session_id": "a"}
{"timestamp": 5, "input_length": 20, "output_length": 4}
{"delay": 10, "input_length": 20, "output_length": 4, "session_id": "a"}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	root := random.Seeded(3)
	trace, err := Open(t.Context(), Config{File: FileConfig{Path: path, Format: Mooncake}}, root, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(trace)
	made, err := NewSynthetic(SyntheticConfig{Entries: 30, ISL: Dist{Mean: 8}, Turns: Dist{Mean: 4, StdDev: 2}}, root, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Dataset{trace, made} {
		want := 0
		for i := range d.Len() {
			c, err := d.At(i)
			if err != nil {
				t.Fatal(err)
			}
			want += len(c.Turns)
		}
		if got, err := CountTurns(d, d.Len()); err != nil || got != want || got <= d.Len() {
			t.Errorf("%T: %d turns, want %d of %d conversations (%v)", d, got, want, d.Len(), err)
		}
	}
}
