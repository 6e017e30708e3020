package telemetry

import (
	"math"
	"slices"
	"strings"

	"tacho/engine/record"
)

// Kind is the type of a metric as AIPerf names it.
type Kind string

// The kinds that are kept; summaries are not.
const (
	Gauge     Kind = "gauge"
	Counter   Kind = "counter"
	Histogram Kind = "histogram"
	Unknown   Kind = "unknown"
)

// Label is one label of a series.
type Label struct{ Name, Value string }

// Shape is what a metrics page holds, without the numbers. Scrapes of a page
// that does not change its shape share one. It is never changed.
type Shape struct {
	Families []Family
	// Columns is the number of values of a scrape.
	Columns int
	series  int
}

// Family is a metric and its series, in the order of the page.
type Family struct {
	Name   string // without _total, for counters
	Kind   Kind
	Help   string
	Series []Series
	// sample is the name on the lines of its values.
	sample string
}

// Series is one set of labels of a metric.
type Series struct {
	// Labels are sorted by name.
	Labels []Label
	// Column is where its values begin: one for a scalar; for a histogram the
	// cumulative buckets, the sum, the count.
	Column int
	// Bounds are the upper bounds of a histogram's buckets as the page writes
	// them, in its order; nil for scalars.
	Bounds []string
}

// columns is the number of values of a series.
func (s *Series) columns(k Kind) int {
	if k == Histogram {
		return len(s.Bounds) + 2
	}
	return 1
}

// Scrape is what one reading of a metrics page gave. It is never changed after
// it was handed over.
type Scrape struct {
	// URL is the page, without secrets.
	URL string
	// AtNS is when the first byte of the answer came, Unix nanoseconds, as are
	// SentNS and FirstByteNS, which are 0 when not known.
	AtNS, SentNS, FirstByteNS int64
	// LatencyNS is from the request to the last byte.
	LatencyNS int64
	// Phase is the one under way; nil before the first and between two.
	Phase *record.Phase
	// Edge says that it was read for the begin or the end of a phase.
	Edge bool
	// Same says that the page was byte for byte that of the last reading.
	Same  bool
	Shape *Shape
	// Values are indexed by the columns of Shape; NaN is absent.
	Values []float64
	// Dropped counts the series of the page that there was no room for.
	Dropped int
}

// Value is the value of a scalar.
func (s *Scrape) Value(x *Series) float64 { return s.Values[x.Column] }

// Hist returns the cumulative buckets of a histogram, in the order of its
// Bounds, its sum and its count.
func (s *Scrape) Hist(x *Series) (buckets []float64, sum, count float64) {
	n := len(x.Bounds)
	v := s.Values[x.Column : x.Column+n+2]
	return v[:n], v[n], v[n+1]
}

// Present reports whether the scrape has the series: its value is a number.
func (s *Scrape) Present(x *Series) bool {
	if x.Bounds == nil {
		return s.Values[x.Column] == s.Values[x.Column]
	}
	_, sum, count := s.Hist(x)
	if sum == sum || count == count {
		return true
	}
	return slices.ContainsFunc(s.Values[x.Column:x.Column+len(x.Bounds)], func(v float64) bool { return v == v })
}

// NewShape numbers the columns of the families and makes a shape of them.
func NewShape(families []Family) *Shape {
	s := &Shape{Families: families}
	for i := range families {
		f := &families[i]
		for j := range f.Series {
			f.Series[j].Column = s.Columns
			s.Columns += f.Series[j].columns(f.Kind)
			s.series++
		}
	}
	return s
}

// seriesKey names a series: `name{a="b",c="d"}`, as the pages write it.
func seriesKey(name string, labels []Label) string {
	if len(labels) == 0 {
		return name
	}
	var b strings.Builder
	b.WriteString(name)
	for i, l := range labels {
		if i == 0 {
			b.WriteByte('{')
		} else {
			b.WriteByte(',')
		}
		b.WriteString(l.Name)
		b.WriteString(`="`)
		escapeLabel(&b, l.Value)
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

// escapeLabel writes a label value as the text format does.
func escapeLabel(b *strings.Builder, v string) {
	for i := range len(v) {
		switch v[i] {
		case '\\', '"':
			b.WriteByte('\\')
			b.WriteByte(v[i])
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteByte(v[i])
		}
	}
}

func sortLabels(l []Label) {
	slices.SortFunc(l, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
}

// nan is an absent number.
var nan = math.NaN()

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
