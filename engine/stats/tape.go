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
// A file that cannot be made or written, as on a full disk, is tried again every
// megabyte; until it works, blocks stay in memory beyond the budget, up to
// strain times as much. Only then the tape gives up: that error sticks, and is
// reported by the reader, not by the one who appends in the middle of a run.
type tape struct {
	budget  int64 // bytes of slabs before the file begins
	dir     string
	slabs   [][]byte
	file    *os.File
	name    string // of a file that could not be unlinked while open
	size    int64  // bytes in the file and in tail
	tail    []byte // not yet written
	trouble error  // of the last attempt to make or write the file; nil when it worked
	err     error
}

// strain is how many budgets of memory blocks may take when the file fails.
const strain = 4

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
	if t.err == nil && !t.spills(int64(len(t.slabs)+1)*slabBytes) {
		t.slabs = append(t.slabs, make([]byte, 0, slabBytes))
		return t.appendSlab(b)
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

// spills tells whether the next blocks go to the file, rather than to another
// slab that makes so much memory in all. It sets the error when neither can be.
func (t *tape) spills(memory int64) bool {
	if t.file == nil && memory <= t.budget {
		return false
	}
	if t.file == nil {
		t.open()
	} else if t.trouble != nil {
		t.flush()
	}
	if t.trouble == nil {
		return true
	}
	if memory > strain*t.budget {
		t.err = t.trouble
	}
	return t.err != nil
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
		t.trouble = fmt.Errorf("create a scratch file for statistics: %w", err)
		return
	}
	t.file, t.trouble = f, nil
	if os.Remove(f.Name()) != nil {
		t.name = f.Name()
	}
}

// flush writes the tail. What cannot be written stays in it.
func (t *tape) flush() {
	if len(t.tail) == 0 {
		return
	}
	if _, err := t.file.WriteAt(t.tail, t.written()); err != nil {
		t.trouble = fmt.Errorf("write statistics to a scratch file: %w", err)
		return
	}
	t.trouble, t.tail = nil, t.tail[:0]
}

// written is how much of the tape is in the file.
func (t *tape) written() int64 { return t.size - int64(len(t.tail)) }

// read returns a block, in buf if it comes from the file. The result is valid
// until buf is used again.
func (t *tape) read(r ref, buf []byte) ([]byte, error) {
	if !r.onDisk {
		return t.slabs[r.slab][r.at : r.at+int64(r.size)], nil
	}
	if t.err != nil {
		return nil, t.err
	}
	if at := r.at - t.written(); at >= 0 {
		return append(buf[:0], t.tail[at:at+int64(r.size)]...), nil
	}
	if cap(buf) < int(r.size) {
		buf = make([]byte, r.size, max(int(r.size), slabBytes/16))
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
