package profiles

import (
	"errors"
	"fmt"
	"slices"
)

// Records are the records of a data file, as a tree: a list of maps, or a map
// of such lists.
type Records struct{ root any }

func (r *Records) tree() any { return r.root }

func (r *Records) fromTree(x any) error {
	lists := []any{x}
	if o, ok := x.(Object); ok {
		lists = nil
		for _, m := range o {
			lists = append(lists, m.Value)
		}
	}
	for _, l := range lists {
		list, ok := l.([]any)
		if !ok || len(list) == 0 {
			return errors.New("must be a list of records, with at least one")
		}
		if i := slices.IndexFunc(list, func(e any) bool { _, ok := e.(Object); return !ok }); i >= 0 {
			return fmt.Errorf("record %d must be a map", i+1)
		}
	}
	r.root = x
	return nil
}

// Files are the records as JSON Lines, by the name of their list; that of a
// single list is empty.
func (r *Records) Files() map[string][]byte {
	lines := func(x any) (b []byte) {
		list, _ := x.([]any)
		for _, e := range list {
			b = append(AppendJSON(b, e, "", 0), '\n')
		}
		return b
	}
	o, ok := r.root.(Object)
	if !ok {
		return map[string][]byte{"": lines(r.root)}
	}
	files := map[string][]byte{}
	for _, m := range o {
		files[m.Key] = lines(m.Value)
	}
	return files
}

// readRecords reads records from JSON text.
func readRecords(args []string) (r Records, err error) {
	v, err := readTree(args[len(args)-1])
	if err != nil {
		return r, err
	}
	return r, r.fromTree(v)
}
