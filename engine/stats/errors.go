package stats

import "tacho/engine/record"

// maxErrorGroups bounds an errorTable: a server that puts an identifier into
// each message would fill the memory otherwise.
const maxErrorGroups = 1000

// ErrorGroup counts the failures with one code, type and message, as AIPerf
// groups them. Failure is the first of them, LastNS the latest end of one, Unix
// nanoseconds; 0 is unknown.
type ErrorGroup struct {
	Failure record.Failure
	Count   int64
	LastNS  int64
}

// errorTable groups failures in order of first appearance. After the first
// thousand different ones the others are counted by code and type alone, but
// for a table of all. The zero value is ready.
type errorTable struct {
	all    bool
	groups []ErrorGroup
	index  map[errorKey]int
}

type errorKey struct {
	code      int
	typ, text string
}

// add counts a failure that ended then, Unix nanoseconds.
func (t *errorTable) add(f *record.Failure, endNS int64) {
	if t.index == nil {
		t.index = make(map[errorKey]int)
	}
	key := errorKey{f.Code, f.Type, f.Message}
	i, ok := t.index[key]
	if !ok && !t.all && len(t.groups) >= maxErrorGroups {
		key.text = ""
		i, ok = t.index[key]
	}
	if !ok {
		i = len(t.groups)
		t.index[key] = i
		t.groups = append(t.groups, ErrorGroup{Failure: *f})
	}
	t.groups[i].Count++
	t.groups[i].LastNS = max(t.groups[i].LastNS, endNS)
}
