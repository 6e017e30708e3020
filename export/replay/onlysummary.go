package replay

import (
	"cmp"
	"math"
	"os"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/stats"
	"tacho/export"
	"tacho/export/aiperf"
)

// What is shown of a directory that has a summary and no records.

var profilingPhase = record.Phase{Name: string(record.Profiling), Kind: record.Profiling}

// mean is a metric's one number, or its mean; NaN without it.
func mean(s *stats.Summary, tag metric.Tag) float64 {
	if st, ok := s.Get(tag); ok {
		return st.Avg
	}
	return nan
}

// counts are the requests that succeeded and those that failed.
func counts(r *export.Run) (valid, failed int64) {
	if v := mean(r.Summary, metric.ErrorRequestCount); v > 0 {
		failed = int64(v)
	}
	return r.Valid(), failed
}

func summaryRates(s *stats.Summary) snap.Rates {
	r := snap.Rates{
		Requests: mean(s, metric.RequestThroughput), OutputTokens: mean(s, metric.OutputTokenThroughput),
		InputTokens: mean(s, metric.InputTokenThroughput), Errors: nan, Goodput: mean(s, metric.Goodput), GoodShare: nan,
	}
	if good := mean(s, metric.GoodRequestCount); !math.IsNaN(good) {
		all := mean(s, metric.RequestCount) + orZero(mean(s, metric.ErrorRequestCount))
		r.GoodShare = good / all
	}
	return r
}

// summaryLive shows exact statistics as if they were live ones.
func summaryLive(s *stats.Summary, slos []metric.SLO) []snap.Live {
	var out []snap.Live
	for _, tag := range append([]metric.Tag{metric.ICL}, tagsOf(slos)...) {
		st, ok := s.Get(tag)
		if !ok {
			continue
		}
		l := snap.Live{Def: st.Def, Now: nan, Avg: st.Avg, P50: nan, P90: nan, P99: nan, Min: st.Min, Max: st.Max,
			Count: max(0, st.Count), SLO: nan, Within: nan}
		for i, q := range stats.Percentiles {
			switch q {
			case 50:
				l.P50 = st.P[i]
			case 90:
				l.P90 = st.P[i]
			case 99:
				l.P99 = st.P[i]
			}
		}
		for _, o := range slos {
			if o.Tag == tag {
				l.SLO = o.Limit
			}
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b snap.Live) int { return cmp.Compare(consoleOrder(a.Def), consoleOrder(b.Def)) })
	return out
}

// summarySlices reads the time slices that the summary has beside it.
func (d *Dir) summarySlices() []snap.SliceRow {
	data, err := os.ReadFile(d.file(export.SlicesJSON))
	if err != nil {
		return nil
	}
	list, _, err := aiperf.DecodeSlicesJSON(data, d.Registry)
	if err != nil || len(list) == 0 {
		return nil
	}
	origin := list[0].StartNS
	var out []snap.SliceRow
	for i := range list {
		s := &list[i]
		row := snap.SliceRow{At: time.Duration(s.StartNS - origin), GoodShare: nan, OutputTokensPerSec: mean(&s.Summary, metric.OutputTokenThroughput)}
		row.Requests, row.Errors = int64(orZero(mean(&s.Summary, metric.RequestCount))), int64(orZero(mean(&s.Summary, metric.ErrorRequestCount)))
		row.TTFT50, row.TTFT90, row.TTFT99 = percentiles(&s.Summary, metric.TTFT)
		row.ITL50, row.ITL90, row.ITL99 = percentiles(&s.Summary, metric.ITL)
		row.Latency50, _, _ = percentiles(&s.Summary, metric.RequestLatency)
		if good := mean(&s.Summary, metric.GoodRequestCount); row.Requests+row.Errors > 0 {
			row.GoodShare = good / float64(row.Requests+row.Errors)
		}
		out = append(out, row)
	}
	return out
}

func percentiles(s *stats.Summary, tag metric.Tag) (p50, p90, p99 float64) {
	st, ok := s.Get(tag)
	if !ok {
		return nan, nan, nan
	}
	l := summaryLive(&stats.Summary{Stats: []stats.Stat{*st}}, nil)
	if len(l) == 0 {
		return nan, nan, nan
	}
	return l[0].P50, l[0].P90, l[0].P99
}
