package token

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"slices"
	"testing"
)

// sample is one text of the corpus with the ids that the reference implementations gave it.
type sample struct {
	Text string `json:"text"`
	B64  string `json:"b64"` // instead of Text where that is no UTF-8
	IDs  []int  `json:"ids"`
	Cat  string `json:"cat"`
}

func (s sample) text(t testing.TB) string {
	if s.B64 == "" {
		return s.Text
	}
	b, err := base64.StdEncoding.DecodeString(s.B64)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readGzip(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

// readSamples reads a gzipped JSONL file of samples.
func readSamples(t testing.TB, path string) []sample {
	t.Helper()
	var all []sample
	sc := bufio.NewScanner(bytes.NewReader(readGzip(t, path)))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var s sample
		if err := json.Unmarshal(sc.Bytes(), &s); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, s)
	}
	if err := sc.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%s: %d samples, %v", path, len(all), err)
	}
	return all
}

// compare checks the ids and the counts of all samples of a file.
func compare(t *testing.T, tok Tokenizer, path string) {
	t.Helper()
	bad := 0
	for _, s := range readSamples(t, path) {
		text := s.text(t)
		got := tok.Encode(text)
		if n := tok.Count(text); n != len(got) {
			t.Errorf("%s: Count(%q) = %d, but Encode gives %d ids", path, text, n, len(got))
		}
		if !slices.Equal(got, s.IDs) {
			if bad++; bad <= 5 {
				t.Errorf("%s: Encode(%q)\n got %v\nwant %v", path, text, got, s.IDs)
			}
		}
	}
	if bad > 5 {
		t.Errorf("%s: %d samples differ", path, bad)
	}
}
