package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSaveTable: Y writes the table of the page into the folder of the program,
// and never over a file.
func TestSaveTable(t *testing.T) {
	t.Chdir(t.TempDir())
	d := drive(t)
	cmd := d.press("3", "Y")
	if cmd == nil {
		t.Fatal("Y does nothing")
	}
	d.m.Update(cmd())
	d.wants("time slices written to tacho-time-slices-")
	files, err := filepath.Glob("tacho-time-slices-*.md")
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	if b, err := os.ReadFile(files[0]); err != nil || !strings.Contains(string(b), "TTFT p50") {
		t.Errorf("%v: %.100q", err, b)
	}
	if err := writeNew(files[0], "other"); err == nil {
		t.Error("a file was written over")
	}
}
