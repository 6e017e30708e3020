package replay

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync/atomic"
)

// gapStore holds the gaps of all requests as codes, in the order of the file.
// What goes beyond its limit lies in a scratch file.
type gapStore struct {
	limit int64 // codes in memory
	used  atomic.Int64
	dir   string // of the scratch file; empty is the system's

	parts []gapPart // by the part of the record file
	file  *os.File  // nil until it is needed
	at    int64     // end of the file
}

// gapPart is the gaps of one part of the record file: in memory, or n of them at
// a place in the scratch file.
type gapPart struct {
	codes []uint16
	at    int64
	n     int
}

// gapRef is where a request's gaps begin: part and place in it.
type gapRef struct{ part, at uint32 }

// put takes over the codes of a part. One goroutine at a time may call it.
func (s *gapStore) put(part int, codes []uint16) error {
	if len(codes) == 0 {
		return nil
	}
	p := &s.parts[part]
	if s.used.Add(int64(len(codes))) <= s.limit {
		p.codes = codes
		return nil
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "tacho-replay-*")
		if err != nil {
			return fmt.Errorf("scratch file for the gaps: %w", err)
		}
		s.file = f
		_ = os.Remove(f.Name()) // where that does not work, close does it
	}
	b := make([]byte, 0, 2*len(codes))
	for _, c := range codes {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	if _, err := s.file.WriteAt(b, s.at); err != nil {
		return fmt.Errorf("scratch file for the gaps: %w", err)
	}
	p.at, p.n = s.at, len(codes)
	s.at += int64(len(b))
	return nil
}

// close frees the store.
func (s *gapStore) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // gone already, mostly
	return err
}

// gapReader reads a store, for one goroutine. It keeps the parts read last.
type gapReader struct {
	store *gapStore
	kept  [8]struct {
		part  int
		used  int
		codes []uint16
	}
	clock int
	err   error // the first
}

// read returns n codes from a place on. They are valid until the eighth call
// after this one, and none when the scratch file cannot be read.
func (r *gapReader) read(ref gapRef, n uint32) []uint16 {
	if n == 0 {
		return nil
	}
	p := &r.store.parts[ref.part]
	codes := p.codes
	if codes == nil {
		codes = r.part(int(ref.part))
	}
	if int(ref.at+n) > len(codes) {
		return nil
	}
	return codes[ref.at : ref.at+n]
}

func (r *gapReader) part(i int) []uint16 {
	r.clock++
	oldest := 0
	for j := range r.kept {
		k := &r.kept[j]
		if k.codes != nil && k.part == i {
			k.used = r.clock
			return k.codes
		}
		if k.used < r.kept[oldest].used {
			oldest = j
		}
	}
	p := &r.store.parts[i]
	b := make([]byte, 2*p.n)
	if _, err := r.store.file.ReadAt(b, p.at); err != nil {
		if r.err == nil {
			r.err = fmt.Errorf("scratch file of the gaps: %w", err)
		}
		return nil
	}
	k := &r.kept[oldest]
	k.part, k.used, k.codes = i, r.clock, make([]uint16, p.n)
	for j := range k.codes {
		k.codes[j] = binary.LittleEndian.Uint16(b[2*j:])
	}
	return k.codes
}
