package app

import (
	"strings"
	"testing"
)

func TestDecodeSeries(t *testing.T) {
	for in, want := range map[string]string{
		`[{"time_s":0,"qps":1},{"time_s":2,"qps":5}]`:            "",
		`{"points":[{"time_s":0,"qps":1},{"time_s":2,"qps":5}]}`: "",
		`[{"time_s":0}]`: "point 1 must have time_s and qps",
		`{}`:             "no points",
		`[]`:             "no points",
		`"x"`:            "cannot unmarshal",
		`[{"time_s":3,"qps":1},{"time_s":2,"qps":5}]`: "not after the one before",
	} {
		_, err := decodeSeries([]byte(in))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}

func FuzzDecodeSeries(f *testing.F) {
	f.Add([]byte(`[{"time_s":0,"qps":1},{"time_s":2,"qps":5}]`))
	f.Add([]byte(`{"points":[{"time_s":1e-300,"qps":1e300}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeSeries(data)
		if err == nil && c == nil {
			t.Fatal("neither a curve nor an error")
		}
	})
}
