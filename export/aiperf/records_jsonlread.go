package aiperf

import (
	"fmt"
	"math"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// RecordDecoder reads the lines of profile_export.jsonl into rows of its
// registry. A metric that the registry lacks is added to it as a foreign one,
// so the rows of one file may grow; those read earlier stay shorter. It may be
// used by one goroutine at a time.
type RecordDecoder struct {
	reg *metric.Registry
	// defs and names avoid a copy of the strings that repeat on every line.
	defs  map[string]*metric.Def
	names map[string]string
}

// NewRecordDecoder returns a decoder that resolves tags in reg.
func NewRecordDecoder(reg *metric.Registry) *RecordDecoder {
	return &RecordDecoder{reg: reg, defs: make(map[string]*metric.Def), names: make(map[string]string)}
}

// Decode overwrites row with one line. Row.Vals and Row.Gaps are reused when
// they are large enough, so a caller that keeps rows passes fresh ones. The
// error names the byte; row is then undefined.
func (d *RecordDecoder) Decode(line []byte, row *metric.Row) error {
	vals, gaps := row.Vals[:0], row.Gaps[:0]
	*row = metric.Row{Vals: fillNaN(vals, d.reg.Len())}
	row.Phase.ProfilingIndex = -1
	s := scanner{data: line}
	var hasMeta, hasMetrics bool
	var kind record.ErrKind
	err := s.objectBytes(func(key []byte) error {
		switch string(key) {
		case "metadata":
			hasMeta = true
			return d.meta(&s, &row.Meta)
		case "metrics":
			hasMetrics = true
			return d.metrics(&s, row, gaps)
		case "error":
			if s.peek() == 'n' {
				return s.skip()
			}
			row.Err = new(record.Failure)
			return d.failure(&s, row.Err)
		case "tacho":
			return d.ours(&s, &row.Meta, &kind)
		}
		return s.skip()
	})
	if err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	if !hasMeta || !hasMetrics {
		return fmt.Errorf("not a record: no metadata or no metrics")
	}
	if row.Err != nil {
		if row.Err.Kind = kind; kind == record.ErrNone {
			row.Err.Kind = kindOf(row.Err, &row.Meta)
		}
	}
	if row.RootCorrelation == "" {
		row.RootCorrelation = row.CorrelationID
	}
	return nil
}

func fillNaN(v []float64, n int) []float64 {
	v = slices.Grow(v, n)[:n]
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// intern returns b as a string that all lines share.
func (d *RecordDecoder) intern(s *scanner) (string, error) {
	if s.peek() == 'n' {
		return s.optString()
	}
	b, err := s.stringBytes()
	if err != nil {
		return "", err
	}
	if v, ok := d.names[string(b)]; ok {
		return v, nil
	}
	v := string(b)
	if len(d.names) < 4096 {
		d.names[v] = v
	}
	return v, nil
}

func (d *RecordDecoder) metrics(s *scanner, row *metric.Row, gaps []float64) error {
	return s.objectBytes(func(key []byte) error {
		if err := d.metric(s, key, row, gaps); err != nil {
			return fmt.Errorf("metrics.%s: %w", key, err)
		}
		return nil
	})
}

func (d *RecordDecoder) metric(s *scanner, tag []byte, row *metric.Row, gaps []float64) error {
	var (
		v                       float64
		whole, isList, hasValue bool
		unit                    string
	)
	err := s.objectBytes(func(key []byte) (err error) {
		switch string(key) {
		case "value":
			switch s.peek() {
			case '[':
				isList, gaps = true, gaps[:0]
				return s.array(func() error {
					x, ok, err := s.float()
					if ok {
						gaps = append(gaps, x)
					}
					return err
				})
			case 't', 'f':
				b, err := s.bool()
				if b {
					v = 1
				}
				whole, hasValue = true, true
				return err
			}
			s.space()
			start := s.pos
			v, hasValue, err = s.float()
			whole = hasValue && isInteger(s.data[start:s.pos])
		case "unit":
			unit, err = d.intern(s)
		default:
			err = s.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if !isList && !hasValue {
		return nil
	}
	def, known := d.defs[string(tag)]
	if !known || unit != "" && unit != string(def.Unit) {
		def = d.define(string(tag), unit, whole, isList)
	}
	for len(row.Vals) < d.reg.Len() {
		row.Vals = append(row.Vals, math.NaN())
	}
	if isList {
		if gaps == nil {
			gaps = []float64{}
		}
		row.Gaps = gaps
		return nil
	}
	row.Vals[def.ID] = v
	return nil
}

// define finds the definition of a tag, or makes one: the form of its first
// number is all that says what a foreign metric is.
func (d *RecordDecoder) define(tag, unit string, whole, list bool) *metric.Def {
	def, known := lookup(d.reg, tag, unit)
	if !known {
		if whole {
			def.Flags |= metric.Integer
		}
		if list {
			def.Kind = metric.PerList
		}
	}
	d.defs[tag] = def
	return def
}

func isInteger(text []byte) bool {
	for _, c := range text {
		if c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func (d *RecordDecoder) ours(s *scanner, m *record.Meta, kind *record.ErrKind) error {
	return s.objectBytes(func(key []byte) (err error) {
		c := &m.Client
		switch string(key) {
		case "model":
			m.Model, err = d.intern(s)
		case "error_kind":
			var name string
			name, err = d.intern(s)
			*kind, _ = record.ParseErrKind(name) // a newer version's: tell from the error
		case "picked_ns":
			c.PickedNS, err = s.int()
		case "wire_ns":
			c.WireNS, err = s.int()
		case "connect_ns":
			c.ConnectNS, err = s.int()
		case "read_late_ns":
			c.ReadLateNS, err = s.int()
		case "kernel_stamps":
			c.Kernel, err = s.bool()
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("tacho.%s: %w", key, err)
		}
		return nil
	})
}
