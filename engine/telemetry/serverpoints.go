package telemetry

import (
	"time"

	"tacho/engine/snap"
)

// Points is the history of a series, thinned to at most n points, with times
// since startNS; nil when there is none. Gauges are as they are, counters per
// second, histograms the mean of what came since the last point.
func (st *ServerStore) Points(server, key string, n int, startNS int64) []snap.SeriesPoint {
	for _, p := range st.pages {
		if SourceName(p.url) == server {
			if s := p.byKey[key]; s != nil {
				return p.points(s, n, startNS)
			}
		}
	}
	return nil
}

func (p *pageTape) points(s *seriesTape, n int, startNS int64) []snap.SeriesPoint {
	all := make([]int, len(p.times))
	for i := range all {
		all[i] = i
	}
	sp, ok := s.span(all)
	if !ok || n <= 0 {
		return nil
	}
	// Every step-th sample, the last one surely.
	step := (len(sp.at) + n - 1) / n
	var at []int
	for i := (len(sp.at) - 1) % step; i < len(sp.at); i += step {
		at = append(at, sp.at[i])
	}
	last := s.presence().values(at) // a scalar's value, a histogram's count
	var sums []float64
	if s.kind == Histogram {
		sums = s.columns[len(s.columns)-2].values(at)
	}
	out := make([]snap.SeriesPoint, len(at))
	for i, x := range at {
		v := last[i]
		switch {
		case s.kind != Counter && s.kind != Histogram:
		case i == 0:
			v = nan
		case s.kind == Counter:
			v = rise(last[i-1], last[i], float64(p.times[x]-p.times[at[i-1]])/1e9)
		default:
			v = rise(sums[i-1], sums[i], last[i]-last[i-1])
		}
		out[i] = snap.SeriesPoint{At: time.Duration(p.times[x] - startNS), Value: v}
	}
	return out
}

// rise is a growth over another one; NaN when nothing grew or something shrank.
func rise(from, to, over float64) float64 {
	if !(over > 0) || to < from {
		return nan
	}
	return (to - from) / over
}
