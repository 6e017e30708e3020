package aiperf

import (
	"fmt"
	"math"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

// absentStat returns a Stat in which every number is absent.
func absentStat(def *metric.Def) stats.Stat {
	nan := math.NaN()
	s := stats.Stat{Def: def, Avg: nan, Min: nan, Max: nan, Sum: nan, Std: nan, Count: -1}
	for i := range s.P {
		s.P[i] = nan
	}
	return s
}

// statField is one number of a Stat under its name in the files.
type statField struct {
	name string
	get  func(*stats.Stat) *float64
}

func percentileField(name string, i int) statField {
	return statField{name, func(s *stats.Stat) *float64 { return &s.P[i] }}
}

// csvFields are in the order of the CSV columns, jsonFields in that of a
// metric object, where count stands before sum.
var (
	avgField = statField{"avg", func(s *stats.Stat) *float64 { return &s.Avg }}
	minField = statField{"min", func(s *stats.Stat) *float64 { return &s.Min }}
	maxField = statField{"max", func(s *stats.Stat) *float64 { return &s.Max }}
	sumField = statField{"sum", func(s *stats.Stat) *float64 { return &s.Sum }}
	stdField = statField{"std", func(s *stats.Stat) *float64 { return &s.Std }}

	percentileFields = []statField{
		percentileField("p1", 0), percentileField("p5", 1), percentileField("p10", 2),
		percentileField("p25", 3), percentileField("p50", 4), percentileField("p75", 5),
		percentileField("p90", 6), percentileField("p95", 7), percentileField("p99", 8),
	}
	csvFields  = concat([]statField{avgField, minField, maxField, sumField}, percentileFields, []statField{stdField})
	jsonFields = concat([]statField{avgField}, percentileFields, []statField{minField, maxField, stdField})
)

func concat(parts ...[]statField) []statField {
	var out []statField
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// hasPercentiles decides in which of the CSV's two tables a metric stands.
func hasPercentiles(s *stats.Stat) bool {
	for _, p := range s.P {
		if finite(p) {
			return true
		}
	}
	return false
}

// exported reports whether a metric belongs in the summary files: it has a
// value and is not hidden.
func exported(s *stats.Stat) bool {
	if s.Def.Has(metric.Hidden) {
		return false
	}
	for _, f := range csvFields {
		if finite(*f.get(s)) {
			return true
		}
	}
	return false
}

// stat writes a metric object under its tag.
func (w *jsonWriter) stat(s *stats.Stat) {
	w.foreignKey(string(s.Def.Tag))
	w.open('{')
	w.str("unit", string(s.Def.Unit))
	for _, f := range jsonFields {
		w.optFloat(f.name, *f.get(s))
	}
	if s.Count >= 0 {
		w.int("count", s.Count)
	}
	w.optFloat("sum", s.Sum)
	w.close('}')
}

// stats writes all metrics of a summary, in its order.
func (w *jsonWriter) stats(sum *stats.Summary) {
	for i := range sum.Stats {
		if exported(&sum.Stats[i]) {
			w.stat(&sum.Stats[i])
		}
	}
}

// decodeStat reads a metric object. It reports false for an object without a
// unit, which is no metric.
func decodeStat(s *scanner, reg *metric.Registry, tag string) (stats.Stat, bool, error) {
	st, unit, isMetric := absentStat(nil), "", false
	err := s.object(func(key string) (err error) {
		switch key {
		case "unit":
			isMetric = s.peek() == '"'
			unit, err = s.optString()
			return err
		case "count":
			// Aggregates of several runs have fractions here; then it is no count.
			v, ok, err := s.float()
			if ok && isWhole(v) {
				st.Count = int64(v)
			}
			return err
		case "sum":
			return optFloatInto(s, &st.Sum)
		}
		for _, f := range jsonFields {
			if f.name == key {
				return optFloatInto(s, f.get(&st))
			}
		}
		return s.skip()
	})
	if err != nil {
		return st, false, fmt.Errorf("%s: %w", tag, err)
	}
	if !isMetric {
		return st, false, nil
	}
	st.Def, _ = lookup(reg, tag, unit)
	return st, true, nil
}

// lookup finds the definition of a tag, or adds a foreign one; known is false
// for one that was added. The same tag in another unit, as another version of
// AIPerf may write it, is another metric: mixing them would be worse.
func lookup(reg *metric.Registry, tag, unit string) (def *metric.Def, known bool) {
	n := reg.Len()
	def = reg.Foreign(metric.Tag(tag), unit)
	if unit != "" && string(def.Unit) != unit {
		def = reg.Foreign(metric.Tag(tag+" ("+unit+")"), unit)
	}
	return def, reg.Len() == n
}

func optFloatInto(s *scanner, p *float64) error {
	v, ok, err := s.float()
	if ok {
		*p = v
	}
	return err
}

// decodeSummary reads an object of metric objects.
func decodeSummary(s *scanner, reg *metric.Registry) (*stats.Summary, error) {
	sum := new(stats.Summary)
	err := s.object(func(tag string) error {
		if s.peek() != '{' {
			return s.skip()
		}
		st, ok, err := decodeStat(s, reg, tag)
		if ok {
			sum.Stats = append(sum.Stats, st)
		}
		return err
	})
	sortStats(sum)
	return sum, err
}
