package token

import "strings"

// byteRune spells a byte as a printable rune, the way GPT-2 made text of arbitrary bytes: the
// printable Latin-1 characters stand for themselves, the others follow from U+0100 on.
var byteRune = func() (t [256]rune) {
	n := rune(256)
	for b := range t {
		if b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae {
			t[b] = rune(b)
		} else {
			t[b] = n
			n++
		}
	}
	return
}()

var runeByte = func() map[rune]byte {
	m := make(map[rune]byte, 256)
	for b, r := range byteRune {
		m[r] = byte(b)
	}
	return m
}()

func spellBytes(s string) string {
	var b strings.Builder
	b.Grow(2 * len(s))
	for i := range len(s) {
		b.WriteRune(byteRune[s[i]])
	}
	return b.String()
}

// readBytes undoes spellBytes; a token with any other rune stands for its own UTF-8.
func readBytes(dst []byte, token string) []byte {
	n := len(dst)
	for _, r := range token {
		b, ok := runeByte[r]
		if !ok {
			return append(dst[:n], token...)
		}
		dst = append(dst, b)
	}
	return dst
}
