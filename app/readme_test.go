package app

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tacho/export"
)

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
