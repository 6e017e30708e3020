package profiles

import (
	"slices"
	"strings"

	"tacho/engine/spell"
)

// nearest returns the candidate a reader most likely meant by s, or "" when
// none is close; of equals the first. A swap of two letters counts as one
// mistake; so does any number of missing letters at the end. A candidate that
// has all the words of s among its own comes last: --rate is --request-rate.
func nearest(s string, candidates []string) string {
	s = norm(s)
	best, bestDist := "", max(2, len(s)/5)+1
	for _, c := range candidates {
		n := norm(c)
		d := spell.Distance(s, n)
		if len(s) >= 4 && strings.HasPrefix(n, s) {
			d = min(d, 1)
		}
		if d < bestDist && d < max(len(s), 2) {
			best, bestDist = c, d
		}
	}
	if best != "" || len(s) < 4 {
		return best
	}
	words := strings.FieldsFunc(s, isDash)
	for _, c := range candidates {
		if hasAll(strings.FieldsFunc(norm(c), isDash), words) && (best == "" || len(c) < len(best)) {
			best = c
		}
	}
	return best
}

func isDash(r rune) bool { return r == '-' }

// hasAll reports whether every one of some words, or its singular, is there.
func hasAll(have, words []string) bool {
	for _, w := range words {
		if !slices.Contains(have, w) && !slices.Contains(have, strings.TrimSuffix(w, "s")) {
			return false
		}
	}
	return len(words) > 0
}

// didYouMean is the tail of a message about an unknown word.
func didYouMean(s string, candidates []string) string {
	if c := nearest(s, candidates); c != "" {
		return "; did you mean " + c + "?"
	}
	return ""
}

// norm makes spellings that mean the same equal: case, - and _.
func norm(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "_", "-")
}

// sorted returns a sorted copy.
func sorted(list []string) []string {
	c := slices.Clone(list)
	slices.Sort(c)
	return c
}

// Nearest is the candidate that a reader most likely meant by s, or "" when
// none is close.
func Nearest(s string, candidates []string) string { return nearest(s, candidates) }
