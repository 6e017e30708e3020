package tui

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// recorder writes what the terminal is given, with its times, as an asciicast of
// version 2, which asciinema plays. The goroutine that sends owns it.
type recorder struct {
	out   *bufio.Writer
	start time.Time
	err   error // the first; nothing is written after it
}

func newRecorder(w io.Writer, width, height int) *recorder {
	r := &recorder{out: bufio.NewWriter(w), start: time.Now()}
	_, r.err = fmt.Fprintf(r.out, "{\"version\": 2, \"width\": %d, \"height\": %d}\n", width, height)
	return r
}

// add notes that the terminal was given something now.
func (r *recorder) add(chunk []byte) {
	if r == nil || r.err != nil {
		return
	}
	text, err := json.Marshal(string(chunk))
	if err == nil {
		_, err = fmt.Fprintf(r.out, "[%.3f, \"o\", %s]\n", time.Since(r.start).Seconds(), text)
	}
	r.err = err
}

// close writes what is left and returns the first error.
func (r *recorder) close() error {
	if r.err != nil {
		return r.err
	}
	return r.out.Flush()
}
