package metric

import "tacho/engine/spell"

// Nearest returns the tag of the PerRequest metric that is closest to s in
// spelling, by tag or short name; empty when none is close.
func (r *Registry) Nearest(s string) Tag {
	var best Tag
	least := -1
	for _, d := range r.defs {
		if !d.PerRequest() {
			continue
		}
		n := min(spell.Distance(fold(s), fold(string(d.Tag))), spell.Distance(fold(s), fold(d.Short)))
		if least < 0 || n < least {
			best, least = d.Tag, n
		}
	}
	if least > max(1, len(fold(s))/2) {
		return "" // a guess that shares little with the word helps nobody
	}
	return best
}

// fold makes spellings comparable: small letters and digits alone.
func fold(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s) && len(out) < 64; i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			out = append(out, c)
		}
	}
	return string(out)
}
