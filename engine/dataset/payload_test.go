package dataset

import "testing"

func TestAskedFor(t *testing.T) {
	for body, want := range map[string]int{
		`{"max_tokens":4}`: 4,
		`{"max_completion_tokens":5,"max_output_tokens":6}`: 5,
		`{"max_tokens":null,"max_output_tokens":6}`:         6,
		`{"max_tokens":0,"max_completion_tokens":3}`:        3,
		`{"max_tokens":"7","max_completion_tokens":true}`:   0,
		`{"max_tokens":2.5}`:                                0,
		`{"messages":[]}`:                                   0,
		`{"max_tokens":1e300,"max_output_tokens":-1}`:       0,
		``: 0,
	} {
		if got := askedFor([]byte(body)); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
}
