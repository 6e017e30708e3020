package aiperf

import (
	"cmp"
	"slices"
)

// sortedJSON lays a JSON text out with the keys in order, numbers as they are,
// and a line end after it, as AIPerf writes the files of phases.
func sortedJSON(text []byte) ([]byte, error) {
	w := jsonWriter{pretty: true, sorted: true}
	s := scanner{data: text}
	if err := w.copyValue(&s); err != nil {
		return nil, err
	}
	return append(w.buf, '\n'), s.end()
}

// sortedMembers writes the members of an object in the order of their keys.
func (w *jsonWriter) sortedMembers(s *scanner) error {
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
	for _, m := range list {
		w.foreignKey(m.key)
		if err := w.copyValue(&scanner{data: m.text}); err != nil {
			return err
		}
	}
	return nil
}
