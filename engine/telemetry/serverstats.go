package telemetry

import (
	"iter"
	"maps"
	"slices"
	"time"
)

// ServerMetric is a server's metric over a phase, all of its series.
type ServerMetric struct {
	Name, Help string
	Kind       Kind
	Unit       string
	Series     []SeriesStats
}

// SeriesStats is one series of a ServerMetric.
type SeriesStats struct {
	URL    string
	Kind   Kind
	Labels []Label
	Stats  ServerStats
	// Buckets is how much each cumulative bucket of a histogram grew; nil when a
	// restart spoilt it.
	Buckets []BucketCount
	Slices  []ServerSlice
}

// BucketCount is one cumulative bucket.
type BucketCount struct {
	Bound string // as the page writes it
	Count int64
}

// ServerStats are the numbers of a series; NaN is absent. Which there are
// depends on the kind: gauges and unknown ones have Avg, Min, Max, Std and P;
// counters Total and the rates; histograms Count, Sum, Avg, their rates and, in
// P, estimated percentiles.
type ServerStats struct {
	Avg, Min, Max, Std                              float64
	P                                               [len(Percentiles)]float64
	Total, Rate, RateAvg, RateMin, RateMax, RateStd float64
	Count                                           int64 // -1 absent
	Sum, CountRate, SumRate                         float64
}

// NoServerStats is a ServerStats in which all is absent.
func NoServerStats() ServerStats {
	s := ServerStats{
		Avg: nan, Min: nan, Max: nan, Std: nan, Total: nan, Rate: nan, RateAvg: nan, RateMin: nan, RateMax: nan, RateStd: nan,
		Count: -1, Sum: nan, CountRate: nan, SumRate: nan,
	}
	for i := range s.P {
		s.P[i] = nan
	}
	return s
}

// ServerSlice is a series in one time slice. NaN is absent, by kind as in
// ServerStats: Avg, Min, Max; Total, Rate; Count, Sum, Avg, Buckets.
type ServerSlice struct {
	StartNS, EndNS int64
	Complete       bool // false for a last one that is cut short
	Avg, Min, Max  float64
	Total, Rate    float64
	Count          int64
	Sum            float64
	Buckets        []BucketCount
}

// Page is one page of Pages: its metrics in the order of first sight.
type Page struct {
	URL     string
	Info    PageInfo
	Metrics iter.Seq[*ServerMetric]
}

// Pages yields, page by page, the statistics of the chosen phases, with time
// slices of the given width if it is above 0. A page without a scrape in them is
// left out. whole says that Info counts all readings, not those of the phases.
func (st *ServerStore) Pages(sel Selector, slice time.Duration, whole bool) iter.Seq[*Page] {
	return func(yield func(*Page) bool) {
		for _, p := range st.pages {
			picked := st.picked(p, sel)
			if len(picked) == 0 {
				continue
			}
			info := p.info(0, 0)
			if !whole {
				first, last := p.times[picked[0]], p.times[picked[len(picked)-1]]
				info = p.info(first, max(last, first+1))
			}
			if !yield(&Page{URL: p.url, Info: info, Metrics: p.metrics(picked, slice)}) {
				return
			}
		}
	}
}

// Metrics yields the metrics of all pages in the order of their names, as Pages
// does those of one.
func (st *ServerStore) Metrics(sel Selector, slice time.Duration) iter.Seq[*ServerMetric] {
	return func(yield func(*ServerMetric) bool) {
		type place struct {
			page   *pageTape
			series *seriesTape
			picked []int
		}
		byName := map[string][]place{}
		for _, p := range st.pages {
			picked := st.picked(p, sel)
			for _, s := range p.series {
				byName[s.name] = append(byName[s.name], place{p, s, picked})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			m := &ServerMetric{Name: name}
			for _, at := range byName[name] {
				x, ok := at.page.stats(at.series, at.picked, slice)
				if !ok {
					continue
				}
				if len(m.Series) == 0 {
					m.Kind, m.Help, m.Unit = at.series.kind, at.series.help, UnitOf(name, at.series.help)
				}
				m.Series = append(m.Series, x)
			}
			if len(m.Series) > 0 && !yield(m) {
				return
			}
		}
	}
}

// metrics yields the metrics of a page one after another, so that not all of
// their slices are in memory at once.
func (p *pageTape) metrics(picked []int, slice time.Duration) iter.Seq[*ServerMetric] {
	return func(yield func(*ServerMetric) bool) {
		var names []string
		byName := map[string][]*seriesTape{}
		for _, s := range p.series {
			if byName[s.name] == nil {
				names = append(names, s.name)
			}
			byName[s.name] = append(byName[s.name], s)
		}
		for _, name := range names {
			list := byName[name]
			m := &ServerMetric{Name: name, Kind: list[0].kind, Help: list[0].help, Unit: UnitOf(name, list[0].help)}
			for _, s := range list {
				if x, ok := p.stats(s, picked, slice); ok {
					m.Series = append(m.Series, x)
				}
			}
			if len(m.Series) > 0 && !yield(m) {
				return
			}
		}
	}
}

// stats makes the statistics of a series; false when it was not there.
func (p *pageTape) stats(s *seriesTape, picked []int, slice time.Duration) (SeriesStats, bool) {
	out := SeriesStats{URL: p.url, Kind: s.kind, Labels: s.labels, Stats: NoServerStats()}
	sp, ok := s.span(picked)
	if !ok {
		return out, false
	}
	switch s.kind {
	case Histogram:
		p.histogram(&out, s, &sp, slice)
	case Counter:
		p.counter(&out, s, &sp, slice)
	default:
		p.gauge(&out, s, &sp, slice)
	}
	return out, true
}

func (p *pageTape) gauge(out *SeriesStats, s *seriesTape, sp *span, slice time.Duration) {
	v := s.columns[0].values(sp.at)
	st := &out.Stats
	st.Avg, st.Min, st.Max, st.Std, st.P = mean(v), slices.Min(v), slices.Max(v), sampleStd(v), percentiles(v)
	if slice <= 0 || len(v) < 2 {
		return
	}
	times := p.timesOf(sp.at)
	last := len(times) - 1
	for _, w := range cut(times[0], times[last], slice) {
		lo, _ := slices.BinarySearch(times, w.start)
		hi, _ := slices.BinarySearch(times, w.end)
		if w.end == times[last] {
			hi = len(times) // the last slice has its end
		}
		if lo < hi {
			x := w.slice()
			x.Avg, x.Min, x.Max = mean(v[lo:hi]), slices.Min(v[lo:hi]), slices.Max(v[lo:hi])
			out.Slices = append(out.Slices, x)
		}
	}
}

func (p *pageTape) counter(out *SeriesStats, s *seriesTape, sp *span, slice time.Duration) {
	at := sp.all()
	v, times := s.columns[0].values(at), p.timesOf(at)
	last := len(v) - 1
	st := &out.Stats
	// A counter that starts anew has counted something, but nobody knows what.
	st.Total, st.Rate = max(v[last]-v[0], 0), 0
	if ns := times[last] - times[0]; ns > 0 {
		st.Rate = st.Total / (float64(ns) / 1e9)
	}
	if slice <= 0 || len(v) < 2 {
		return
	}
	var rates []float64
	for _, w := range cut(p.times[sp.at[0]], max(times[last], p.times[sp.at[0]]+1), slice) {
		x := w.slice()
		x.Total = max(v[upTo(times, w.end)]-v[upTo(times, w.start)], 0)
		x.Rate = x.Total / (float64(w.end-w.start) / 1e9)
		out.Slices = append(out.Slices, x)
		if w.complete {
			rates = append(rates, x.Rate)
		}
	}
	if len(rates) > 0 {
		st.RateAvg, st.RateMin, st.RateMax, st.RateStd = mean(rates), slices.Min(rates), slices.Max(rates), sampleStd(rates)
	}
}

func (p *pageTape) timesOf(at []int) []int64 {
	out := make([]int64, len(at))
	for i, x := range at {
		out[i] = p.times[x]
	}
	return out
}

// upTo is the last sample up to a time, the first one if it is before all.
func upTo(times []int64, ns int64) int {
	i, _ := slices.BinarySearch(times, ns+1)
	return max(i-1, 0)
}
