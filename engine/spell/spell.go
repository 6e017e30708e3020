// Package spell compares words as a typist gets them wrong, for the question
// "did you mean?".
package spell

// maxLen is the longest word, in bytes, that can be a typing mistake.
const maxLen = 64

// Distance is the restricted Damerau-Levenshtein distance in bytes: how often a
// byte must be inserted, dropped, changed or swapped with the next to make b of
// a. Words longer than 64 bytes are not compared and are 64 apart.
func Distance(a, b string) int {
	if len(a) > maxLen || len(b) > maxLen {
		return maxLen
	}
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
