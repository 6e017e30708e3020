package replay

import (
	"bytes"

	"tacho/engine/metric"
)

// entryKind says how the value of a key is read.
type entryKind uint8

// The kinds of value: facts are members of metadata and of our own object.
const (
	factText entryKind = iota
	factInt
	factBool
	factCancelled
	factErrorKind
	factStart
	factEnd
	factDue
	factPicked
	factPhaseKind
	factPhaseName
	factPhaseIndex
	factProfilingIndex
	metricColumn
	metricGood
	metricGaps
	metricOther
)

// entry is a key as it stands in the file, with what is known of its value.
type entry struct {
	lead string // from the quote before the key to the value
	kind entryKind
	col  int    // of a metricColumn
	tail string // from the value of a metric to the end of its object
	then int    // the entry that followed it last
}

// shape is an object's keys, each with the one that followed it last.
type shape struct {
	entries []entry // the first stands for the beginning of the object
	index   map[string]int
	at      int // the entry before the next key
	make    func(key string) (entry, bool)
}

// newShape returns a shape that makes its entries as they are met.
func newShape(make func(key string) (entry, bool)) shape {
	return shape{entries: []entry{{lead: "no key"}}, index: map[string]int{}, make: make}
}

// maxShape bounds what is remembered of keys that never come again.
const maxShape = 512

// match reads a key with what leads up to its value.
func (s *shape) match(line []byte, p int) (*entry, int, bool) {
	then := s.entries[s.at].then
	e := &s.entries[then]
	if q, ok := follows(line, p, e.lead); ok {
		s.at = then
		return e, q, true
	}
	return s.find(line, p)
}

// find is match for a key that did not stand there last time.
func (s *shape) find(line []byte, p int) (*entry, int, bool) {
	if p >= len(line) || line[p] != '"' {
		return nil, p, false
	}
	n := bytes.IndexByte(line[p+1:], '"')
	if n < 0 || bytes.IndexByte(line[p+1:p+1+n], '\\') >= 0 {
		return nil, p, false
	}
	key := line[p+1 : p+1+n]
	i, known := s.index[string(key)]
	if !known {
		e, ok := s.make(string(key))
		if !ok || len(s.entries) >= maxShape {
			return nil, p, false
		}
		i = len(s.entries)
		s.index[string(key)] = i
		s.entries = append(s.entries, e)
	}
	e := &s.entries[i]
	q, ok := follows(line, p, e.lead)
	s.entries[s.at].then = i
	s.at = i
	return e, q, ok
}

// factKinds are the keys of metadata.
var factKinds = map[string]entryKind{
	"session_num": factInt, "x_request_id": factText, "x_correlation_id": factText, "conversation_id": factText, "turn_index": factInt,
	"source_trace_id": factText, "source_outer_idx": factInt, "source_inner_idx": factInt, "source_kind": factText,
	"credit_issued_ns": factDue, "request_start_ns": factStart, "request_ack_ns": factInt, "request_end_ns": factEnd,
	"worker_id": factText, "record_processor_id": factText, "benchmark_phase": factPhaseKind, "phase_kind": factPhaseKind,
	"phase_index": factPhaseIndex, "profiling_index": factProfilingIndex, "phase_name": factPhaseName,
	"was_cancelled": factCancelled, "cancellation_time_ns": factInt, "context_overflow_skip": factBool, "agent_depth": factInt,
	"parent_correlation_id": factText, "root_correlation_id": factText,
}

func metaEntry(key string) (entry, bool) {
	kind, ok := factKinds[key]
	return entry{lead: `"` + key + `":`, kind: kind}, ok
}

// oursKinds are the keys of the object that only tacho writes.
var oursKinds = map[string]entryKind{
	"model": factText, "error_kind": factErrorKind, "picked_ns": factPicked, "wire_ns": factInt, "connect_ns": factInt, "read_late_ns": factInt, "kernel_stamps": factBool,
}

func oursEntry(key string) (entry, bool) {
	kind, ok := oursKinds[key]
	return entry{lead: `"` + key + `":`, kind: kind}, ok
}

// metricEntry makes the entry of a metric, known or not. A key with control
// characters is left to the complete decoder.
func (d *briefDecoder) metricEntry(key string) (entry, bool) {
	for i := range len(key) {
		if key[i] < 0x20 {
			return entry{}, false
		}
	}
	e := entry{lead: `"` + key + `":{"value":`, kind: metricOther}
	def, ok := d.reg.Lookup(metric.Tag(key))
	if !ok {
		e.tail = "not met yet"
		return e, true
	}
	e.tail = `,"unit":"` + string(def.Unit) + `"}`
	switch {
	case def.Kind == metric.PerList:
		e.kind = metricGaps
	case def.Tag == metric.GoodRequestCount:
		e.kind = metricGood
	default:
		for i, c := range d.cols {
			if c == def {
				e.kind, e.col = metricColumn, i
			}
		}
	}
	return e, true
}
