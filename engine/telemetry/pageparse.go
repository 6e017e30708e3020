package telemetry

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// errNotPrometheus is a page that is none of metrics.
var errNotPrometheus = errors.New("not a page of Prometheus metrics")

// parsed is a page with its numbers.
type parsed struct {
	shape  *Shape
	values []float64
	// dropped counts series beyond limit; cut is the length of the text that was
	// read.
	dropped, cut int
}

// parsePage reads a page from scratch. Metrics come in the order of the page;
// summaries, times of creation and uptimes are left out, as are values that are
// not finite. Of two series with the same labels the last one counts.
func parsePage(text []byte, limit int, openMetrics bool) (*parsed, error) {
	scan := scanPage(text, limit, openMetrics)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	byName, err := parser.TextToMetricFamilies(bytes.NewReader(scan.text))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotPrometheus, err)
	}
	list := make([]*dto.MetricFamily, 0, len(byName))
	for _, f := range byName {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *dto.MetricFamily) int {
		return cmp.Or(cmp.Compare(scan.position(a.GetName()), scan.position(b.GetName())), cmp.Compare(a.GetName(), b.GetName()))
	})
	b := builder{scan: scan, at: map[string]int{}}
	for _, f := range list {
		b.family(f, openMetrics)
	}
	shape := NewShape(b.families)
	p := &parsed{shape: shape, values: make([]float64, 0, shape.Columns), dropped: scan.dropped, cut: scan.cut}
	for _, v := range b.values {
		p.values = append(p.values, v...)
	}
	return p, nil
}

// position is the first line of a metric, histograms' parts included.
func (p *pageScan) position(name string) int {
	at := math.MaxInt
	for _, n := range [...]string{name, name + "_bucket", name + "_sum", name + "_count"} {
		if i, ok := p.order[n]; ok {
			at = min(at, i)
		}
	}
	return at
}

// builder collects families and the values of each, in order.
type builder struct {
	scan     *pageScan
	families []Family
	values   [][]float64
	at       map[string]int // by name
}

// put adds a family. Of two of one name, as a gauge and a counter may have
// without their endings, the last one counts, as with AIPerf.
func (b *builder) put(f Family, values []float64) {
	if i, twice := b.at[f.Name]; twice {
		b.families[i], b.values[i] = f, values
		return
	}
	b.at[f.Name] = len(b.families)
	b.families, b.values = append(b.families, f), append(b.values, values)
}

func (b *builder) family(f *dto.MetricFamily, openMetrics bool) {
	name, kind := f.GetName(), Unknown
	switch f.GetType() {
	case dto.MetricType_COUNTER:
		name, kind = strings.TrimSuffix(name, "_total"), Counter
	case dto.MetricType_GAUGE:
		kind = Gauge
	case dto.MetricType_HISTOGRAM:
		kind = Histogram
	case dto.MetricType_UNTYPED:
		// The newer format declares a counter without the _total of its samples.
		if base, ok := strings.CutSuffix(name, "_total"); ok && openMetrics && b.scan.types[base] == "counter" {
			name, kind = base, Counter
		}
	default:
		return
	}
	if notAMetric(name) {
		return
	}
	out := Family{Name: name, Kind: kind, Help: f.GetHelp(), sample: f.GetName()}
	seen := map[string]int{}
	var each [][]float64 // values of each series
	for _, m := range f.GetMetric() {
		s := Series{Labels: labelsOf(m)}
		values, ok := scalar(m)
		if kind == Histogram {
			s.Bounds, values, ok = b.histogram(f.GetName(), m.GetHistogram())
		}
		if !ok {
			continue
		}
		key := seriesKey("", s.Labels)
		if i, twice := seen[key]; twice {
			out.Series[i], each[i] = s, values
			continue
		}
		seen[key] = len(out.Series)
		out.Series, each = append(out.Series, s), append(each, values)
	}
	if len(out.Series) > 0 {
		b.put(out, slices.Concat(each...))
	}
}

// notAMetric reports whether a name is of when something was made or how long
// it has run, which AIPerf leaves out.
func notAMetric(name string) bool {
	return strings.HasSuffix(name, "_created") || strings.HasSuffix(name, "_uptime") || strings.Contains(name, "_uptime_")
}

func labelsOf(m *dto.Metric) []Label {
	if len(m.GetLabel()) == 0 {
		return nil
	}
	out := make([]Label, len(m.GetLabel()))
	for i, l := range m.GetLabel() {
		out[i] = Label{l.GetName(), l.GetValue()}
	}
	sortLabels(out)
	return out
}

func scalar(m *dto.Metric) ([]float64, bool) {
	v := math.NaN()
	switch {
	case m.Gauge != nil:
		v = m.Gauge.GetValue()
	case m.Counter != nil:
		v = m.Counter.GetValue()
	case m.Untyped != nil:
		v = m.Untyped.GetValue()
	}
	return []float64{v}, isFinite(v)
}

// histogram lists cumulative buckets, sum and count; NaN for a sum or count
// that is not there. One number that is not finite spoils it all.
func (b *builder) histogram(name string, h *dto.Histogram) (bounds []string, values []float64, ok bool) {
	for _, bucket := range h.GetBucket() {
		n := float64(bucket.GetCumulativeCount())
		if bucket.CumulativeCountFloat != nil {
			n = bucket.GetCumulativeCountFloat()
		}
		if !isFinite(n) {
			return nil, nil, false
		}
		text := b.scan.boundText(name, bucket.GetUpperBound())
		if i := slices.Index(bounds, text); i >= 0 {
			values[i] = n
			continue
		}
		bounds, values = append(bounds, text), append(values, n)
	}
	sum, count := math.NaN(), math.NaN()
	if h.SampleSum != nil {
		if sum = h.GetSampleSum(); !isFinite(sum) {
			return nil, nil, false
		}
	}
	switch {
	case h.SampleCountFloat != nil:
		count = h.GetSampleCountFloat()
	case h.SampleCount != nil:
		count = float64(h.GetSampleCount())
	}
	if count == count && !isFinite(count) {
		return nil, nil, false
	}
	if bounds == nil {
		bounds = []string{}
	}
	return bounds, append(values, sum, count), len(bounds) > 0 || sum == sum || count == count
}
