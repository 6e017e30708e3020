package aiperf

import (
	"strconv"

	"tacho/engine/pytext"
)

// jsonWriter appends JSON to buf, compact or indented by two spaces. It checks
// nothing: the callers write in order.
type jsonWriter struct {
	buf    []byte
	pretty bool
	sorted bool // foreign objects have their keys in order
	depth  int
	// more is set when the next element of the open container needs a comma.
	more bool
}

func (w *jsonWriter) open(c byte) {
	w.buf = append(w.buf, c)
	w.depth++
	w.more = false
}

// close ends a container; one without elements stays on its line: {}.
func (w *jsonWriter) close(c byte) {
	w.depth--
	if w.pretty && w.more {
		w.newline()
	}
	w.buf = append(w.buf, c)
	w.more = true
}

func (w *jsonWriter) newline() {
	w.buf = append(w.buf, '\n')
	for range w.depth {
		w.buf = append(w.buf, ' ', ' ')
	}
}

// element starts an element of an array.
func (w *jsonWriter) element() {
	if w.more {
		w.buf = append(w.buf, ',')
	}
	if w.pretty {
		w.newline()
	}
	w.more = true
}

// key starts a member of an object. k is trusted to need no escapes.
func (w *jsonWriter) key(k string) {
	w.element()
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, k...)
	w.buf = append(w.buf, '"', ':')
	if w.pretty {
		w.buf = append(w.buf, ' ')
	}
}

// foreignKey is key for text that comes from outside.
func (w *jsonWriter) foreignKey(k string) {
	w.element()
	w.buf = pytext.AppendString(w.buf, k)
	w.buf = append(w.buf, ':')
	if w.pretty {
		w.buf = append(w.buf, ' ')
	}
}

func (w *jsonWriter) str(k, v string)       { w.key(k); w.buf = pytext.AppendString(w.buf, v) }
func (w *jsonWriter) int(k string, v int64) { w.key(k); w.buf = strconv.AppendInt(w.buf, v, 10) }
func (w *jsonWriter) float(k string, v float64) {
	w.key(k)
	w.buf = pytext.AppendFloat(w.buf, v)
}

// number writes a bare value, without a fraction if it is to be an integer and
// is one.
func (w *jsonWriter) number(v float64, integer bool) {
	if integer && isWhole(v) {
		w.buf = strconv.AppendInt(w.buf, int64(v), 10)
		return
	}
	w.buf = pytext.AppendFloat(w.buf, v)
}

func (w *jsonWriter) bool(k string, v bool) { w.key(k); w.buf = strconv.AppendBool(w.buf, v) }

// optStr, optInt and optFloat leave out what is absent.
func (w *jsonWriter) optStr(k, v string) {
	if v != "" {
		w.str(k, v)
	}
}

func (w *jsonWriter) optInt(k string, v int64) {
	if v != 0 {
		w.int(k, v)
	}
}

func (w *jsonWriter) optFloat(k string, v float64) {
	if finite(v) {
		w.float(k, v)
	}
}

// optStrs writes a list of texts; an empty one is absent.
func (w *jsonWriter) optStrs(k string, list []string) {
	if len(list) == 0 {
		return
	}
	w.key(k)
	w.open('[')
	for _, v := range list {
		w.element()
		w.buf = pytext.AppendString(w.buf, v)
	}
	w.close(']')
}

// raw writes a whole JSON text as the value of k, laid out as the rest of the
// file and with its numbers and key order untouched. A text that is not JSON is
// written as a string: what cannot be kept as it is should still be seen.
func (w *jsonWriter) raw(k string, text []byte) {
	if len(text) == 0 {
		return
	}
	w.foreignKey(k)
	w.rawValue(text)
}

func (w *jsonWriter) rawValue(text []byte) {
	n, depth := len(w.buf), w.depth
	s := scanner{data: text}
	if err := w.copyValue(&s); err == nil && s.end() == nil {
		return
	}
	w.buf, w.depth, w.more = pytext.AppendString(w.buf[:n], string(text)), depth, true
}

// copyValue re-writes the value at the scanner in this writer's layout.
func (w *jsonWriter) copyValue(s *scanner) error {
	switch s.peek() {
	case '{':
		w.open('{')
		defer w.close('}')
		if w.sorted {
			return w.sortedMembers(s)
		}
		return s.object(func(key string) error {
			w.foreignKey(key)
			return w.copyValue(s)
		})
	case '[':
		w.open('[')
		err := s.array(func() error {
			w.element()
			return w.copyValue(s)
		})
		w.close(']')
		return err
	case '"':
		v, err := s.string()
		w.buf = pytext.AppendString(w.buf, v)
		return err
	}
	text, err := s.scalar()
	w.buf = append(w.buf, text...)
	return err
}
