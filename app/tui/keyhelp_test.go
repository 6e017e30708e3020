package tui

import (
	"bytes"
	"strings"
	"testing"
)

// TestWriteKeys: the reference has every row of every table.
func TestWriteKeys(t *testing.T) {
	var b bytes.Buffer
	if err := WriteKeys(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for kind, open := range sources(t) {
		d := open()
		for _, table := range append([][]bound{d.c.quitKeys}, tables(d)...) {
			for _, row := range table {
				if h := row.Help(); !strings.Contains(text, h.Desc) {
					t.Errorf("%s: %s %q is not in the reference", kind, h.Key, h.Desc)
				}
			}
		}
	}
	if n := strings.Count(text, "\n"); n < 90 || n > 160 {
		t.Errorf("the reference has %d lines:\n%s", n, text)
	}
}

func tables(d *driver) [][]bound {
	var out [][]bound
	for _, t := range d.c.page {
		out = append(out, t)
	}
	return out
}
