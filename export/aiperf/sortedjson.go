package aiperf

import (
	"cmp"
	"slices"

	"tacho/engine/pytext"
)

// sortedJSON lays a JSON text out with the keys in order, numbers as they are,
// and a line end after it, as AIPerf writes the files of phases.
func sortedJSON(text []byte) ([]byte, error) {
	w := jsonWriter{pretty: true}
	s := scanner{data: text}
	if err := w.copySorted(&s); err != nil {
		return nil, err
	}
	return append(w.buf, '\n'), s.end()
}

func (w *jsonWriter) copySorted(s *scanner) error {
	switch s.peek() {
	case '{':
		type member struct {
			key  string
			text []byte
		}
		var list []member
		err := s.object(func(key string) error {
			text, err := s.value()
			list = append(list, member{key, text})
			return err
		})
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b member) int { return cmp.Compare(a.key, b.key) })
		w.open('{')
		for _, m := range list {
			w.foreignKey(m.key)
			if err := w.copySorted(&scanner{data: m.text}); err != nil {
				return err
			}
		}
		w.close('}')
		return nil
	case '[':
		w.open('[')
		err := s.array(func() error {
			w.element()
			return w.copySorted(s)
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
