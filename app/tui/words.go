package tui

import "strings"

// splitWords cuts text at blanks; what stands in quotes stays together.
func splitWords(s string) []string {
	var out []string
	var word strings.Builder
	quote, any := rune(0), false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case (r == '\'' || r == '"') && word.Len() == 0:
			quote, any = r, true
		case r == ' ':
			if any || word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteRune(r)
		}
	}
	if any || word.Len() > 0 {
		out = append(out, word.String())
	}
	return out
}

// joinWords is the opposite of splitWords.
func joinWords(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w
		if w == "" || strings.ContainsAny(w, " '\"") {
			q := "'"
			if strings.Contains(w, "'") {
				q = `"`
			}
			out[i] = q + w + q
		}
	}
	return strings.Join(out, " ")
}
