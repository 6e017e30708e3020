package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// rec is one record of a file as it stands there, and the line it begins in.
type rec struct {
	raw  []byte
	line int
}

// framing is how records stand in a file.
type framing int

// The framings. Lines and rows may be blank, which are no records.
const (
	framedLines framing = iota // one per line
	framedRows                 // CSV: quoted fields may hold line breaks
	framedList                 // elements of a JSON list
)

// frames cuts whole records off the front of data; used is how much they take
// up. closed reports that no more can follow. atEOF says that data reaches the
// end of the file, line is where it begins, and first that no record was there
// before. The records alias data.
func (f framing) frames(data []byte, line int, first, atEOF bool) (recs []rec, used int, closed bool, err error) {
	switch f {
	case framedList:
		return listFrames(data, line, first, atEOF)
	case framedRows:
		return lineFrames(data, line, atEOF, rowEnd)
	default:
		return lineFrames(data, line, atEOF, func(b []byte) int { return bytes.IndexByte(b, '\n') })
	}
}

// rowEnd is the index of the line break that ends a CSV row, -1 if none does.
func rowEnd(b []byte) int {
	quoted := false
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return i
		}
	}
	return -1
}

func lineFrames(data []byte, line int, atEOF bool, end func([]byte) int) (recs []rec, used int, closed bool, err error) {
	for used < len(data) {
		rest := data[used:]
		n := end(rest)
		step := n + 1
		if n < 0 {
			if !atEOF {
				break
			}
			n, step = len(rest), len(rest)
		}
		if raw := bytes.TrimSpace(rest[:n]); len(raw) > 0 {
			// Space before a record is part of its line, as far as lines go.
			recs = append(recs, rec{raw, line + bytes.Count(rest[:bytes.Index(rest, raw)], newline)})
		}
		line += bytes.Count(rest[:step], newline)
		used += step
	}
	return recs, used, atEOF && used == len(data), nil
}

var newline = []byte{'\n'}

func listFrames(data []byte, line int, first, atEOF bool) (recs []rec, used int, closed bool, err error) {
	at, counted := 0, 0
	lineAt := func() int {
		line += bytes.Count(data[counted:at], newline)
		counted = at
		return line
	}
	skip := func() {
		for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\t' || data[at] == '\r') {
			at++
		}
	}
	for {
		skip()
		if at < len(data) && data[at] == ']' {
			return recs, at + 1, true, nil
		}
		if !first && at < len(data) {
			if data[at] != ',' {
				return recs, used, false, &lineError{lineAt(), fmt.Errorf("after a record of a JSON list comes %q: expected , or ]", data[at])}
			}
			at++
			skip()
		}
		n := valueEnd(data[at:])
		if n == 0 {
			return recs, used, false, &lineError{lineAt(), fmt.Errorf("in a JSON list comes %q: expected a record", data[at])}
		}
		// A number or a word may go on beyond what is there yet.
		if n < 0 || !atEOF && at+n == len(data) && data[at] != '{' && data[at] != '[' && data[at] != '"' {
			if atEOF {
				return recs, used, false, &lineError{lineAt(), errors.New("the file ends inside a JSON list: it is not complete")}
			}
			return recs, used, false, nil
		}
		recs = append(recs, rec{data[at : at+n], lineAt()})
		at += n
		used, first = at, false
	}
}

// valueEnd is the length of the JSON value that b begins with, -1 if it does
// not end in b. Whether it is well-formed is left to its reader.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if i >= len(b) {
				return -1
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	if depth == 0 && len(b) > 0 {
		return len(b)
	}
	return -1
}

// member finds the value of a key in a JSON object, nil if it has none. ok is
// false for what is no JSON object as far as can be seen; all is not looked at.
func member(object []byte, key string) (value []byte, ok bool) {
	at := 0
	skip := func() {
		for at < len(object) && (object[at] == ' ' || object[at] == '\n' || object[at] == '\t' || object[at] == '\r') {
			at++
		}
	}
	next := func(c byte) bool {
		skip()
		if at < len(object) && object[at] == c {
			at++
			return true
		}
		return false
	}
	if !next('{') {
		return nil, false
	}
	for first := true; !next('}'); first = false {
		if !first && !next(',') {
			return nil, false
		}
		skip()
		n := valueEnd(object[at:])
		if n < 2 || object[at] != '"' {
			return nil, false
		}
		name := object[at+1 : at+n-1]
		at += n
		if !next(':') {
			return nil, false
		}
		skip()
		if n = valueEnd(object[at:]); n < 1 {
			return nil, false
		}
		if string(name) == key {
			return object[at : at+n], true
		}
		at += n
	}
	return nil, true
}

// listStart finds where the elements of a JSON list begin: of the file's own,
// or of the one under key in the file's object.
func listStart(src io.ReaderAt, key string) (int64, error) {
	dec := json.NewDecoder(io.NewSectionReader(src, 0, 1<<62))
	open, err := dec.Token()
	if err != nil {
		return 0, fmt.Errorf("it is no JSON: %w", plainEOF(err))
	}
	if open == json.Delim('[') && key == "" {
		return dec.InputOffset(), nil
	}
	if open != json.Delim('{') || key == "" {
		return 0, fmt.Errorf("it begins with %v: expected a JSON %s", open, map[bool]string{true: "list", false: "object"}[key == ""])
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return 0, fmt.Errorf("it is no JSON: %w", plainEOF(err))
		}
		if name != key {
			var skipped json.RawMessage
			if err := dec.Decode(&skipped); err != nil {
				return 0, fmt.Errorf("it is no JSON: %w", plainEOF(err))
			}
			continue
		}
		if open, err = dec.Token(); err != nil || open != json.Delim('[') {
			return 0, fmt.Errorf("%q is no list", key)
		}
		return dec.InputOffset(), nil
	}
	return 0, fmt.Errorf("the object has no list %q", key)
}

func plainEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends too early")
	}
	return err
}
