package metric

// Nearest returns the tag with one number per request that is closest to s in
// spelling, for error messages. A short name (ttft, ITL) finds its metric too.
func (r *Registry) Nearest(s string) Tag {
	var best Tag
	least := -1
	for _, d := range r.defs {
		if d.Kind != PerRecord || d.Has(Hidden) || d.Has(OfFailed) {
			continue
		}
		n := min(distance(fold(s), fold(string(d.Tag))), distance(fold(s), fold(d.Short)))
		if least < 0 || n < least {
			best, least = d.Tag, n
		}
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

// distance is the number of letters to insert, drop or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
