package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"tacho/engine/snap"
)

// RunEvent is one line of events.jsonl: something done to a run while it went on.
type RunEvent struct {
	AtNS int64         `json:"at_ns"` // Unix nanoseconds
	Kind snap.MarkKind `json:"kind"`
	Text string        `json:"text"`
}

// Append adds the event as one line.
func (e RunEvent) Append(dst []byte) []byte {
	line, err := json.Marshal(e)
	if err != nil {
		return dst // not possible: an integer and two strings
	}
	return append(append(dst, line...), '\n')
}

// DecodeEvents reads events.jsonl. Lines that cannot be read are left out and
// reported by number, joined into the error; a last line without an end is one
// of them only if it is broken.
func DecodeEvents(r io.Reader) ([]RunEvent, error) {
	var (
		out []RunEvent
		bad []int
	)
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			var e RunEvent
			if json.Unmarshal(line, &e) != nil {
				bad = append(bad, n)
			} else {
				out = append(out, e)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return out, fmt.Errorf("read events: %w", err)
		}
	}
	if len(bad) > 0 {
		return out, fmt.Errorf("events: lines %v cannot be read", bad)
	}
	return out, nil
}
