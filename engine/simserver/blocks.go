package simserver

import (
	"container/list"
	"hash/maphash"
	"slices"
)

// hashSeed is fixed for the process: block hashes never leave it.
var hashSeed = maphash.MakeSeed()

// block is one KV-cache block with known contents.
type block struct {
	hash uint64
	refs int           // sequences that use it
	idle *list.Element // in the pool's idle list while refs is 0
}

// blockPool is the KV cache: blocks that hold a known piece of a prompt can be
// shared, and stay, idle, until another sequence needs the room. Idle blocks
// count as free, as in vLLM's kv_cache_usage_perc.
type blockPool struct {
	total  int
	own    int // in use, contents not shared
	inUse  int // shared blocks with refs > 0
	byHash map[uint64]*block
	idle   *list.List // oldest first
}

func newBlockPool(total int) *blockPool {
	return &blockPool{total: total, byHash: map[uint64]*block{}, idle: list.New()}
}

// free returns the number of blocks that could be taken now.
func (p *blockPool) free() int { return p.total - p.own - p.inUse }

// usage returns the share of blocks in use, 0..1.
func (p *blockPool) usage() float64 { return float64(p.own+p.inUse) / float64(p.total) }

// cached returns the leading blocks of hashes that the pool holds.
func (p *blockPool) cached(hashes []uint64) []*block {
	var bs []*block
	for _, h := range hashes {
		b := p.byHash[h]
		if b == nil {
			break
		}
		bs = append(bs, b)
	}
	return bs
}

// hold takes a reference on each block.
func (p *blockPool) hold(bs []*block) {
	for _, b := range bs {
		if b.refs == 0 {
			p.idle.Remove(b.idle)
			b.idle = nil
			p.inUse++
		}
		b.refs++
	}
}

// release gives references back. The last block of a prompt goes idle first,
// so that it is also evicted first: without its beginning a prefix is useless.
func (p *blockPool) release(bs []*block) {
	for _, b := range slices.Backward(bs) {
		b.refs--
		if b.refs == 0 {
			p.inUse--
			b.idle = p.idle.PushBack(b)
		}
	}
}

// take takes n blocks without known contents, evicting idle ones for room, or
// none if there is not enough.
func (p *blockPool) take(n int) bool {
	if n > p.free() {
		return false
	}
	p.own += n
	for p.own+len(p.byHash) > p.total {
		old := p.idle.Remove(p.idle.Front()).(*block)
		delete(p.byHash, old.hash)
	}
	return true
}

// give returns n blocks that take took.
func (p *blockPool) give(n int) { p.own -= n }

// publish turns one own block, whose prompt tokens are now computed, into a
// shared one that the caller holds. It returns nil if the pool has one with
// that hash already.
func (p *blockPool) publish(hash uint64) *block {
	if p.byHash[hash] != nil {
		return nil
	}
	b := &block{hash: hash, refs: 1}
	p.byHash[hash] = b
	p.own--
	p.inUse++
	return b
}

// hashBlocks returns the hash of each full block of a prompt. A hash covers
// everything before it too.
func hashBlocks(text string, blockSize int) []uint64 {
	size := blockSize * bytesPerToken
	hs := make([]uint64, 0, len(text)/size)
	var h uint64
	for i := size; i <= len(text); i += size {
		h = mix(h, maphash.String(hashSeed, text[i-size:i]))
		hs = append(hs, h)
	}
	return hs
}
