package token

import "fmt"

// behavior says what becomes of the matches when a text is split by them.
type behavior int

const (
	isolated           behavior = iota // each is a piece
	removed                            // they vanish
	mergedWithPrevious                 // each ends the piece before it
	mergedWithNext                     // each begins the piece after it
	contiguous                         // neighbours form one piece
)

func newBehavior(name string) (behavior, error) {
	switch name {
	case "Isolated", "":
		return isolated, nil
	case "Removed":
		return removed, nil
	case "MergedWithPrevious":
		return mergedWithPrevious, nil
	case "MergedWithNext":
		return mergedWithNext, nil
	case "Contiguous":
		return contiguous, nil
	}
	return 0, fmt.Errorf("behavior %q is not supported", name)
}

// part is a stretch of a text that matched or lies between matches.
type part struct {
	start, end int
	match      bool
}

// splitter splits pieces by the matches of find. With invert, what lies between is the match.
func splitter(find finder, how behavior, invert bool) preTokenizer {
	return func(dst, src []piece) []piece {
		for _, p := range src {
			if how == isolated {
				dst = appendIsolated(dst, p, find)
				continue
			}
			for _, q := range regroup(parts(p.text, find, invert), how) {
				dst = append(dst, piece{p.text[q.start:q.end], p.start && q.start == 0})
			}
		}
		return dst
	}
}

// appendIsolated is the case that nearly every vocabulary uses, without a list of parts.
func appendIsolated(dst []piece, p piece, find finder) []piece {
	at := 0
	find(p.text, func(start, end int) {
		if start > at {
			dst = append(dst, piece{p.text[at:start], p.start && at == 0})
		}
		dst = append(dst, piece{p.text[start:end], p.start && start == 0})
		at = end
	})
	if at < len(p.text) {
		dst = append(dst, piece{p.text[at:], p.start && at == 0})
	}
	return dst
}

// parts covers s with its matches and the gaps between them.
func parts(s string, find finder, invert bool) (all []part) {
	at := 0
	find(s, func(start, end int) {
		if start > at {
			all = append(all, part{at, start, invert})
		}
		all = append(all, part{start, end, !invert})
		at = end
	})
	if at < len(s) {
		all = append(all, part{at, len(s), invert})
	}
	return all
}

func regroup(all []part, how behavior) (out []part) {
	join := func(a, b part) bool {
		switch how {
		case contiguous:
			return a.match == b.match
		case mergedWithPrevious:
			return b.match && !a.match
		case mergedWithNext:
			return a.match && !b.match
		}
		return false
	}
	for i, p := range all {
		switch {
		case how == removed && p.match:
		case i > 0 && join(all[i-1], p):
			out[len(out)-1].end = p.end
		default:
			out = append(out, p)
		}
	}
	return out
}
