package stats

import (
	"fmt"
	"io"
	"os"
)

// slabBytes is the unit in which a tape takes memory.
const slabBytes = 1 << 20

// tape is an append-only store of small blocks: memory up to a budget, then a
// scratch file that has no name where the system allows it. Slabs hold no
// pointers, so the garbage collector does not look into them.
//
// Its errors stick: a full disk is reported by the reader, not by the one who
// appends in the middle of a run.
type tape struct {
	budget int64 // bytes of slabs before the file begins
	dir    string
	slabs  [][]byte
	file   *os.File
	name   string // of a file that could not be unlinked while open
	size   int64  // bytes in the file and in tail
	tail   []byte // not yet written
	err    error
}

// ref is where a block lies: in slab at, or in the file from at.
type ref struct {
	at     int64
	size   int32
	onDisk bool
	slab   int32
}

// append stores a copy of b, which must be at most slabBytes long.
func (t *tape) append(b []byte) ref {
	if n := len(t.slabs); n > 0 && len(t.slabs[n-1])+len(b) <= cap(t.slabs[n-1]) {
		return t.appendSlab(b)
	}
	if t.file == nil && t.err == nil && int64(len(t.slabs)+1)*slabBytes <= t.budget {
		t.slabs = append(t.slabs, make([]byte, 0, slabBytes))
		return t.appendSlab(b)
	}
	if t.file == nil && t.err == nil {
		t.open()
	}
	r := ref{at: t.size, size: int32(len(b)), onDisk: true}
	if t.err != nil {
		return r
	}
	t.size += int64(len(b))
	t.tail = append(t.tail, b...)
	if len(t.tail) >= slabBytes/4 {
		t.flush()
	}
	return r
}

func (t *tape) appendSlab(b []byte) ref {
	i := len(t.slabs) - 1
	at := len(t.slabs[i])
	t.slabs[i] = append(t.slabs[i], b...)
	return ref{at: int64(at), size: int32(len(b)), slab: int32(i)}
}

func (t *tape) open() {
	f, err := os.CreateTemp(t.dir, "tacho-columns-*.tmp")
	if err != nil {
		t.err = fmt.Errorf("create a scratch file for statistics: %w", err)
		return
	}
	t.file = f
	if os.Remove(f.Name()) != nil {
		t.name = f.Name()
	}
}

func (t *tape) flush() {
	if len(t.tail) == 0 || t.err != nil {
		return
	}
	if _, err := t.file.WriteAt(t.tail, t.size-int64(len(t.tail))); err != nil {
		t.err = fmt.Errorf("write statistics to a scratch file: %w", err)
	}
	t.tail = t.tail[:0]
}

// read returns a block, in buf if it comes from the file. The result is valid
// until buf is used again.
func (t *tape) read(r ref, buf []byte) ([]byte, error) {
	if !r.onDisk {
		return t.slabs[r.slab][r.at : r.at+int64(r.size)], nil
	}
	t.flush()
	if t.err != nil {
		return nil, t.err
	}
	if cap(buf) < int(r.size) {
		buf = make([]byte, r.size, slabBytes/16)
	}
	buf = buf[:r.size]
	if _, err := io.ReadFull(io.NewSectionReader(t.file, r.at, int64(r.size)), buf); err != nil {
		t.err = fmt.Errorf("read statistics from a scratch file: %w", err)
	}
	return buf, t.err
}

// close frees the memory and removes the file.
func (t *tape) close() error {
	t.slabs, t.tail = nil, nil
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	if t.name != "" {
		err = os.Remove(t.name)
	}
	t.file = nil
	return err
}
