package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SLAFilter is a limit that a cell of a sweep has to hold to be among the best.
type SLAFilter struct {
	Tag, Stat string
	Op        string // lt, le, gt, ge
	Threshold float64
}

// Passes reports whether a value holds the limit; what is not known does not.
func (f *SLAFilter) Passes(v float64) bool {
	switch f.Op {
	case "lt":
		return v < f.Threshold
	case "le":
		return v <= f.Threshold
	case "gt":
		return v > f.Threshold
	}
	return v >= f.Threshold
}

// String is the filter as one reads it: time_to_first_token p95 < 300.
func (f *SLAFilter) String() string {
	sign := map[string]string{"lt": "<", "le": "<=", "gt": ">", "ge": ">="}[f.Op]
	return fmt.Sprintf("%s %s %s %s", f.Tag, f.Stat, sign, trimFloat(f.Threshold))
}

// Tree is the filter as AIPerf writes it.
func (f *SLAFilter) Tree() Object {
	return Object{{"metric_tag", f.Tag}, {"stat", f.Stat}, {"op", f.Op}, {"threshold", f.Threshold}}
}

// SLAFilters all have to hold.
type SLAFilters []SLAFilter

func (fs *SLAFilters) tree() any {
	list := []any{}
	for i := range *fs {
		list = append(list, (*fs)[i].Tree())
	}
	return list
}

var filterStats = []string{"avg", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "min", "max"}

func (fs *SLAFilters) fromTree(x any) error {
	list, ok := x.([]any)
	if !ok {
		return errors.New("must be a list of limits, each with metricTag, op and threshold")
	}
	out := SLAFilters{}
	for i, e := range list {
		o, _ := e.(Object)
		f := SLAFilter{Stat: "p95"}
		var missing []string
		for _, key := range []string{"metric_tag", "op", "threshold"} {
			if !slices.ContainsFunc(o, func(m Member) bool { return snake(m.Key) == key }) {
				missing = append(missing, key)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("limit %d lacks %s", i+1, strings.Join(missing, ", "))
		}
		for _, m := range o {
			var err error
			s, _ := m.Value.(string)
			switch snake(m.Key) {
			case "metric_tag":
				if f.Tag = strings.TrimSpace(s); f.Tag == "" {
					err = errors.New("must name a metric")
				}
			case "stat":
				f.Stat, err = pick(s, filterStats, asTyped)
			case "op":
				f.Op, err = pick(s, []string{"lt", "le", "gt", "ge"}, asTyped)
			case "threshold":
				if f.Threshold, err = asFloat(m.Value); err == nil {
					err = finite(&f.Threshold)
				}
			default:
				err = errors.New("unknown key; there are metricTag, stat, op and threshold")
			}
			if err != nil {
				return fmt.Errorf("limit %d: %s: %w", i+1, m.Key, err)
			}
		}
		out = append(out, f)
	}
	*fs = out
	return nil
}

func slaFiltersField() *Field {
	return fromFile("Limits that the best cells of a sweep have to hold", func(p *Profile) *Opt[SLAFilters] { return &p.Sweep.SLAFilters })
}
