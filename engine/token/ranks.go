package token

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strconv"
)

// ranks is a table of byte strings, each with its rank, which is its id. The strings lie one
// after the other in blob; a hash table of ids finds them. It holds no pointers but three, so the
// garbage collector does not walk 200,000 strings.
type ranks struct {
	blob  string
	off   []uint32 // string i is blob[off[i]:off[i+1]]; empty: the id is not a rank
	slots []int32  // open addressing, id + 1
	seed  maphash.Seed
	bytes [256]int32 // the id of every single byte
}

// newRanks builds the table from lengths indexed by id, and the strings one after the other.
func newRanks(lengths []byte, blob string) (*ranks, error) {
	r := &ranks{blob: blob, off: make([]uint32, len(lengths)+1), seed: maphash.MakeSeed()}
	size := 1024
	for size < 2*len(lengths) {
		size *= 2
	}
	r.slots = make([]int32, size)
	for i, n := range lengths {
		at := r.off[i]
		r.off[i+1] = at + uint32(n)
		if int(at)+int(n) > len(blob) {
			return nil, errors.New("rank table is cut short")
		}
		if n == 0 {
			continue
		}
		s := blob[at : at+uint32(n)]
		h := r.home(s)
		for r.slots[h] != 0 {
			h = (h + 1) & (size - 1)
		}
		r.slots[h] = int32(i + 1)
	}
	for b := range 256 {
		id, ok := r.find(string([]byte{byte(b)}))
		if !ok {
			return nil, fmt.Errorf("rank table lacks the single byte 0x%02x", b)
		}
		r.bytes[b] = id
	}
	return r, nil
}

func (r *ranks) home(s string) int {
	return int(maphash.String(r.seed, s) & uint64(len(r.slots)-1))
}

// find returns the rank of s.
func (r *ranks) find(s string) (int32, bool) {
	for h := r.home(s); r.slots[h] != 0; h = (h + 1) & (len(r.slots) - 1) {
		if id := r.slots[h] - 1; r.text(int(id)) == s {
			return id, true
		}
	}
	return 0, false
}

// text returns the bytes of id, which must be below size; "" for an id that is not a rank.
func (r *ranks) text(id int) string { return r.blob[r.off[id]:r.off[id+1]] }

// size is the highest rank + 1.
func (r *ranks) size() int { return len(r.off) - 1 }

// maxRank bounds the ids of a rank file, so that a broken one cannot ask for all the memory.
const maxRank = 1 << 22

// parseRankFile reads the .tiktoken text format: one line per token, base64, blank, rank.
func parseRankFile(text []byte) (*ranks, error) {
	type entry struct {
		s    []byte
		rank int
	}
	var all []entry
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		b64, num, ok := bytes.Cut(line, []byte(" "))
		if !ok {
			return nil, fmt.Errorf("rank file line %d: no blank between token and rank", n)
		}
		s := make([]byte, base64.StdEncoding.DecodedLen(len(b64)))
		k, err := base64.StdEncoding.Decode(s, b64)
		if err != nil {
			return nil, fmt.Errorf("rank file line %d: %w", n, err)
		}
		rank, err := strconv.Atoi(string(num))
		if err != nil {
			return nil, fmt.Errorf("rank file line %d: %w", n, err)
		}
		if rank < 0 || rank >= maxRank || k == 0 || k > 255 {
			return nil, fmt.Errorf("rank file line %d: rank %d of a token of %d bytes is out of range", n, rank, k)
		}
		all = append(all, entry{s[:k], rank})
	}
	slices.SortFunc(all, func(a, b entry) int { return a.rank - b.rank })
	var lengths, blob []byte
	for _, e := range all {
		if e.rank < len(lengths) {
			return nil, fmt.Errorf("rank file: rank %d comes twice", e.rank)
		}
		for len(lengths) < e.rank {
			lengths = append(lengths, 0)
		}
		lengths = append(lengths, byte(len(e.s)))
		blob = append(blob, e.s...)
	}
	return newRanks(lengths, string(blob))
}

// unpackRanks reads the compact form that is embedded (gen.go writes it): gzip of the number of ids
// (32 bits, little endian), one length byte per id, and the strings one after the other.
func unpackRanks(packed []byte) (*ranks, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack rank table: %w", err)
	}
	var head [4]byte
	if _, err := io.ReadFull(z, head[:]); err != nil {
		return nil, fmt.Errorf("unpack rank table: %w", err)
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxRank {
		return nil, fmt.Errorf("unpack rank table: %d ids", n)
	}
	lengths := make([]byte, n)
	if _, err := io.ReadFull(z, lengths); err != nil {
		return nil, fmt.Errorf("unpack rank table: %w", err)
	}
	total := 0
	for _, l := range lengths {
		total += int(l)
	}
	blob := make([]byte, total)
	if _, err := io.ReadFull(z, blob); err != nil {
		return nil, fmt.Errorf("unpack rank table: %w", err)
	}
	return newRanks(lengths, string(blob))
}
