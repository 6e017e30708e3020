package aiperf

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync/atomic"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/export"
)

// outputsSink gathers the answers for outputs.json, which is sorted and so can
// only be written at the end: until then they lie in a scratch file, and memory
// holds a few words for each.
type outputsSink struct {
	dir, name string
	reg       *metric.Registry
	scratch   *os.File
	buf       *bufio.Writer
	index     []outputRef
	size      int64
	first     error
	valid     bool // there is an answer; without one AIPerf writes no file
	rows      atomic.Int64
	lost      atomic.Int64
	err       atomic.Pointer[error]
}

// outputRef is where an answer lies.
type outputRef struct {
	num, turn int64
	at        int64
	len       int32
}

// NewOutputsSink returns the sink of outputs.json. The raw exchanges that it
// gets must carry their texts.
func NewOutputsSink(dir string, names export.Names, reg *metric.Registry) (export.RowSink, error) {
	f, err := os.CreateTemp(dir, ".tacho-outputs-*")
	if err != nil {
		return nil, fmt.Errorf("create the scratch file of outputs.json: %w", err)
	}
	return &outputsSink{dir: dir, name: names.Of(export.OutputsJSON), reg: reg, scratch: f, buf: bufio.NewWriterSize(f, 64<<10)}, nil
}

// WriteRow keeps the answer of a measured request; a failed one has none and is
// listed all the same.
func (s *outputsSink) WriteRow(row *metric.Row, raw *record.Raw) {
	if raw == nil || row.Phase.Kind != record.Profiling || s.first != nil {
		if s.first != nil {
			s.lost.Add(1)
		}
		return
	}
	data, err := json.Marshal(NewOutput(s.reg, row, raw.Text))
	if err == nil {
		_, err = s.buf.Write(data)
	}
	if err != nil {
		s.fail(err)
		s.lost.Add(1)
		return
	}
	s.index = append(s.index, outputRef{row.Num, int64(row.Turn), s.size, int32(len(data))})
	s.size += int64(len(data))
	s.rows.Add(1)
	s.valid = s.valid || row.Err == nil
}

func (s *outputsSink) fail(err error) {
	err = fmt.Errorf("keep the answers for %s: %w", s.name, err)
	if s.first == nil {
		s.first = err
	}
	s.err.Store(&err)
}

// Flush hands the buffer over.
func (s *outputsSink) Flush() {
	if err := s.buf.Flush(); err != nil && s.first == nil {
		s.fail(err)
	}
}

// Close sorts the answers and writes outputs.json.
func (s *outputsSink) Close() error {
	s.Flush()
	defer os.Remove(s.scratch.Name())
	defer s.scratch.Close()
	if s.first != nil || !s.valid {
		return s.first
	}
	slices.SortFunc(s.index, func(a, b outputRef) int { return cmp.Or(cmp.Compare(a.num, b.num), cmp.Compare(a.turn, b.turn)) })
	_, err := export.Replace(s.dir, s.name, fileMode, func(f *os.File) error {
		out := bufio.NewWriterSize(f, 64<<10)
		w := jsonWriter{pretty: true}
		openOutputs(&w)
		var data []byte
		for _, ref := range s.index {
			data = slices.Grow(data[:0], int(ref.len))[:ref.len]
			if _, err := s.scratch.ReadAt(data, ref.at); err != nil {
				return err
			}
			var o export.Output
			if err := json.Unmarshal(data, &o); err != nil {
				return err
			}
			encodeOutput(&w, &o)
			if _, err := out.Write(w.buf); err != nil {
				return err
			}
			w.buf = w.buf[:0]
		}
		closeOutputs(&w)
		if _, err := out.Write(w.buf); err != nil {
			return err
		}
		return out.Flush()
	})
	return err
}

// Status may be called from any goroutine.
func (s *outputsSink) Status() export.SinkStatus {
	st := export.SinkStatus{Name: s.name, Rows: s.rows.Load(), Lost: s.lost.Load()}
	if p := s.err.Load(); p != nil {
		st.Err = *p
	}
	return st
}
