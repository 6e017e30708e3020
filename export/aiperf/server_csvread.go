package aiperf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/telemetry"
)

// DecodeServerCSV reads server_metrics_export.csv: the metrics with their
// numbers, cut to four decimals, and the run's id. A page is told by its host
// alone.
func DecodeServerCSV(data []byte) (*ServerRun, error) {
	run := new(ServerRun)
	for len(data) > 0 && data[0] == '#' {
		line, rest, _ := strings.Cut(string(data), "\n")
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
		switch name {
		case "aiperf_version":
			run.FormatVersion = value
		case "benchmark_id":
			run.BenchmarkID = value
		}
		data = []byte(rest)
	}
	rows, err := readCSV(string(data))
	if err != nil {
		return nil, fmt.Errorf("server metrics csv: %w", err)
	}
	d := serverCSV{at: map[string]*telemetry.ServerMetric{}}
	for i, r := range rows {
		if len(r) == 0 {
			d.header = nil
			continue
		}
		if d.header == nil {
			d.header = r
			continue
		}
		if err := d.row(r); err != nil {
			return nil, fmt.Errorf("server metrics csv: row %d: %w", i+1, err)
		}
	}
	slices.SortStableFunc(d.list, func(a, b *telemetry.ServerMetric) int { return cmp.Compare(a.Name, b.Name) })
	run.Metrics = slices.Values(d.list)
	return run, nil
}

// serverCSV collects the metrics of the tables.
type serverCSV struct {
	header []string
	list   []*telemetry.ServerMetric
	at     map[string]*telemetry.ServerMetric
}

func (d *serverCSV) metric(name string, kind telemetry.Kind, unit, help string) *telemetry.ServerMetric {
	m := d.at[name]
	if m == nil {
		m = &telemetry.ServerMetric{Name: name, Kind: kind, Unit: unit, Help: help}
		d.at[name] = m
		d.list = append(d.list, m)
	}
	return m
}

func (d *serverCSV) row(r []string) error {
	if len(r) != len(d.header) {
		return fmt.Errorf("%d fields, want %d", len(r), len(d.header))
	}
	if slices.Equal(d.header, infoHeader) {
		m := d.metric(r[1], telemetry.Gauge, "", r[4])
		if n := len(m.Series); n == 0 || m.Series[n-1].URL != r[0] || hasLabel(m.Series[n-1].Labels, r[2]) {
			m.Series = append(m.Series, telemetry.SeriesStats{URL: r[0], Kind: m.Kind, Stats: telemetry.NoServerStats()})
		}
		x := &m.Series[len(m.Series)-1]
		x.Labels = append(x.Labels, telemetry.Label{Name: r[2], Value: r[3]})
		return nil
	}
	if len(r) < 5 || d.header[1] != "Type" {
		return fmt.Errorf("unknown table %.80q", strings.Join(d.header, ","))
	}
	x := telemetry.SeriesStats{URL: r[0], Kind: telemetry.Kind(r[1]), Stats: telemetry.NoServerStats()}
	var columns []serverColumn
	for _, k := range serverColumns {
		if k.kind == x.Kind {
			columns = k.columns
		}
	}
	help := len(r) - 1
	if x.Kind == telemetry.Histogram {
		help--
		var err error
		if x.Buckets, err = readBuckets(r[help+1]); err != nil {
			return err
		}
	}
	if columns == nil || help < 4+len(columns) {
		return fmt.Errorf("type %.40q", r[1])
	}
	for i, c := range columns {
		text := r[4+i]
		switch {
		case text == "":
		case c.of == nil:
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fmt.Errorf("%s %.40q", c.name, text)
			}
			x.Stats.Count = n
		default:
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fmt.Errorf("%s %.40q", c.name, text)
			}
			*c.of(&x.Stats) = v
		}
	}
	for i := 4 + len(columns); i < help; i++ {
		if r[i] != "" {
			x.Labels = append(x.Labels, telemetry.Label{Name: d.header[i], Value: r[i]})
		}
	}
	slices.SortFunc(x.Labels, func(a, b telemetry.Label) int { return cmp.Compare(a.Name, b.Name) })
	m := d.metric(r[2], x.Kind, r[3], r[help])
	m.Series = append(m.Series, x)
	return nil
}

func readBuckets(text string) (out []telemetry.BucketCount, err error) {
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ";") {
		bound, count, _ := strings.Cut(part, "=")
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("bucket %.40q", part)
		}
		out = append(out, telemetry.BucketCount{Bound: bound, Count: n})
	}
	return out, nil
}
