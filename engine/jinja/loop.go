package jinja

import (
	"errors"
	"fmt"
)

// loopState is what a loop's body knows as loop.
type loopState struct {
	items []any
	at    int
	seen  any  // by changed
	first bool // that changed has seen something
}

// get is an attribute.
func (l *loopState) get(name string) any {
	n := int64(len(l.items))
	i := int64(l.at)
	switch name {
	case "index":
		return i + 1
	case "index0":
		return i
	case "revindex":
		return n - i
	case "revindex0":
		return n - i - 1
	case "first":
		return i == 0
	case "last":
		return i == n-1
	case "length":
		return n
	case "depth": // of recursive loops, which are not supported
		return int64(1)
	case "depth0":
		return int64(0)
	case "previtem":
		if i > 0 {
			return l.items[i-1]
		}
	case "nextitem":
		if i < n-1 {
			return l.items[i+1]
		}
	}
	return undefined(name)
}

// call is loop.cycle(…) or loop.changed(…).
func (l *loopState) call(name string, a args) (any, error) {
	switch name {
	case "cycle":
		if len(a.list) == 0 {
			return nil, errors.New("loop.cycle needs values")
		}
		return a.list[l.at%len(a.list)], nil
	case "changed":
		var v any = a.list
		same := l.first && equal(l.seen, v)
		l.seen, l.first = v, true
		return !same, nil
	}
	return nil, fmt.Errorf("loop has no method %s", name)
}
