package profiles

import (
	"errors"
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
		`"x"`:            "must be a list of points",
		`[{`:             "is not JSON",
		`[{"time_s":3,"qps":1},{"time_s":2,"qps":5}]`: "not after the one before",
		`[{"time_s":3,"qps":-1}]`:                     "rate -1",
	} {
		_, err := decodeSeries([]byte(in))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}

// However a series is written, the recorded configuration has its points.
func TestSeriesIsRecordedAsPoints(t *testing.T) {
	env := Env{Dir: "/bench", ReadFile: func(name string) ([]byte, error) {
		if name != "r.json" {
			return nil, errors.New("no such file")
		}
		return []byte(`[{"time_s":0,"qps":5},{"time_s":1.5,"qps":20}]`), nil
	}}
	const want = `"rate_series":{"points":[{"time_s":0.0,"qps":5.0},{"time_s":1.5,"qps":20.0}]}`
	shown := func(p *Profile) string { return string(AppendJSON(nil, InputConfig(p), "", 0)) }
	p, _, err := ParseArgs(strings.Fields("-m m --request-rate-series r.json --request-rate-ramp-duration 3"), env)
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(p); !strings.Contains(got, want) || !strings.Contains(got, `"type":"poisson"`) {
		t.Errorf("options: %s", got)
	}
	for _, form := range []string{"r.json", "{path: r.json}", "[{timeS: 0, qps: 5}, {timeS: 1.5, qps: 20}]", "{points: [{time_s: 0, qps: 5}, {time_s: 1.5, qps: 20}]}"} {
		q, _, err := Decode("f.yaml", []byte(file("  phases: [{name: profiling, type: poisson, requests: 5, rateSeries: "+form+"}]\n")), env)
		if err != nil {
			t.Errorf("%s: %v", form, err)
		} else if got := shown(q); !strings.Contains(got, want) {
			t.Errorf("%s: %s", form, got)
		}
	}
	if _, _, err := ParseArgs(strings.Fields("-m m --request-rate-series gone.json"), env); err == nil || !strings.Contains(err.Error(), "--request-rate-series gone.json: cannot be read: no such file") {
		t.Errorf("%v", err)
	}
}

func FuzzDecodeSeries(f *testing.F) {
	f.Add([]byte(`[{"time_s":0,"qps":1},{"time_s":2,"qps":5}]`))
	f.Add([]byte(`{"points":[{"time_s":1e-300,"qps":1e300}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeSeries(data)
		if err == nil && len(s.Points) == 0 {
			t.Fatal("neither points nor an error")
		}
	})
}
