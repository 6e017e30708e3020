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
