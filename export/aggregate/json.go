package aggregate

import (
	"math"

	"tacho/export"
	"tacho/profiles"
)

// The names of the files; a prefix does not change them, as in AIPerf.
const (
	ConfidenceJSON = "profile_export_aiperf_aggregate.json"
	ConfidenceCSV  = "profile_export_aiperf_aggregate.csv"
	SweepJSON      = "profile_export_aiperf_sweep.json"
	SweepCSV       = "profile_export_aiperf_sweep.csv"
)

// schemaVersion is that of the confidence file.
const schemaVersion = "1.0"

// field is one key with its value, short for the many of these files.
func field(key string, v any) profiles.Member { return profiles.Member{Key: key, Value: v} }

func text(v any) []byte { return profiles.AppendJSON(nil, v, "  ", 0) }

// EncodeJSON prints profile_export_aiperf_aggregate.json.
func (c *Confidence) EncodeJSON() []byte {
	meta := append(counts("confidence", c.Runs), c.metadata()...)
	metrics := profiles.Object{}
	for _, s := range c.Stats {
		metrics = append(metrics, field(s.Key, profiles.Object{
			field("mean", s.Mean), field("std", s.Std), field("min", s.Min), field("max", s.Max), field("cv", s.CV),
			field("se", s.SE), field("ci_low", s.CILow), field("ci_high", s.CIHigh), field("t_critical", s.TCr), field("unit", s.Unit),
		}))
	}
	return text(profiles.Object{
		field("schema_version", schemaVersion), field("aiperf_version", export.AIPerfVersion),
		field("metadata", meta), field("metrics", metrics),
	})
}

// counts is how many runs there were and which failed.
func counts(kind string, runs []Run) profiles.Object {
	failed := []any{}
	good := 0
	for i := range runs {
		if runs[i].OK() {
			good++
			continue
		}
		failed = append(failed, profiles.Object{field("label", runs[i].Label), field("error", runs[i].Error)})
	}
	return profiles.Object{
		field("aggregation_type", kind), field("num_profile_runs", len(runs)),
		field("num_successful_runs", good), field("failed_runs", failed),
	}
}

// metadata is what the confidence files tell beside the counts.
func (c *Confidence) metadata() profiles.Object {
	labels := []any{}
	for _, r := range okRuns(c.Runs) {
		labels = append(labels, r.Label)
	}
	o := profiles.Object{field("confidence_level", c.Level), field("run_labels", labels)}
	if len(labels) == 1 {
		o = append(o, field("single_run", true))
	}
	o = append(o, field("cooldown_seconds", c.Cooldown))
	if c.Cell != nil {
		o = append(o, field("variation_label", c.Cell.Label), field("variation_values", c.Cell.tree(nil)), field("sweep_mode", c.Mode))
		if c.Model != "" {
			o = append(o, field("model", c.Model))
		}
	}
	return o
}

// tree is the cell's values by path, or by the given names.
func (c *Cell) tree(names []string) profiles.Object {
	o := profiles.Object{}
	if names == nil {
		for _, v := range c.Values {
			o = append(o, field(v.Path, v.Value))
		}
		return o
	}
	for _, n := range names {
		if v, ok := c.value(n); ok {
			o = append(o, field(n, v))
		}
	}
	return o
}

// EncodeJSON prints profile_export_aiperf_sweep.json.
func (s *Sweep) EncodeJSON() []byte {
	points, names := s.points(), s.names()
	var all []Run
	most := 0
	for _, c := range s.Cells {
		all = append(all, c.Runs...)
		most = max(most, len(c.Runs))
	}
	params := []any{}
	combinations := 1
	for _, n := range names {
		values := s.valuesOf(n)
		combinations *= len(values)
		params = append(params, profiles.Object{field("name", n), field("values", values)})
	}
	cells := []any{}
	for _, p := range points {
		cells = append(cells, profiles.Object{field("parameters", p.cell.tree(names)), field("metrics", p.metrics())})
	}
	choices := profiles.Object{}
	for _, c := range best(s.eligible(points)) {
		choices = append(choices, field(c.Name, profiles.Object{
			field("parameters", c.Cell.tree(names)), field("metric", c.Metric), field("unit", c.Unit),
		}))
	}
	front := []any{}
	for _, c := range pareto(s.feasible(points)) {
		front = append(front, c.tree(names))
	}
	o := counts("sweep", all)
	meta := profiles.Object{field("sweep_parameters", params), field("num_combinations", combinations)}
	if c := s.constraints(points); c != nil {
		meta = append(meta, field("sla_constraints", c))
	}
	meta = append(meta, field("sweep_mode", s.Mode), field("confidence_level", s.Level), field("num_trials_per_value", most), field("aggregation_type", "sweep"))
	o = append(o, field("metadata", meta), field("per_combination_metrics", cells), field("best_configurations", choices), field("pareto_optimal", front))
	return text(o)
}

// valuesOf are the different values of a setting in order of appearance.
func (s *Sweep) valuesOf(name string) []any {
	list, seen := []any{}, map[string]bool{}
	for i := range s.Cells {
		v, ok := s.Cells[i].value(name)
		if k := profiles.PyText(v); ok && !seen[k] {
			seen[k] = true
			list = append(list, v)
		}
	}
	return list
}

// metrics are the numbers of a point: of one run by metric, of several by
// statistic.
func (p *point) metrics() profiles.Object {
	o := profiles.Object{}
	if p.conf != nil {
		for _, s := range p.conf.Stats {
			o = append(o, field(s.Key, profiles.Object{
				field("mean", s.Mean), field("std", s.Std), field("min", s.Min), field("max", s.Max), field("cv", s.CV),
				field("ci_low", s.CILow), field("ci_high", s.CIHigh), field("unit", s.Unit),
			}))
		}
		return o
	}
	for i := range p.run.Metrics {
		m := &p.run.Metrics[i]
		row := single(m)
		v := profiles.Object{
			field("mean", row.Mean), field("avg", row.Mean), field("std", 0.0), field("min", row.Min), field("max", row.Max),
			field("cv", 0.0), field("ci_low", row.Mean), field("ci_high", row.Mean), field("unit", m.Unit),
		}
		for j, k := range statKeys {
			if k[0] == 'p' && !math.IsNaN(m.stats[j]) {
				v = append(v, field(k, m.stats[j]))
			}
		}
		if m.counted {
			v = append(v, field("count", int(m.count)))
		}
		if sum := m.Stat("sum"); !math.IsNaN(sum) {
			v = append(v, field("sum", sum))
		}
		o = append(o, field(m.Tag, v))
	}
	return o
}

// single is a metric of one run as a row: its own smallest and largest value
// where it has them.
func single(m *Metric) Statistic {
	avg := m.Stat("avg")
	s := Statistic{Key: m.Tag, Mean: avg, Min: avg, Max: avg, Unit: m.Unit}
	if v := m.Stat("min"); !math.IsNaN(v) {
		s.Min = v
	}
	if v := m.Stat("max"); !math.IsNaN(v) {
		s.Max = v
	}
	return s
}
