package telemetry

import (
	"iter"
	"slices"
)

// SampleRow is one number of a series at one time, as AIPerf's Parquet file has
// them: gauges as they are, counters and histograms less their last value
// before the window. A histogram has a row for each bucket. NaN and an empty
// Bound are absent.
type SampleRow struct {
	URL, Name  string
	Kind       Kind
	Unit, Help string
	AtNS       int64
	Labels     []Label
	Value      float64
	Sum, Count float64
	Bound      string
	Bucket     float64
}

// Rows yields the samples between two times, inclusive, series after series.
// The row is valid until the next one.
func (st *ServerStore) Rows(startNS, endNS int64) iter.Seq[*SampleRow] {
	return func(yield func(*SampleRow) bool) {
		for _, p := range st.pages {
			lo, _ := slices.BinarySearch(p.times, startNS)
			hi, _ := slices.BinarySearch(p.times, endNS+1)
			picked := make([]int, 0, hi-lo)
			for i := lo; i < hi; i++ {
				picked = append(picked, i)
			}
			for _, s := range p.series {
				sp, ok := s.span(picked)
				if ok && !p.rows(s, &sp, yield) {
					return
				}
			}
		}
	}
}

func (p *pageTape) rows(s *seriesTape, sp *span, yield func(*SampleRow) bool) bool {
	r := SampleRow{
		URL: p.url, Name: s.name, Kind: s.kind, Unit: UnitOf(s.name, s.help), Help: s.help, Labels: s.labels,
		Value: nan, Sum: nan, Count: nan, Bucket: nan,
	}
	at := sp.all()
	skip := len(at) - len(sp.at) // the reference is not of the window
	if s.kind != Histogram {
		v, base := s.columns[0].values(at), 0.0
		for i, x := range at {
			if s.kind == Counter {
				base = v[0]
			}
			if i < skip {
				continue
			}
			r.AtNS, r.Value = p.times[x], v[i]
			if s.kind == Counter {
				r.Value = max(v[i]-base, 0)
			}
			if !yield(&r) {
				return false
			}
		}
		return true
	}
	walk := s.steps()
	var base histStep
	for i, x := range at {
		step := walk.at(x)
		if i == 0 {
			base = step
		}
		if i < skip {
			continue
		}
		r.AtNS = p.times[x]
		r.Sum, r.Count = max(step.sum-base.sum, 0), max(step.count-base.count, 0)
		for j, b := range s.bounds {
			r.Bound, r.Bucket = b, max(step.buckets[j]-base.buckets[j], 0)
			if !yield(&r) {
				return false
			}
		}
	}
	return true
}

// LabelNames lists the labels of all series, sorted.
func (st *ServerStore) LabelNames() []string {
	seen := map[string]bool{}
	var out []string
	for _, p := range st.pages {
		for _, s := range p.series {
			for _, l := range s.labels {
				if !seen[l.Name] {
					seen[l.Name] = true
					out = append(out, l.Name)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// SeriesCount counts the series of a kind over all pages.
func (st *ServerStore) SeriesCount(k Kind) (n int) {
	for _, p := range st.pages {
		for _, s := range p.series {
			if s.kind == k {
				n++
			}
		}
	}
	return n
}

// LastUpdateNS is the time of the last reading of any page that differed from
// the one before; 0 when there was none.
func (st *ServerStore) LastUpdateNS() (ns int64) {
	for _, p := range st.pages {
		ns = max(ns, p.lastUpdate())
	}
	return ns
}

// LastInPhaseNS is the time of the last scrape of phases of a kind; 0 without.
func (st *ServerStore) LastInPhaseNS(sel Selector) (ns int64) {
	for _, p := range st.pages {
		for _, f := range p.fetches {
			if f.phase >= 0 && sel.matches(&st.phases[f.phase]) {
				ns = max(ns, f.at)
			}
		}
	}
	return ns
}

// FirstInPhaseNS is the time of the first scrape of phases; 0 without.
func (st *ServerStore) FirstInPhaseNS(sel Selector) (ns int64) {
	for _, p := range st.pages {
		for _, f := range p.fetches {
			if f.phase >= 0 && sel.matches(&st.phases[f.phase]) && (ns == 0 || f.at < ns) {
				ns = f.at
			}
		}
	}
	return ns
}
