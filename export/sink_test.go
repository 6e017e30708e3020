package export

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// line encodes a row as its number.
func line(dst []byte, row *metric.Row, _ *record.Raw) []byte {
	return append(append(dst, row.RequestID...), '\n')
}

func row(id string) *metric.Row { return &metric.Row{Meta: record.Meta{RequestID: id}} }

func TestFileSink(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFileSink(dir, "sub/x.jsonl", "head\n", line)
	if err != nil {
		t.Fatal(err)
	}
	s.WriteRow(row("a"), nil)
	if st := s.Status(); st.Rows != 0 || st.Bytes != 0 {
		t.Errorf("before Flush: %+v", st)
	}
	s.Flush()
	s.WriteRow(row("b"), nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "sub/x.jsonl"))
	if err != nil || string(got) != "head\na\nb\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if st := s.Status(); st.Rows != 2 || st.Lost != 0 || st.Bytes != int64(len(got)) || st.Err != nil {
		t.Errorf("status %+v", st)
	}
}

// disk is a file on a disk with room bytes of space.
type disk struct {
	mu   sync.Mutex
	data []byte
	room int
}

func (d *disk) WriteAt(p []byte, off int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(p), d.room-int(off))
	d.data = append(d.data[:off], p[:n]...)
	if n < len(p) {
		return 0, syscall.ENOSPC // os.File does not tell what it wrote before
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error { d.data = d.data[:size]; return nil }
func (d *disk) Close() error              { return nil }

func TestFileSinkOnAFullDisk(t *testing.T) {
	d := &disk{room: 5}
	s := newFileSink(d, "x", "", line)
	for _, id := range []string{"aa", "bb"} {
		s.WriteRow(row(id), nil)
		s.Flush()
	}
	st := s.Status()
	if st.Rows != 1 || st.Lost != 1 || !errors.Is(st.Err, syscall.ENOSPC) {
		t.Errorf("full: %+v", st)
	}
	if string(d.data) != "aa\n" {
		t.Errorf("the file holds %q: half a line is left", d.data)
	}
	d.room = 100
	s.WriteRow(row("cc"), nil)
	if err := s.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close() = %v, want the first error", err)
	}
	if st := s.Status(); st.Rows != 2 || st.Lost != 1 || st.Err != nil || string(d.data) != "aa\ncc\n" {
		t.Errorf("with space again: %+v, %q", st, d.data)
	}
}

func TestFileSinkKeepsItsHeader(t *testing.T) {
	d := &disk{room: 3}
	s := newFileSink(d, "x", "head\n", line)
	s.WriteRow(row("aa"), nil)
	s.Flush()
	d.room = 100
	s.WriteRow(row("bb"), nil)
	s.Flush()
	if st := s.Status(); st.Rows != 1 || st.Lost != 1 || string(d.data) != "head\nbb\n" {
		t.Errorf("%+v, %q; want the header before the first row that fits", st, d.data)
	}
}

// Rows in a file that was taken away are lost, and it is told while it matters.
func TestFileSinkNoticesThatItsFileIsGone(t *testing.T) {
	for how, take := range map[string]func(dir string) error{
		"removed": func(dir string) error { return os.RemoveAll(dir) },
		"moved":   func(dir string) error { return os.Rename(dir, dir+"2") },
		"exchanged": func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "x")), os.WriteFile(filepath.Join(dir, "x"), nil, 0o600))
		},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		s, err := NewFileSink(dir, "x", "", line)
		if err != nil {
			t.Fatal(err)
		}
		s.WriteRow(row("a"), nil)
		s.Flush()
		if err := take(dir); err != nil {
			t.Fatal(err)
		}
		s.Flush() // nothing new, yet it looks
		if st := s.Status(); st.Rows != 0 || st.Lost != 1 || !errors.Is(st.Err, errGone) {
			t.Errorf("%s: %+v", how, st)
		}
		s.WriteRow(row("b"), nil)
		if err := s.Close(); !errors.Is(err, errGone) || s.Status().Lost != 2 {
			t.Errorf("%s: Close() = %v, %+v", how, err, s.Status())
		}
	}
}

func TestFileSinkFlushesByItself(t *testing.T) {
	d := &disk{room: 1 << 30}
	s := newFileSink(d, "x", "", line)
	s.WriteRow(row(strings.Repeat("x", 20*sinkBuffer)), nil)
	if st := s.Status(); st.Rows != 1 {
		t.Errorf("a full buffer was not written: %+v", st)
	}
	if cap(s.buf) > 16*sinkBuffer {
		t.Errorf("the buffer still holds %d bytes", cap(s.buf))
	}
}

func TestQueue(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFileSink(dir, "x", "", line)
	if err != nil {
		t.Fatal(err)
	}
	q := NewQueue(1000, s)
	for range 500 {
		if !q.Add(row("r"), nil) {
			t.Fatal("a queue with room dropped a row")
		}
	}
	if errs := q.Close(); errs != nil {
		t.Fatal(errs)
	}
	if st := q.Status()[0]; st.Rows != 500 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

// stuck is a sink whose disk does not answer until released.
type stuck struct {
	FileSink
	started, release chan struct{}
	once             sync.Once
}

func (s *stuck) WriteRow(*metric.Row, *record.Raw) {
	s.once.Do(func() { close(s.started) })
	<-s.release
}
func (s *stuck) Flush()       {}
func (s *stuck) Close() error { return errors.New("late") }

func TestQueueNeverBlocks(t *testing.T) {
	s := &stuck{started: make(chan struct{}), release: make(chan struct{})}
	q := NewQueue(2, s)
	q.Add(row("a"), nil)
	<-s.started
	q.Add(row("b"), nil)
	q.Add(row("c"), nil)
	if q.Add(row("d"), nil) || q.Dropped() != 1 || q.Len() != 2 || q.Status()[0].Lost != 1 {
		t.Errorf("dropped %d, waiting %d, status %+v", q.Dropped(), q.Len(), q.Status())
	}
	close(s.release)
	if errs := q.Close(); len(errs) != 1 {
		t.Errorf("errors %v", errs)
	}
}

// A stalled disk must not fill the memory with long answers, however few they
// are; when it goes on, there is room again.
func TestQueueBoundsItsBytes(t *testing.T) {
	s := &stuck{started: make(chan struct{}), release: make(chan struct{})}
	q := NewQueue(1000, s)
	q.bound = 4000
	huge := &record.Raw{Body: strings.Repeat("x", 1000)}
	q.Add(row("a"), huge)
	<-s.started
	for _, id := range []string{"b", "c"} {
		if !q.Add(row(id), huge) {
			t.Fatalf("row %s was dropped with a quarter of the room taken by each", id)
		}
	}
	if q.Add(row("d"), &record.Raw{Body: huge.Body + huge.Body}) || q.Dropped() != 1 {
		t.Error("what waits went over the bound")
	}
	if !q.Add(row("e"), nil) {
		t.Error("a small row had no room")
	}
	close(s.release)
	if q.Close(); q.held.Load() != 0 {
		t.Errorf("%d bytes are held by an empty queue", q.held.Load())
	}
}

func TestQueueTakesAHugeRowAlone(t *testing.T) {
	s, err := NewFileSink(t.TempDir(), "x", "", line)
	if err != nil {
		t.Fatal(err)
	}
	q := NewQueue(1000, s)
	q.bound = 4000
	if !q.Add(row("a"), &record.Raw{Body: strings.Repeat("x", 5000)}) {
		t.Error("a row larger than the bound found no room in an empty queue")
	}
	q.Close()
}
