package token

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"
)

const (
	memoSlots  = 1 << 14 // a power of two
	memoMaxLen = 48      // bytes; longer pieces hardly ever come twice
)

// memo remembers the ids of pieces that needed merging. It is a direct-mapped table of immutable
// entries, so it is bounded (about 4 MB when full), needs no lock, and forgets the older of two
// pieces that share a slot.
type memo struct {
	seed  maphash.Seed
	slots []atomic.Pointer[memoEntry]
}

type memoEntry struct {
	piece string
	ids   []int32
}

func newMemo() *memo {
	return &memo{seed: maphash.MakeSeed(), slots: make([]atomic.Pointer[memoEntry], memoSlots)}
}

func (m *memo) slot(piece string) *atomic.Pointer[memoEntry] {
	return &m.slots[maphash.String(m.seed, piece)&(memoSlots-1)]
}

// get returns the ids stored for piece; the caller must not change them.
func (m *memo) get(piece string) ([]int32, bool) {
	if len(piece) > memoMaxLen {
		return nil, false
	}
	e := m.slot(piece).Load()
	if e == nil || e.piece != piece {
		return nil, false
	}
	return e.ids, true
}

// put stores copies: piece is cut from a larger text, and ids from a buffer that is reused.
func (m *memo) put(piece string, ids []int32) {
	if len(piece) > memoMaxLen {
		return
	}
	m.slot(piece).Store(&memoEntry{strings.Clone(piece), slices.Clone(ids)})
}
