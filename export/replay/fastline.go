package replay

import (
	"math"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/export/aiperf"
)

// brief is what the screens need of a line of profile_export.jsonl.
type brief struct {
	startNS, endNS, dueNS, pickedNS int64
	phase                           record.Phase
	// vals are the metrics that were asked for, NaN when absent.
	vals []float64
	// good is good_request_count, NaN when absent.
	good float64
	// gaps are reused from line to line; hasGaps tells none from an empty list.
	gaps    []float64
	hasGaps bool
	// err is nil for a valid request.
	err *record.Failure
}

// briefDecoder reads lines into briefs. Programs write the same keys in the
// same order on line after line, so it remembers what came after what and only
// compares. Whatever is not as expected it leaves to the complete decoder, so
// that both always say the same. It is for one goroutine.
type briefDecoder struct {
	cols    []*metric.Def
	meta    shape
	metrics shape
	ours    shape
	reg     *metric.Registry
	full    *aiperf.RecordDecoder
	row     metric.Row
	slow    int64 // lines that took the complete decoder
	names   map[string]string

	// failures are those met so far by the values that decide them, for they
	// repeat, too: was_cancelled, the error object, our kind. Those of this line
	// are put together in why.
	failures map[string]*record.Failure
	why      []byte
	failed   bool
}

// newBriefDecoder returns a decoder of the metrics with these tags.
func newBriefDecoder(tags []metric.Tag) *briefDecoder {
	d := &briefDecoder{reg: metric.Builtin(), names: map[string]string{}, failures: map[string]*record.Failure{}}
	d.full = aiperf.NewRecordDecoder(d.reg)
	for _, t := range tags {
		def, _ := d.reg.Lookup(t) // nil: not known here, and absent from every line
		d.cols = append(d.cols, def)
	}
	d.meta, d.ours, d.metrics = newShape(metaEntry), newShape(oursEntry), newShape(d.metricEntry)
	return d
}

// decode overwrites b with one line. The error is that of the complete decoder.
func (d *briefDecoder) decode(line []byte, b *brief) error {
	plain := d.fast(line, b)
	if plain && d.failed {
		b.err = d.failures[string(d.why)]
	}
	if plain && d.failed == (b.err != nil) {
		return nil
	}
	d.slow++
	if err := d.full.Decode(line, &d.row); err != nil {
		return err
	}
	row := &d.row
	d.reset(b)
	b.startNS, b.endNS, b.dueNS, b.pickedNS = row.StartNS, row.EndNS, row.DueNS, row.Client.PickedNS
	b.phase, b.err = row.Phase, row.Err
	for i, def := range d.cols {
		if def != nil {
			b.vals[i] = row.Vals[def.ID]
		}
	}
	if def, ok := d.reg.Lookup(metric.GoodRequestCount); ok {
		b.good = row.Vals[def.ID]
	}
	b.gaps, b.hasGaps = append(b.gaps, row.Gaps...), row.Gaps != nil
	if plain && d.failed && len(d.failures) < maxShape {
		d.failures[string(d.why)] = row.Err
	}
	return nil
}

func (d *briefDecoder) reset(b *brief) {
	vals, gaps := b.vals, b.gaps[:0]
	if len(vals) != len(d.cols) {
		vals = make([]float64, len(d.cols))
	}
	for i := range vals {
		vals[i] = math.NaN()
	}
	*b = brief{vals: vals, gaps: gaps, good: math.NaN(), phase: record.Phase{ProfilingIndex: -1}}
}

// follows passes over text if it is what comes next.
func follows(data []byte, p int, text string) (int, bool) {
	if q := p + len(text); q <= len(data) && string(data[p:q]) == text {
		return q, true
	}
	return p, false
}

// fast reads a line that is written as usual, but for why a request failed.
func (d *briefDecoder) fast(line []byte, b *brief) bool {
	d.reset(b)
	d.why, d.failed = d.why[:0], false
	p, ok := follows(line, 0, `{"metadata":{`)
	if !ok {
		return false
	}
	if p, ok = d.readMeta(line, p, b); !ok {
		return false
	}
	if p, ok = follows(line, p, `,"metrics":{`); !ok {
		return false
	}
	if p, ok = d.readMetrics(line, p, b); !ok {
		return false
	}
	for p < len(line) && line[p] == ',' {
		if p, ok = d.readRest(line, p+1, b); !ok {
			return false
		}
	}
	return p < len(line) && line[p] == '}' && isBlank(line[p+1:])
}

// readRest reads a member of the line beyond metadata and metrics.
func (d *briefDecoder) readRest(line []byte, p int, b *brief) (int, bool) {
	if q, ok := follows(line, p, `"tacho":{`); ok {
		return d.readOurs(line, q, b)
	}
	if q, ok := follows(line, p, `"trace_data":`); ok { // of the HTTP exchange
		return passValue(line, q, 0)
	}
	if q, ok := follows(line, p, `"error":null`); ok {
		return q, true
	}
	q, ok := follows(line, p, `"error":`)
	if !ok || d.failed || q >= len(line) || line[q] != '{' {
		return p, false
	}
	p = q
	if q, ok = passValue(line, p, 0); ok {
		d.why, d.failed = append(d.why, line[p:q]...), true
	}
	return q, ok
}

// readMeta reads the members of the metadata object.
func (d *briefDecoder) readMeta(line []byte, p int, b *brief) (int, bool) {
	d.meta.at = 0
	for {
		e, q, ok := d.meta.match(line, p)
		if !ok {
			return p, false
		}
		if p, ok = d.readFact(line, q, e.kind, b); !ok {
			return p, false
		}
		if p >= len(line) {
			return p, false
		}
		switch line[p] {
		case '}':
			return p + 1, true
		case ',':
			p++
		default:
			return p, false
		}
	}
}

// readFact reads one value of the metadata.
func (d *briefDecoder) readFact(line []byte, p int, kind entryKind, b *brief) (q int, ok bool) {
	switch kind {
	case factText:
		if q, ok := passString(line, p); ok {
			return q, true
		}
		return follows(line, p, "null")
	case factErrorKind:
		q, ok = passString(line, p)
		d.why = append(d.why, line[p:q]...)
		return q, ok
	case factBool, factCancelled:
		if q, ok = follows(line, p, "false"); !ok {
			q, ok = follows(line, p, "true")
		}
		if kind == factCancelled {
			d.why = append(d.why, line[p:q]...)
		}
		return q, ok
	case factPhaseKind, factPhaseName:
		q, ok = passString(line, p)
		if !ok {
			return p, false
		}
		text := line[p+1 : q-1]
		if kind == factPhaseName {
			b.phase.Name = d.intern(text)
		} else if len(text) > 0 {
			b.phase.Kind = record.PhaseKind(d.intern(text))
		}
		return q, true
	}
	v, q, ok := readInt(line, p)
	if !ok {
		return p, false
	}
	switch kind {
	case factStart:
		b.startNS = v
	case factEnd:
		b.endNS = v
	case factDue:
		b.dueNS = v
	case factPicked:
		b.pickedNS = v
	case factPhaseIndex:
		b.phase.Index = int(v)
	case factProfilingIndex:
		b.phase.ProfilingIndex = int(v)
	}
	return q, true
}

// intern returns text as a string that all lines share.
func (d *briefDecoder) intern(text []byte) string {
	if s, ok := d.names[string(text)]; ok {
		return s
	}
	s := string(text)
	if len(d.names) < 1024 {
		d.names[s] = s
	}
	return s
}

// readMetrics reads the members of the metrics object.
func (d *briefDecoder) readMetrics(line []byte, p int, b *brief) (int, bool) {
	d.metrics.at = 0
	if p < len(line) && line[p] == '}' {
		return p + 1, true
	}
	for {
		e, q, ok := d.metrics.match(line, p)
		if !ok {
			return p, false
		}
		p = q
		switch e.kind {
		case metricOther:
			p, ok = passNumber(line, p)
		case metricGaps:
			p, ok = d.readGaps(line, p, b)
		case metricGood:
			b.good, p, ok = readNumber(line, p)
		case metricColumn:
			b.vals[e.col], p, ok = readNumber(line, p)
		}
		if !ok {
			return p, false
		}
		if q, ok = follows(line, p, e.tail); !ok {
			if q, ok = d.otherUnit(line, p, e); !ok {
				return p, false
			}
		}
		p = q
		if p >= len(line) {
			return p, false
		}
		switch line[p] {
		case '}':
			return p + 1, true
		case ',':
			p++
		default:
			return p, false
		}
	}
}

// otherUnit reads the unit of a metric that nobody asked for.
func (d *briefDecoder) otherUnit(line []byte, p int, e *entry) (int, bool) {
	if e.kind != metricOther {
		return p, false
	}
	const lead = `,"unit":`
	q, ok := follows(line, p, lead)
	if !ok {
		return p, false
	}
	if q, ok = passString(line, q); !ok || q >= len(line) || line[q] != '}' {
		return p, false
	}
	e.tail = string(line[p : q+1])
	return q + 1, true
}

func (d *briefDecoder) readGaps(line []byte, p int, b *brief) (int, bool) {
	if p >= len(line) || line[p] != '[' {
		return p, false
	}
	p++
	b.gaps, b.hasGaps = b.gaps[:0], true
	if p < len(line) && line[p] == ']' {
		return p + 1, true
	}
	for {
		v, q, ok := readNumber(line, p)
		if !ok || q >= len(line) {
			return p, false
		}
		b.gaps = append(b.gaps, v)
		switch line[q] {
		case ',':
			p = q + 1
		case ']':
			return q + 1, true
		default:
			return q, false
		}
	}
}

// readOurs reads the members of the object that only tacho writes.
func (d *briefDecoder) readOurs(line []byte, p int, b *brief) (int, bool) {
	d.ours.at = 0
	if p < len(line) && line[p] == '}' {
		return p + 1, true
	}
	for {
		e, q, ok := d.ours.match(line, p)
		if !ok {
			return p, false
		}
		if p, ok = d.readFact(line, q, e.kind, b); !ok || p >= len(line) {
			return p, false
		}
		switch line[p] {
		case '}':
			return p + 1, true
		case ',':
			p++
		default:
			return p, false
		}
	}
}
