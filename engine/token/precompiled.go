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

// newPrecompiled reads a map in base64.
func newPrecompiled(b64 string) (*precompiled, error) {
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return nil, fmt.Errorf("Precompiled: %w", err)
	}
	return parsePrecompiled(b)
}

// parsePrecompiled reads: size of the trie in bytes (32 bits, little endian), the trie, the
// replacements.
func parsePrecompiled(b []byte) (*precompiled, error) {
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
func (p *precompiled) lookup(s string) (to string, ok bool) {
	p.prefixes(s, func(replacement string, _ int) bool {
		to, ok = replacement, true
		return false
	})
	return to, ok
}

// longest returns the replacement of the longest prefix of s that the trie has, and the prefix's
// length: 0 if there is none.
func (p *precompiled) longest(s string) (to string, n int) {
	p.prefixes(s, func(replacement string, length int) bool {
		to, n = replacement, length
		return true
	})
	return to, n
}

// prefixes visits the prefixes of s that the trie has, the shortest first, until visit is content.
func (p *precompiled) prefixes(s string, visit func(to string, length int) bool) {
	pos, ok := p.unit(0)
	if !ok {
		return
	}
	at := offset(pos)
	for i := range len(s) {
		c := s[i]
		if c == 0 {
			return
		}
		at ^= uint32(c)
		unit, ok := p.unit(at)
		if !ok || unit&(1<<31|0xff) != uint32(c) {
			return
		}
		at ^= offset(unit)
		if unit>>8&1 == 1 { // a key ends here; its value is in the leaf
			leaf, ok := p.unit(at)
			from := int(leaf & (1<<31 - 1))
			if !ok || from > len(p.text) {
				return
			}
			to, _, _ := strings.Cut(p.text[from:], "\x00")
			if !visit(validUTF8(to), i+1) {
				return
			}
		}
	}
}

func (p *precompiled) unit(i uint32) (uint32, bool) {
	if uint64(i) >= uint64(len(p.trie)) {
		return 0, false
	}
	return p.trie[i], true
}

// offset is the distance from a unit to its children.
func offset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }
