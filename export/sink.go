package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// RowSink takes the rows of a run one by one while it goes on. All methods but
// Status are called from one goroutine, the sink's owner; the row and the raw
// exchange may be read, not kept. A write that fails loses rows, which are
// counted, and never the run.
type RowSink interface {
	// WriteRow adds one row; raw is nil unless a raw export was asked for.
	WriteRow(row *metric.Row, raw *record.Raw)
	// Flush hands what is buffered to the operating system. The owner calls it
	// at least once a second, so that a killed process loses at most that.
	Flush()
	// Close flushes and closes the file. It returns the first write error.
	Close() error
	// Status may be called from any goroutine.
	Status() SinkStatus
}

// SinkStatus is how a sink is doing.
type SinkStatus struct {
	Name string
	// Rows and Bytes are what reached the file, Lost the rows that did not.
	Rows, Lost, Bytes int64
	// Err is the latest write error; nil after a write that succeeded.
	Err error
}

// Encode appends one row as one or more whole lines to dst. Rows that do not
// belong in the file add nothing.
type Encode func(dst []byte, row *metric.Row, raw *record.Raw) []byte

// sinkBuffer is when a FileSink writes without waiting for Flush.
const sinkBuffer = 64 << 10

// FileSink is a RowSink that appends lines to a file. A failed write is undone
// to the last whole line, so that the file stays readable, and tried again with
// the next rows: a disk may get space again.
type FileSink struct {
	name   string
	file   file
	header string
	gone   func() bool // tells that the file is no longer where it was made
	encode Encode
	buf    []byte
	inBuf  int64 // rows in buf
	size   int64 // of the file, whole lines
	first  error

	rows, lost, bytes atomic.Int64
	err               atomic.Pointer[error]
}

// file is what a FileSink needs of an *os.File; tests fill the disk with it.
type file interface {
	WriteAt(p []byte, off int64) (int, error)
	Truncate(size int64) error
	Close() error
}

// NewFileSink creates dir/name (an older file is replaced) and starts it with
// header, which may be empty.
func NewFileSink(dir, name, header string, encode Encode) (*FileSink, error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	s := newFileSink(f, name, header, encode)
	s.gone = func() bool {
		there, err := os.Stat(path)
		if err != nil {
			return errors.Is(err, fs.ErrNotExist)
		}
		ours, err := f.Stat()
		return err == nil && !os.SameFile(there, ours)
	}
	return s, nil
}

func newFileSink(f file, name, header string, encode Encode) *FileSink {
	return &FileSink{
		name: name, file: f, header: header, gone: func() bool { return false }, encode: encode,
		buf: append(make([]byte, 0, sinkBuffer*2), header...),
	}
}

// errGone is a file that somebody took away: the rows in it are out of reach.
var errGone = errors.New("the file was moved or removed while it was being written")

// WriteRow implements RowSink.
func (s *FileSink) WriteRow(row *metric.Row, raw *record.Raw) {
	before := len(s.buf)
	s.buf = s.encode(s.buf, row, raw)
	if len(s.buf) > before {
		s.inBuf++
	}
	if len(s.buf) >= sinkBuffer {
		s.Flush()
	}
}

// Flush implements RowSink.
func (s *FileSink) Flush() {
	if s.gone() {
		s.lost.Add(s.rows.Swap(0))
		s.fail(errGone)
	} else if len(s.buf) > 0 {
		s.write()
	}
}

func (s *FileSink) write() {
	n, err := s.file.WriteAt(s.buf, s.size)
	if err != nil {
		// Half a line would spoil the next one. That nothing was written cannot
		// be told from n: os.File forgets what it wrote before the error. If
		// even this fails, the next write overwrites the rest.
		_ = s.file.Truncate(s.size)
		s.fail(err)
		return
	}
	s.size += int64(n)
	s.bytes.Store(s.size)
	s.rows.Add(s.inBuf)
	s.err.Store(nil)
	s.empty()
}

// fail counts what is buffered as lost, all but the header.
func (s *FileSink) fail(err error) {
	err = fmt.Errorf("write %s: %w", s.name, bare(err))
	if s.first == nil {
		s.first = err
	}
	s.err.Store(&err)
	s.lost.Add(s.inBuf)
	s.empty()
	if s.size == 0 {
		s.buf = append(s.buf, s.header...)
	}
}

// bare drops the system call and the path, which name the same file again.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func (s *FileSink) empty() {
	s.inBuf = 0
	// A single huge answer must not hold its memory for the rest of the run.
	if cap(s.buf) > 16*sinkBuffer {
		s.buf = make([]byte, 0, 2*sinkBuffer)
	}
	s.buf = s.buf[:0]
}

// Close implements RowSink.
func (s *FileSink) Close() error {
	s.Flush()
	if err := s.file.Close(); err != nil && s.first == nil {
		s.first = fmt.Errorf("close %s: %w", s.name, err)
	}
	return s.first
}

// Status implements RowSink.
func (s *FileSink) Status() SinkStatus {
	st := SinkStatus{Name: s.name, Rows: s.rows.Load(), Lost: s.lost.Load(), Bytes: s.bytes.Load()}
	if p := s.err.Load(); p != nil {
		st.Err = *p
	}
	return st
}
