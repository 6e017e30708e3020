package aiperf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/telemetry"
)

// serverColumns are the statistics of each kind in the CSV, which is in
// sections in this order.
var serverColumns = []struct {
	kind    telemetry.Kind
	columns []serverColumn
}{
	{telemetry.Gauge, gaugeColumns},
	{telemetry.Counter, []serverColumn{
		{"total", func(s *telemetry.ServerStats) *float64 { return &s.Total }},
		{"rate", func(s *telemetry.ServerStats) *float64 { return &s.Rate }},
		{"rate_avg", func(s *telemetry.ServerStats) *float64 { return &s.RateAvg }},
		{"rate_min", func(s *telemetry.ServerStats) *float64 { return &s.RateMin }},
		{"rate_max", func(s *telemetry.ServerStats) *float64 { return &s.RateMax }},
		{"rate_std", func(s *telemetry.ServerStats) *float64 { return &s.RateStd }},
	}},
	{telemetry.Histogram, append([]serverColumn{
		{"count", nil}, // a whole number
		{"count_rate", func(s *telemetry.ServerStats) *float64 { return &s.CountRate }},
		{"sum", func(s *telemetry.ServerStats) *float64 { return &s.Sum }},
		{"sum_rate", func(s *telemetry.ServerStats) *float64 { return &s.SumRate }},
		{"avg", func(s *telemetry.ServerStats) *float64 { return &s.Avg }},
	}, percentileColumns(estimateNames)...)},
	{telemetry.Unknown, gaugeColumns},
}

// serverColumn is one number of a series.
type serverColumn struct {
	name string
	of   func(*telemetry.ServerStats) *float64 // nil: the count
}

var gaugeColumns = append([]serverColumn{
	{"avg", func(s *telemetry.ServerStats) *float64 { return &s.Avg }},
	{"min", func(s *telemetry.ServerStats) *float64 { return &s.Min }},
	{"max", func(s *telemetry.ServerStats) *float64 { return &s.Max }},
	{"std", func(s *telemetry.ServerStats) *float64 { return &s.Std }},
}, percentileColumns(percentileNames)...)

func percentileColumns(names [len(percentileNames)]string) (out []serverColumn) {
	for i, n := range names {
		out = append(out, serverColumn{n, func(s *telemetry.ServerStats) *float64 { return &s.P[i] }})
	}
	return out
}

var infoHeader = []string{"Endpoint", "Metric", "Key", "Value", "Description"}

// serverRow is one series with its metric.
type serverRow struct {
	endpoint string
	metric   *telemetry.ServerMetric
	*telemetry.SeriesStats
}

// EncodeServerCSV prints server_metrics_export.csv: five lines about the file,
// then a table for each kind of metric that there is, and one of the labels of
// metrics that are nothing but labels.
func EncodeServerCSV(run *ServerRun) []byte {
	byKind := map[telemetry.Kind][]serverRow{}
	var infos []serverRow
	metrics := run.Metrics
	if metrics == nil {
		metrics = slices.Values[[]*telemetry.ServerMetric](nil)
	}
	for m := range metrics {
		for i := range m.Series {
			x := &m.Series[i]
			r := serverRow{telemetry.SourceName(x.URL), m, x}
			if x.Kind == telemetry.Gauge && strings.HasSuffix(m.Name, "_info") {
				infos = append(infos, r)
				continue
			}
			byKind[m.Kind] = append(byKind[m.Kind], r)
		}
	}
	w := csvWriter{buf: fmt.Appendf(nil, `# AIPerf Server Metrics Export (CSV)
# aiperf_version: %s
# schema_version: 1.0
# benchmark_id: %s
# Note: Same benchmark_id and version appear in JSON and Parquet exports
#
`, run.FormatVersion, run.BenchmarkID)}
	first := true
	section := func() {
		if !first {
			w.end()
		}
		first = false
	}
	for _, k := range serverColumns {
		if rows := byKind[k.kind]; len(rows) > 0 {
			section()
			w.serverSection(k.kind, k.columns, rows)
		}
	}
	if len(infos) > 0 {
		section()
		w.infoSection(infos)
	}
	return w.buf
}

func (w *csvWriter) serverSection(kind telemetry.Kind, columns []serverColumn, rows []serverRow) {
	order := labelOrder(rows)
	w.fields("Endpoint", "Type", "Metric", "Unit")
	for _, c := range columns {
		w.field(c.name)
	}
	w.fields(order...)
	w.field("Description")
	if kind == telemetry.Histogram {
		w.field("buckets")
	}
	w.end()
	sortRows(rows, order)
	for _, r := range rows {
		w.fields(r.endpoint, string(kind), r.metric.Name, r.metric.Unit)
		for _, c := range columns {
			switch {
			case c.of != nil:
				w.four(*c.of(&r.Stats))
			case r.Stats.Count >= 0:
				w.field(strconv.FormatInt(r.Stats.Count, 10))
			default:
				w.field("")
			}
		}
		for _, name := range order {
			w.field(labelValue(r.Labels, name))
		}
		w.field(r.metric.Help)
		if kind == telemetry.Histogram {
			var parts []string
			for _, b := range r.Buckets {
				parts = append(parts, b.Bound+"="+strconv.FormatInt(b.Count, 10))
			}
			w.field(strings.Join(parts, ";"))
		}
		w.end()
	}
}

func (w *csvWriter) infoSection(rows []serverRow) {
	w.row(infoHeader...)
	slices.SortStableFunc(rows, func(a, b serverRow) int {
		return cmp.Or(cmp.Compare(a.metric.Name, b.metric.Name), cmp.Compare(a.endpoint, b.endpoint))
	})
	for _, r := range rows {
		for _, l := range r.Labels {
			w.row(r.endpoint, r.metric.Name, l.Name, l.Value, r.metric.Help)
		}
	}
}

// fields writes a part of a row, without ending the row.
func (w *csvWriter) fields(list ...string) {
	for _, f := range list {
		w.field(f)
	}
}

// four writes four decimals, or an empty field for an absent value.
func (w *csvWriter) four(v float64) {
	w.sep()
	if finite(v) {
		w.buf = strconv.AppendFloat(w.buf, v, 'f', 4, 64)
	}
}

func labelValue(labels []telemetry.Label, name string) string {
	for _, l := range labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

func hasLabel(labels []telemetry.Label, name string) bool {
	return slices.ContainsFunc(labels, func(l telemetry.Label) bool { return l.Name == name })
}

// labelOrder is the order of the label columns: labels that occur together stand
// together, and in such a group those of one row alone come first.
func labelOrder(rows []serverRow) []string {
	parent, uses := map[string]string{}, map[string]int{}
	var find func(string) string
	find = func(x string) string {
		if parent[x] == x {
			return x
		}
		return find(parent[x])
	}
	for _, r := range rows {
		for i, l := range r.Labels {
			uses[l.Name]++
			if _, ok := parent[l.Name]; !ok {
				parent[l.Name] = l.Name
			}
			if i > 0 {
				parent[find(l.Name)] = find(r.Labels[i-1].Name)
			}
		}
	}
	groups := map[string][]string{}
	for name := range parent {
		groups[find(name)] = append(groups[find(name)], name)
	}
	var list [][]string
	for _, g := range groups {
		slices.Sort(g)
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	var out []string
	for _, g := range list {
		for _, shared := range []bool{false, true} {
			for _, name := range g {
				if (uses[name] > 1) == shared {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// sortRows orders rows by which label columns they fill, then name, page and
// labels.
func sortRows(rows []serverRow, order []string) {
	type key struct{ pattern, labels string }
	keys := make(map[*telemetry.SeriesStats]key, len(rows))
	for _, r := range rows {
		pattern := make([]byte, len(order))
		for i, name := range order {
			pattern[i] = '0'
			if hasLabel(r.Labels, name) {
				pattern[i] = '1'
			}
		}
		keys[r.SeriesStats] = key{string(pattern), pythonDict(r.Labels)}
	}
	slices.SortStableFunc(rows, func(a, b serverRow) int {
		x, y := keys[a.SeriesStats], keys[b.SeriesStats]
		return cmp.Or(cmp.Compare(x.pattern, y.pattern), cmp.Compare(a.metric.Name, b.metric.Name),
			cmp.Compare(a.endpoint, b.endpoint), cmp.Compare(x.labels, y.labels))
	})
}
