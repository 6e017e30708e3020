package aiperf

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goldenDir = "../../testdata/aiperf-0.13"

// goldens returns every golden file whose name ends so, below all runs.
func goldens(t *testing.T, endings ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(goldenDir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, e := range endings {
			if strings.HasSuffix("/"+filepath.ToSlash(path), e) {
				out = append(out, path)
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatalf("no golden ends in %q", endings)
	}
	return out
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sorted re-writes JSON with its keys in order and the texts of its numbers as
// they are, so that two files can be compared whose key order is random.
func sorted(t *testing.T, data []byte) []byte {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("not JSON: %v: %.200s", err, data)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameJSON compares two texts but for the order of keys and their layout.
func sameJSON(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if g, w := sorted(t, got), sorted(t, want); !bytes.Equal(g, w) {
		t.Errorf("%s: %s", name, firstDifference(g, w))
	}
	// Sorting lost the layout; the sizes still tell of a blank too many.
	if len(got) != len(want) {
		t.Errorf("%s: %d bytes, want %d", name, len(got), len(want))
	}
}

func sameBytes(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: %s", name, firstDifference(got, want))
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b || i >= len(g) || i >= len(w) {
			return "line " + itoa(i+1) + "\n got " + a + "\nwant " + b
		}
	}
	return "same lines"
}

func itoa(i int) string { return string(appendGrouped(nil, int64(i))) }
