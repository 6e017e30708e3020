package tui

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// TestClipPassesUntouched between two frames, which are drawn as ever.
func TestClipPassesUntouched(t *testing.T) {
	term := newTerminal(20, 3)
	w := newDiffWriter(term, term.size, nil)
	defer term.Close()
	_, _ = fmt.Fprint(w, "\x1b[?1049hone\r\ntwo")
	w.Flush()
	text := strings.Repeat("| TTFT | 182 |\n", 2000)
	if err := w.Clip(text); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	if err := w.Clip(strings.Repeat("x", maxClip+1)); err == nil {
		t.Error("more than a terminal takes was copied")
	}
	_, _ = fmt.Fprint(w, "\r\nthree")
	w.Flush()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
	if got := string(term.all); !strings.Contains(got, want) || strings.Count(got, "\x1b]52") != 1 {
		t.Errorf("the terminal got %d bytes without the whole sequence", len(got))
	}
	if got := string(term.all); !strings.Contains(got, "three") {
		t.Error("frames stopped after the sequence")
	}
}
