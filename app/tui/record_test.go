package tui

import (
	"bufio"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestRecorder: what was given to the terminal can be read back, in order.
func TestRecorder(t *testing.T) {
	var file strings.Builder
	r := newRecorder(&file, 80, 24)
	given := []string{"\x1b[?1049h", "a \"word\" ⣿\r\n", "end"}
	for _, text := range given {
		r.add([]byte(text))
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(strings.NewReader(file.String()))
	var head struct{ Version, Width, Height int }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head.Version != 2 || head.Width != 80 || head.Height != 24 {
		t.Fatalf("head %q", lines.Text())
	}
	last := 0.0
	for i := 0; lines.Scan(); i++ {
		var at float64
		var kind, text string
		if err := json.Unmarshal(lines.Bytes(), &[]any{&at, &kind, &text}); err != nil || kind != "o" || at < last || text != given[i] {
			t.Errorf("event %d: %v %q at %v, %v; want %q", i, kind, text, at, err, given[i])
		}
		last = at
	}
	var none *recorder
	none.add([]byte("x")) // nothing is recorded and nothing breaks
	full := newRecorder(fullDisk{}, 1, 1)
	full.add(make([]byte, 1<<16))
	if err := full.close(); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
