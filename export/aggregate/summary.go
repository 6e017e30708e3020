package aggregate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// statKeys are the statistics of a metric in the order the aggregates have them.
var statKeys = [...]string{"avg", "min", "max", "sum", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "std"}

// Metric is one metric of a summary; a statistic that it lacks is NaN.
type Metric struct {
	Tag, Unit string
	stats     [len(statKeys)]float64
	count     int64
	counted   bool
}

// Stat returns a statistic by its name in the files, NaN when absent.
func (m *Metric) Stat(name string) float64 {
	for i, k := range statKeys {
		if k == name {
			return m.stats[i]
		}
	}
	return math.NaN()
}

// Run is one run of several.
type Run struct {
	// Label is run_0001 and so on, counted within a cell.
	Label string
	// Error says why the run gave no numbers; empty for one that did.
	Error string
	// Metrics are in the order of the run's summary.
	Metrics []Metric
}

// OK reports whether the run has numbers.
func (r *Run) OK() bool { return r.Error == "" && len(r.Metrics) > 0 }

// Find returns a metric of the run, nil when it lacks it.
func (r *Run) Find(tag string) *Metric {
	for i := range r.Metrics {
		if r.Metrics[i].Tag == tag {
			return &r.Metrics[i]
		}
	}
	return nil
}

// ReadSummary reads the metrics of profile_export_aiperf.json, in its order.
func ReadSummary(data []byte) ([]Metric, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, fmt.Errorf("summary is not a JSON object")
	}
	var list []Metric
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("summary: %w", err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, fmt.Errorf("summary: %w", err)
		}
		if m, ok := readMetric(key.(string), raw); ok {
			list = append(list, m)
		}
	}
	return list, nil
}

// readMetric tells a metric from the facts of a run: it has a unit and an
// average.
func readMetric(tag string, raw json.RawMessage) (Metric, bool) {
	if len(raw) == 0 || raw[0] != '{' {
		return Metric{}, false
	}
	var v map[string]any
	if json.Unmarshal(raw, &v) != nil {
		return Metric{}, false
	}
	unit, ok := v["unit"].(string)
	if !ok {
		return Metric{}, false
	}
	m := Metric{Tag: tag, Unit: unit}
	for i, k := range statKeys {
		m.stats[i] = math.NaN()
		if f, ok := v[k].(float64); ok {
			m.stats[i] = f
		}
	}
	if n, ok := v["count"].(float64); ok {
		m.count, m.counted = int64(n), true
	}
	return m, !math.IsNaN(m.stats[0])
}
