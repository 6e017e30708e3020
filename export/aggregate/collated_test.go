package aggregate

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
)

// The records are those of three runs that AIPerf 0.13 made, and so is the file that is wanted.
func TestCollatedEqualsAIPerf(t *testing.T) {
	var runs []Run
	for _, label := range []string{"run_0001", "run_0002", "run_0003"} {
		r := made(label, 1, 2)
		runs = append(runs, r)
	}
	c := &Collation{Runs: runs, Open: func(label string) (io.ReadCloser, error) { return os.Open("testdata/collated/" + label + ".jsonl") }}
	got, err := c.EncodeJSON()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/collated/" + CollatedJSON)
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, CollatedJSON, got, want)
}

func TestCollatedWithoutRecords(t *testing.T) {
	open := func(label string) (io.ReadCloser, error) {
		switch label {
		case "gone":
			return nil, fs.ErrNotExist
		case "broken":
			return nil, errors.New("disk on fire")
		}
		return io.NopCloser(strings.NewReader("\nno json\n{\"metadata\":{\"benchmark_phase\":\"warmup\"},\"metrics\":{\"x\":{\"value\":9}}}\n" +
			`{"metadata":{"benchmark_phase":"profiling"},"error":{"code":1},"metrics":{"x":{"value":9}}}` + "\n" +
			`{"metadata":{"benchmark_phase":"profiling"},"metrics":{"list":{"value":[1]},"x":{"value":4,"unit":"ms"}}}`)), nil
	}
	c := &Collation{Runs: []Run{made("gone", 1, 2), made("one", 1, 2), {Label: "bad", Error: "no answer"}}, Open: open}
	got, err := c.EncodeJSON()
	if err != nil || !bytes.Contains(got, []byte(`"count": 1`)) || !bytes.Contains(got, []byte(`"mean": 4.0`)) || bytes.Contains(got, []byte(`"list"`)) || !bytes.Contains(got, []byte("no answer")) {
		t.Errorf("%v\n%s", err, got)
	}
	c.Runs = []Run{made("broken", 1, 2)}
	if _, err := c.EncodeJSON(); err == nil || !strings.Contains(err.Error(), "records of broken: disk on fire") {
		t.Errorf("error %v", err)
	}
}

func TestPairSum(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 127, 128, 129, 1000} {
		v := make([]float64, n)
		want := 0.0
		for i := range v {
			v[i] = 1 / float64(i+1)
			want += v[i]
		}
		if got := pairSum(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d values: %v, want %v", n, got, want)
		}
	}
}
