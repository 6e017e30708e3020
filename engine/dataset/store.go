package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sort"
	"sync"
)

const (
	// blockBytes is about how much of a file one entry of its index covers.
	blockBytes = 64 << 10
	// maxRecord is the longest record.
	maxRecord = 256 << 20
	// cachedBlocks bounds the blocks of a file that are kept, in bytes.
	cachedBlocks = 8 << 20
)

// store is one file as a numbered list of records. It knows its records as far
// as grow was called. The index holds one entry per 64 KiB, about 5 MB for a
// file of 10 GB; what a record says is read again when it is wanted.
type store struct {
	path    string
	src     source
	framing framing

	mu     sync.Mutex
	blocks []block
	count  int   // records in blocks
	end    int64 // where the next block begins
	line   int   // its line
	done   bool
	cache  lru[int, []rec]
}

// block is a stretch of whole records.
type block struct {
	off, size int64
	rec       int // number of its first record
	line      int // line at off
}

// newStore indexes a file whose records begin at start, in the given line.
func newStore(path string, src source, f framing, start int64, line int) *store {
	return &store{path: path, src: src, framing: f, end: start, line: line, cache: lru[int, []rec]{limit: cachedBlocks}}
}

// grow reads the next block and returns its records, which begin with number
// at; none when the file has ended.
func (s *store) grow() (recs []rec, at int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for size := int64(blockBytes); !s.done; {
		data, atEOF, err := s.read(s.end, size)
		if err != nil {
			return nil, 0, s.wrap(s.line, err)
		}
		recs, used, closed, err := s.framing.frames(data, s.line, s.count == 0, atEOF)
		if err != nil {
			var le *lineError
			errors.As(err, &le)
			return nil, 0, s.wrap(le.line, le.err)
		}
		if used == 0 && !closed {
			if size >= maxRecord {
				return nil, 0, s.wrap(s.line, fmt.Errorf("a record is longer than %d MiB", maxRecord>>20))
			}
			size *= 4
			continue
		}
		at := s.count
		if len(recs) > 0 {
			s.cache.put(len(s.blocks), recs, len(data))
			s.blocks = append(s.blocks, block{s.end, int64(used), at, s.line})
			s.count += len(recs)
		}
		s.line += bytes.Count(data[:used], newline)
		s.end += int64(used)
		if s.done = closed; closed {
			if err := s.checkTail(); err != nil {
				return nil, 0, err
			}
		}
		if len(recs) > 0 {
			return recs, at, nil
		}
	}
	return nil, s.count, nil
}

// read returns up to size bytes at off, and whether they reach the file's end.
func (s *store) read(off, size int64) (data []byte, atEOF bool, err error) {
	data = make([]byte, size)
	n, err := s.src.ReadAt(data, off)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	return data[:n], err == io.EOF, nil
}

// checkTail looks at what stands behind a list: only ends of objects, or more
// of the object that it is in.
func (s *store) checkTail() error {
	if s.framing != framedList {
		return nil
	}
	data, _, err := s.read(s.end, 4096)
	if err != nil {
		return s.wrap(s.line, err)
	}
	if tail := bytes.TrimSpace(data); len(tail) > 0 && tail[0] != '}' && tail[0] != ',' {
		return s.wrap(s.line, fmt.Errorf("behind the list comes %.20q: expected the end of the file", tail))
	}
	return nil
}

// record returns record k, which must be known.
func (s *store) record(k int) (rec, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := sort.Search(len(s.blocks), func(b int) bool { return s.blocks[b].rec > k }) - 1
	if k < 0 || k >= s.count || b < 0 {
		return rec{}, fmt.Errorf("%s has no record %d of %d", s.path, k, s.count)
	}
	recs, ok := s.cache.get(b)
	if !ok {
		blk := s.blocks[b]
		data, _, err := s.read(blk.off, blk.size)
		if err != nil {
			return rec{}, s.wrap(blk.line, err)
		}
		// The block of a list ends with its last element, others where the last line does.
		if recs, _, _, err = s.framing.frames(data, blk.line, b == 0, s.framing != framedList); err != nil {
			return rec{}, s.wrap(blk.line, err)
		}
		s.cache.put(b, recs, len(data))
	}
	i := k - s.blocks[b].rec
	if i >= len(recs) {
		return rec{}, s.wrap(s.blocks[b].line, errors.New("the file was changed while it was in use"))
	}
	return recs[i], nil
}

// folder is where the file lies.
func (s *store) folder() string { return filepath.Dir(s.path) }

// wrap names the file and the line of an error.
func (s *store) wrap(line int, err error) error { return &RecordError{s.path, line, err} }

// RecordError is a record of a file that cannot be used, or a file that cannot
// be read any further.
type RecordError struct {
	Path string
	Line int // from 1; 0 is the file as a whole
	Err  error
}

// Error is "path:line: what is wrong".
func (e *RecordError) Error() string {
	if e.Line == 0 {
		return e.Path + ": " + e.Err.Error()
	}
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Err)
}

// Unwrap is what is wrong with the record.
func (e *RecordError) Unwrap() error { return e.Err }

// lineError is an error of a line whose file the caller knows.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }
