package aiperf

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"tacho/engine/pytext"
	"tacho/engine/record"
	"tacho/engine/telemetry"
)

// AppendScrape prints one line of server_metrics_export.jsonl: a reading of a
// page, its numbers as they are. Metrics that are nothing but labels are left
// out; a reading that equals the one before belongs in no line.
func AppendScrape(dst []byte, s *telemetry.Scrape) []byte {
	w := jsonWriter{buf: dst}
	w.open('{')
	w.str("endpoint_url", s.URL)
	w.int("timestamp_ns", s.AtNS)
	w.int("endpoint_latency_ns", s.LatencyNS)
	w.key("metrics")
	w.open('{')
	for i := range s.Shape.Families {
		if f := &s.Shape.Families[i]; !strings.HasSuffix(f.Name, "_info") {
			w.scraped(s, f)
		}
	}
	w.close('}')
	w.optInt("request_sent_ns", s.SentNS)
	w.optInt("first_byte_ns", s.FirstByteNS)
	if p := s.Phase; p != nil {
		w.str("benchmark_phase", string(p.Kind))
		w.int("phase_index", int64(p.Index))
		if p.ProfilingIndex >= 0 {
			w.int("profiling_index", int64(p.ProfilingIndex))
		}
		w.optStr("phase_name", p.Name)
		w.str("phase_kind", string(p.Kind))
	}
	w.close('}')
	return append(w.buf, '\n')
}

// scraped writes the samples of a metric, nothing if it has none.
func (w *jsonWriter) scraped(s *telemetry.Scrape, f *telemetry.Family) {
	begun := false
	for j := range f.Series {
		x := &f.Series[j]
		if !s.Present(x) {
			continue
		}
		if !begun {
			w.foreignKey(f.Name)
			w.open('[')
			begun = true
		}
		w.element()
		w.open('{')
		if len(x.Labels) > 0 {
			w.key("labels")
			w.labels(x.Labels)
		}
		if f.Kind != telemetry.Histogram {
			w.float("value", s.Value(x))
			w.close('}')
			continue
		}
		buckets, sum, count := s.Hist(x)
		w.key("buckets")
		w.open('{')
		for k, b := range x.Bounds {
			if finite(buckets[k]) {
				w.foreignKey(b)
				w.buf = pytext.AppendFloat(w.buf, buckets[k])
			}
		}
		w.close('}')
		w.optFloat("sum", sum)
		w.optFloat("count", count)
		w.close('}')
	}
	if begun {
		w.close(']')
	}
}

// ScrapeDecoder reads the lines of server_metrics_export.jsonl. Lines of one
// shape share it.
type ScrapeDecoder struct {
	known  map[string]*telemetry.ServerMetric
	shapes map[string]*telemetry.Shape // the last one of each page
}

// NewScrapeDecoder takes what the lines do not tell, the types of the metrics
// and their descriptions, from those of the JSON; without, what has no buckets
// is of an unknown type.
func NewScrapeDecoder(metrics iter.Seq[*telemetry.ServerMetric]) *ScrapeDecoder {
	d := &ScrapeDecoder{known: map[string]*telemetry.ServerMetric{}, shapes: map[string]*telemetry.Shape{}}
	if metrics != nil {
		for m := range metrics {
			d.known[m.Name] = m
		}
	}
	return d
}

// Decode reads one line.
func (d *ScrapeDecoder) Decode(line []byte) (*telemetry.Scrape, error) {
	out := new(telemetry.Scrape)
	phase := record.Phase{ProfilingIndex: -1}
	var families []telemetry.Family
	var values []float64
	s := scanner{data: line}
	err := s.object(func(key string) (err error) {
		switch key {
		case "endpoint_url":
			out.URL, err = s.optString()
		case "timestamp_ns":
			out.AtNS, err = s.int()
		case "endpoint_latency_ns":
			out.LatencyNS, err = s.int()
		case "request_sent_ns":
			out.SentNS, err = s.int()
		case "first_byte_ns":
			out.FirstByteNS, err = s.int()
		case "metrics":
			families, values, err = d.metrics(&s)
		case "benchmark_phase", "phase_kind":
			var kind string
			if kind, err = s.optString(); kind != "" {
				phase.Kind = record.PhaseKind(kind)
				out.Phase = &phase
			}
		case "phase_index":
			err = intInto(&s, &phase.Index)
		case "profiling_index":
			var i *int
			if i, err = optIndex(&s); i != nil {
				phase.ProfilingIndex = *i
			}
		case "phase_name":
			phase.Name, err = s.optString()
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("server metrics: %w", err)
	}
	shape := telemetry.NewShape(families)
	if last := d.shapes[out.URL]; last != nil && sameShape(last, shape) {
		shape = last
	}
	d.shapes[out.URL] = shape
	out.Shape, out.Values = shape, values
	return out, nil
}

func (d *ScrapeDecoder) metrics(s *scanner) (list []telemetry.Family, values []float64, err error) {
	err = s.object(func(name string) error {
		f := telemetry.Family{Name: name, Kind: telemetry.Unknown}
		if m := d.known[name]; m != nil {
			f.Kind, f.Help = m.Kind, m.Help
		}
		err := s.array(func() error {
			x, v, err := decodeSample(s)
			if x.Bounds != nil {
				f.Kind = telemetry.Histogram
			}
			f.Series, values = append(f.Series, x), append(values, v...)
			return err
		})
		scalars := 0
		for i := range f.Series {
			if f.Series[i].Bounds == nil {
				scalars++
			}
		}
		switch {
		case scalars > 0 && scalars < len(f.Series):
			return fmt.Errorf("%s: values and buckets side by side", name)
		case scalars > 0 && f.Kind == telemetry.Histogram:
			f.Kind = telemetry.Unknown
		}
		list = append(list, f)
		return err
	})
	return list, values, err
}

// decodeSample reads one series and its columns.
func decodeSample(s *scanner) (x telemetry.Series, values []float64, err error) {
	value, sum, count := math.NaN(), math.NaN(), math.NaN()
	err = s.object(func(key string) (err error) {
		switch key {
		case "labels":
			x.Labels, err = decodeLabels(s)
		case "value":
			err = optFloatInto(s, &value)
		case "sum":
			err = optFloatInto(s, &sum)
		case "count":
			err = optFloatInto(s, &count)
		case "buckets":
			if s.peek() == 'n' {
				return s.skip()
			}
			x.Bounds = []string{}
			err = s.object(func(bound string) error {
				v := math.NaN()
				err := optFloatInto(s, &v)
				if i := slices.Index(x.Bounds, bound); i >= 0 {
					values[i] = v
					return err
				}
				x.Bounds, values = append(x.Bounds, bound), append(values, v)
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
	if x.Bounds != nil {
		return x, append(values, sum, count), err
	}
	return x, []float64{value}, err
}

// sameShape compares all but the columns, which follow from the rest.
func sameShape(a, b *telemetry.Shape) bool {
	return slices.EqualFunc(a.Families, b.Families, func(x, y telemetry.Family) bool {
		return x.Name == y.Name && x.Kind == y.Kind && x.Help == y.Help && slices.EqualFunc(x.Series, y.Series, func(p, q telemetry.Series) bool {
			return slices.Equal(p.Labels, q.Labels) && (p.Bounds == nil) == (q.Bounds == nil) && slices.Equal(p.Bounds, q.Bounds)
		})
	})
}
