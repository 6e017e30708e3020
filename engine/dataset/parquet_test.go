package dataset

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// writeParquet writes rows in groups of a few, in small pages.
func writeParquet[T any](t testing.TB, rows []T, perGroup int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.MaxRowsPerRowGroup(int64(perGroup)), parquet.PageBufferSize(64), parquet.Compression(&parquet.Zstd))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// linesOf reads columns of a Parquet file as JSON Lines.
func linesOf(t testing.TB, path string, needed ...string) (string, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newParquetRows(f, needed, nil)
	if err != nil {
		f.Close()
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}

const tinyPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// The file was written by pyarrow, as those on the hub are: nested lists,
// lists of groups, dictionaries, a map, and nulls on every level.
func TestParquetOfTheHubsOwnWriter(t *testing.T) {
	for column, want := range map[string]string{
		"id":           `1 2 3 4`,
		"score":        `1.5 null null -2.25`,
		"flag":         `true false null true`,
		"question":     `"a \"q\" \u003c\u0026\u003e é\n" "two" null ""`,
		"conversation": `[[{"role":"user","content":"hi"}],[{"role":"assistant","content":"yo"}]] [] null [[{"role":"user","content":null}],[]]`,
		"images":       `[{"bytes":"` + tinyPNG + `","path":null},{"bytes":"eA==","path":"p"}] [] null [null]`,
		"image":        `{"bytes":"` + tinyPNG + `","path":"a.png"} null {"bytes":null,"path":null} {"bytes":"","path":""}`,
		"tags":         `["x","y"] [] null ["z",null]`,
		"m":            `{"key_value":[{"key":"k","value":1}]} {"key_value":[]} null {"key_value":[{"key":"a","value":2},{"key":"b","value":null}]}`,
		"choices":      `{"A":"1","B":""} {"A":null,"B":"2"} null {"A":"","B":""}`,
		"large":        `"L" "M" null "N"`,
		"dict":         `"d" "d" "e" null`,
	} {
		got, err := linesOf(t, "testdata/pyarrow.parquet", column)
		if err != nil {
			t.Errorf("%s: %v", column, err)
		}
		got = strings.ReplaceAll(strings.TrimSuffix(got, "}\n"), `{"`+column+`":`, "")
		if got = strings.ReplaceAll(got, "}\n", " "); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", column, got, want)
		}
	}
}

func TestParquetColumnsThatAreNotThere(t *testing.T) {
	_, err := linesOf(t, "testdata/pyarrow.parquet", "id", "problem")
	if err == nil || !strings.Contains(err.Error(), "it has the columns id, score, flag,") || !strings.HasSuffix(err.Error(), "expected id, problem") {
		t.Error(err)
	}
}

// A damaged file ends with an error or with rows, never with a panic, and not
// without end.
func TestDamagedParquet(t *testing.T) {
	whole, err := os.ReadFile("testdata/pyarrow.parquet")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	failed := 0
	try := func(b []byte) {
		overwrite(t, path, string(b))
		if _, err := linesOf(t, path, "question", "conversation", "images", "m"); err != nil {
			failed++
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		}
	}
	for n := 0; n < len(whole); n += 61 {
		try(whole[:n])
	}
	if failed != (len(whole)+60)/61 {
		t.Errorf("%d of the files that are cut off can be read", (len(whole)+60)/61-failed)
	}
	for at := 4; at < len(whole); at += 17 {
		b := bytes.Clone(whole)
		b[at] ^= 0x55
		try(b)
	}
}
