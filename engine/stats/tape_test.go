package stats

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// blocks writes numbered blocks to a tape and reads all of them back.
type blocks struct {
	tape tape
	refs []ref
}

const testBlock = slabBytes / 8

func (b *blocks) content(i int) []byte { return bytes.Repeat([]byte{byte(i)}, testBlock) }

func (b *blocks) write(n int) {
	for range n {
		b.refs = append(b.refs, b.tape.append(b.content(len(b.refs))))
	}
}

func (b *blocks) check(t *testing.T) {
	t.Helper()
	var buf []byte
	for i, r := range b.refs {
		got, err := b.tape.read(r, buf)
		if err != nil {
			t.Fatalf("block %d: %v", i, err)
		}
		if !bytes.Equal(got, b.content(i)) {
			t.Fatalf("block %d begins with %d", i, got[0])
		}
		if r.onDisk {
			buf = got
		}
	}
}

// A full disk costs memory, not statistics; with space again the file goes on.
func TestTapeOutlivesAFullDisk(t *testing.T) {
	dir := t.TempDir()
	b := blocks{tape: tape{budget: 2 * slabBytes, dir: dir}}
	b.write(18)
	good := b.tape.file
	if good == nil || b.tape.trouble != nil {
		t.Fatalf("no scratch file after %d bytes: %v", 18*testBlock, b.tape.trouble)
	}
	// A file that is open for reading takes no write.
	path := filepath.Join(dir, "locked")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b.tape.file = locked
	b.write(30)
	if b.tape.trouble == nil || b.tape.err != nil || len(b.tape.slabs) < 5 {
		t.Fatalf("trouble %v, error %v, %d slabs; want the rest in memory", b.tape.trouble, b.tape.err, len(b.tape.slabs))
	}
	b.tape.file = good
	b.check(t)
	slabs := len(b.tape.slabs)
	b.write(30)
	if b.tape.trouble != nil || len(b.tape.slabs) != slabs {
		t.Errorf("with space again: %v, %d slabs, %d before", b.tape.trouble, len(b.tape.slabs), slabs)
	}
	b.check(t)
	if err := locked.Close(); err != nil {
		t.Error(err)
	}
	if err := b.tape.close(); err != nil {
		t.Error(err)
	}
}

func TestTapeWithoutAScratchFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	b := blocks{tape: tape{budget: slabBytes, dir: dir}}
	b.write(8 * (strain - 1))
	if b.tape.file != nil || b.tape.trouble == nil || b.tape.err != nil {
		t.Fatalf("file %v, trouble %v, error %v; want blocks in memory", b.tape.file, b.tape.trouble, b.tape.err)
	}
	b.check(t)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b.write(20)
	if b.tape.file == nil || b.tape.trouble != nil {
		t.Fatalf("file %v, trouble %v; want the file once it can be made", b.tape.file, b.tape.trouble)
	}
	b.check(t)
	if err := b.tape.close(); err != nil {
		t.Error(err)
	}
}

func TestTapeGivesUpAtTheEndOfMemory(t *testing.T) {
	b := blocks{tape: tape{budget: slabBytes, dir: filepath.Join(t.TempDir(), "never")}}
	b.write(8 * strain)
	if b.tape.err != nil {
		t.Fatalf("gave up within %d budgets: %v", strain, b.tape.err)
	}
	b.write(20)
	if b.tape.err == nil || len(b.tape.slabs) > strain {
		t.Errorf("error %v with %d slabs", b.tape.err, len(b.tape.slabs))
	}
	if _, err := b.tape.read(b.refs[len(b.refs)-1], nil); err == nil {
		t.Error("a lost block was read")
	}
	if err := b.tape.close(); err != nil {
		t.Error(err)
	}
}
