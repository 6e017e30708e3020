package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"

	"tacho/export"
)

// pictured is the moment of the tape that the README begins with, seconds.
const pictured = 20

// TestReadmePicture: the README begins with what the recorded screen showed.
func TestReadmePicture(t *testing.T) {
	f, err := os.Open("../testdata/tape/demo.cast")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	var size struct{ Width, Height int }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &size) != nil {
		t.Fatalf("the tape begins with %q", lines.Text())
	}
	screen := vt.NewEmulator(size.Width, size.Height)
	last := 0.0
	for lines.Scan() {
		var at float64
		var kind, text string
		if err := json.Unmarshal(lines.Bytes(), &[]any{&at, &kind, &text}); err != nil || kind != "o" || at < last {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if last = at; at <= pictured {
			_, _ = screen.WriteString(text)
		}
	}
	if last < pictured {
		t.Fatalf("the tape ends after %g s", last)
	}
	var picture strings.Builder
	for line := range strings.Lines(screen.String()) {
		picture.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```\n")
	if got, _, _ := strings.Cut(rest, "```"); got != picture.String() {
		t.Errorf("the README should begin with:\n%s", picture.String())
	}
}

// The README repeats two tables of the program. This test fails when they
// differ; it prints what should stand there.
func TestReadmeMatchesTheProgram(t *testing.T) {
	b, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	var table strings.Builder
	table.WriteString("| file | what is in it |\n| --- | --- |\n")
	for _, f := range export.Files {
		if f.ReadOnly {
			continue
		}
		name := "`" + f.Default + "`"
		if f.Ours {
			name += " (ours)"
		}
		fmt.Fprintf(&table, "| %s | %s |\n", name, f.Doc)
	}
	const begin, end = "<!-- files: made from export.Files, a test compares -->\n", "<!-- end files -->"
	_, rest, ok := strings.Cut(readme, begin)
	got, _, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the README lacks the marks around its table of files")
	}
	if got != table.String() {
		t.Errorf("the README's table of files should be:\n%s", table.String())
	}
	for _, c := range commands() {
		if !strings.Contains(readme, "| `tacho "+c.name) {
			t.Errorf("the README's table of commands lacks %s", c.name)
		}
	}
}
