package aggregate

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/profiles"
)

// table writes rows as Python's csv module does.
type table struct{ buf []byte }

func (t *table) row(cells ...string) {
	for i, c := range cells {
		if i > 0 {
			t.buf = append(t.buf, ',')
		}
		if strings.ContainsAny(c, ",\"\r\n") {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		t.buf = append(t.buf, c...)
	}
	t.buf = append(t.buf, "\r\n"...)
}

// EncodeCSV prints profile_export_aiperf_aggregate.csv.
func (c *Confidence) EncodeCSV() []byte {
	var t table
	t.row("metric", "mean", "std", "min", "max", "cv", "se", "ci_low", "ci_high", "t_critical", "unit")
	for _, s := range c.Stats {
		t.row(s.Key, fixed(s.Mean, 2), fixed(s.Std, 2), fixed(s.Min, 2), fixed(s.Max, 2), fixed(s.CV, 4),
			fixed(s.SE, 4), fixed(s.CILow, 2), fixed(s.CIHigh, 2), fixed(s.TCr, 4), s.Unit)
	}
	t.row()
	t.row("Aggregation Type", "confidence")
	t.row("Total Runs", strconv.Itoa(len(c.Runs)))
	t.row("Successful Runs", strconv.Itoa(len(okRuns(c.Runs))))
	for _, m := range c.metadata() {
		t.row(title(m.Key), profiles.PyText(m.Value))
	}
	return t.buf
}

// EncodeCSV prints profile_export_aiperf_sweep.csv.
func (s *Sweep) EncodeCSV() []byte {
	points, names := s.points(), s.names()
	var t table
	if len(points) > 0 {
		s.cells(&t, points, names)
	}
	t.row()
	t.row("Best Configurations")
	choices := best(s.eligible(points))
	if len(choices) > 0 {
		t.row(slices.Concat([]string{"Configuration"}, names, []string{"Metric", "Unit"})...)
	}
	for _, c := range choices {
		t.row(slices.Concat([]string{title(c.Name)}, c.Cell.row(names), []string{fixed(c.Metric, 2), c.Unit})...)
	}
	t.row()
	t.row("Pareto Optimal Points")
	if front := pareto(s.feasible(points)); len(front) > 0 {
		t.row(names...)
		for _, c := range front {
			t.row(c.row(names)...)
		}
	} else {
		t.row("None")
	}
	t.row()
	t.row("Metadata")
	t.row("Field", "Value")
	t.row("Aggregation Type", "sweep")
	t.row("Sweep Parameters", strings.Join(names, ", "))
	combinations, runs, good := 1, 0, 0
	for _, n := range names {
		combinations *= len(s.valuesOf(n))
	}
	for _, c := range s.Cells {
		runs += len(c.Runs)
		good += len(okRuns(c.Runs))
	}
	t.row("Number of Combinations", strconv.Itoa(combinations))
	t.row("Number of Profile Runs", strconv.Itoa(runs))
	t.row("Number of Successful Runs", strconv.Itoa(good))
	return t.buf
}

// cells writes one row per point with all metrics that any has.
func (s *Sweep) cells(t *table, points []point, names []string) {
	rows := make([]map[string]Statistic, len(points))
	var keys []string
	seen := map[string]bool{}
	for i := range points {
		rows[i] = map[string]Statistic{}
		for _, st := range points[i].statistics() {
			rows[i][st.Key] = st
			if !seen[st.Key] {
				seen[st.Key] = true
				keys = append(keys, st.Key)
			}
		}
	}
	slices.Sort(keys)
	head := slices.Clone(names)
	for _, k := range keys {
		head = append(head, k+"_mean", k+"_std", k+"_min", k+"_max", k+"_cv")
	}
	t.row(head...)
	for i := range points {
		row := points[i].cell.row(names)
		for _, k := range keys {
			st, ok := rows[i][k]
			if !ok {
				row = append(row, "", "", "", "", "")
				continue
			}
			for j, v := range [...]float64{st.Mean, st.Std, st.Min, st.Max, st.CV} {
				decimals := 2
				if j == 4 {
					decimals = 4
				}
				if math.IsInf(v, 0) { // this file leaves out what is not finite
					v = math.NaN()
				}
				row = append(row, fixed(v, decimals))
			}
		}
		t.row(row...)
	}
}

func (p *point) statistics() []Statistic {
	if p.conf != nil {
		return p.conf.Stats
	}
	var list []Statistic
	for i := range p.run.Metrics {
		list = append(list, single(&p.run.Metrics[i]))
	}
	return list
}

// row is the cell's values as texts.
func (c *Cell) row(names []string) []string {
	row := make([]string, len(names))
	for i, n := range names {
		if v, ok := c.value(n); ok {
			row[i] = profiles.PyText(v)
		}
	}
	return row
}

// fixed prints a number with some decimals, nothing for NaN.
func fixed(v float64, decimals int) string {
	switch {
	case math.IsNaN(v):
		return ""
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// title makes words of a key: run_labels is Run Labels.
func title(key string) string {
	words := strings.Split(key, "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}
