package dataset

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// source is the content of one file; reads may come from any goroutine.
type source interface {
	io.ReaderAt
	io.Closer
}

// openSource opens a file for reading at any place, unpacking it if it is
// gzip. What is unpacked goes to a nameless file in scratch (the system's
// place for such when empty), as far as it is read.
func openSource(path, scratch string) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, withoutPath(err)
	}
	var magic [2]byte
	if n, _ := f.ReadAt(magic[:], 0); n == 2 && magic == [2]byte{0x1f, 0x8b} {
		from, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<18))
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("unpack: %w", err)
		}
		return newUnpacked(f, from, scratch)
	}
	f.Close()
	return &fileSource{path, info.Size(), info.ModTime()}, nil
}

// withoutPath takes the path out of an error, for callers that name it.
func withoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// fileSource opens the file for each read, so that a folder of a thousand
// files holds none of them open, and notices when it is not the same anymore.
type fileSource struct {
	path  string
	size  int64
	mtime time.Time
}

func (s *fileSource) Close() error { return nil }

func (s *fileSource) ReadAt(p []byte, off int64) (int, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return 0, withoutPath(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, withoutPath(err)
	}
	if info.Size() != s.size || !info.ModTime().Equal(s.mtime) {
		return 0, errors.New("the file was changed while it was in use")
	}
	n, err := f.ReadAt(p, off)
	return n, withoutPath(err)
}

// unpacked is a file that is not read as it stands: gzip or Parquet. What has
// been unpacked lies in a scratch file that has no name anymore where the
// system allows that.
type unpacked struct {
	mu      sync.Mutex
	packed  io.Closer // nil when all is unpacked
	from    io.Reader
	scratch *os.File
	have    int64
	err     error // what ended the unpacking; io.EOF when all went well
}

// newUnpacked owns packed from then on, also when it fails.
func newUnpacked(packed io.Closer, from io.Reader, dir string) (*unpacked, error) {
	scratch, err := os.CreateTemp(dir, "unpacked-")
	if err != nil {
		packed.Close()
		return nil, fmt.Errorf("unpack: %w", err)
	}
	os.Remove(scratch.Name()) // fails where open files cannot be removed; Close tries again
	return &unpacked{packed: packed, from: from, scratch: scratch}, nil
}

// unpackStep is how much is unpacked at least when more is wanted.
const unpackStep = 1 << 20

func (s *unpacked) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	for want := off + int64(len(p)); s.err == nil && s.have < want; {
		n, err := io.CopyN(s.scratch, s.from, max(unpackStep, want-s.have))
		s.have += n
		if err != nil {
			s.end(err)
		}
	}
	have, err := s.have, s.err
	s.mu.Unlock()
	rest := have - off
	if rest < int64(len(p)) {
		p = p[:max(0, rest)]
		if err == nil {
			err = io.ErrUnexpectedEOF // not reached: the loop went on until all was there
		}
		if err != io.EOF {
			return 0, fmt.Errorf("unpack: %w", err)
		}
	} else {
		err = nil
	}
	n, rerr := s.scratch.ReadAt(p, off)
	if n < len(p) {
		return n, fmt.Errorf("read what was unpacked: %w", rerr)
	}
	return n, err
}

func (s *unpacked) end(err error) {
	s.err = err
	s.packed.Close()
	s.packed = nil
}

func (s *unpacked) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.packed != nil {
		s.end(errors.New("closed"))
	}
	err := s.scratch.Close()
	os.Remove(s.scratch.Name())
	return err
}
