package token

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/rivo/uniseg"
)

// precompiled is SentencePiece's character map: a double-array trie (Darts) from byte sequences
// to offsets into a block of NUL-terminated replacements.
type precompiled struct {
	trie []uint32
	text string
}

// newPrecompiled reads the base64 of: size of the trie in bytes (32 bits, little endian), the
// trie, the replacements.
func newPrecompiled(b64 string) (*precompiled, error) {
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return nil, fmt.Errorf("Precompiled: %w", err)
	}
	if len(b) < 4 {
		return nil, errors.New("Precompiled: the character map is cut short")
	}
	size := uint64(binary.LittleEndian.Uint32(b))
	b = b[4:]
	if size > uint64(len(b)) || size%4 != 0 {
		return nil, errors.New("Precompiled: the character map is cut short")
	}
	p := &precompiled{trie: make([]uint32, size/4), text: string(b[size:])}
	for i := range p.trie {
		p.trie[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return p, nil
}

// normalize maps grapheme clusters of less than six bytes as a whole where the map has an entry
// for one or for its beginning, and everything else rune by rune.
func (p *precompiled) normalize(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for state := -1; s != ""; {
		var cluster string
		cluster, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		if len(cluster) < 6 {
			if to, ok := p.lookup(cluster); ok {
				b.WriteString(to)
				continue
			}
		}
		for _, r := range cluster {
			c := string(r)
			if to, ok := p.lookup(c); ok {
				b.WriteString(to)
			} else {
				b.WriteString(c)
			}
		}
	}
	return b.String()
}

// lookup returns the replacement of the shortest prefix of s that the trie has, as the reference
// implementation does, even if more of s follows.
func (p *precompiled) lookup(s string) (string, bool) {
	pos, ok := p.unit(0)
	if !ok {
		return "", false
	}
	at := offset(pos)
	for i := range len(s) {
		c := s[i]
		if c == 0 {
			return "", false
		}
		at ^= uint32(c)
		unit, ok := p.unit(at)
		if !ok || unit&(1<<31|0xff) != uint32(c) {
			return "", false
		}
		at ^= offset(unit)
		if unit>>8&1 == 1 { // a key ends here; its value is in the leaf
			leaf, ok := p.unit(at)
			from := int(leaf & (1<<31 - 1))
			if !ok || from > len(p.text) {
				return "", false
			}
			to, _, _ := strings.Cut(p.text[from:], "\x00")
			return validUTF8(to), true
		}
	}
	return "", false
}

func (p *precompiled) unit(i uint32) (uint32, bool) {
	if uint64(i) >= uint64(len(p.trie)) {
		return 0, false
	}
	return p.trie[i], true
}

// offset is the distance from a unit to its children.
func offset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }
