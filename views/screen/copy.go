package screen

import (
	"math"

	"tacho/engine/snap"
	"tacho/views/figure"
	"tacho/views/table"
)

// Copy is the table of the page in front as Markdown, all columns and rows of
// it, and what it is; empty where there is nothing.
func Copy(s *snap.Snapshot, st State) (text, what string) {
	if s == nil {
		return "", ""
	}
	var l *table.List
	switch st.Page {
	case PageSlices:
		l, _ = table.SliceList(s, st.Slices.Order, nil)
		what = "time slices"
	case PageRuns:
		l, what = table.RunList(s.Several), "runs"
	case PageRequests:
		l, _ = requestList(s, &st)
		what = whichNames[st.Which%Whiches] + " requests"
	case PageErrors:
		l, what = table.ErrorList(s), "errors"
	case PageLog:
		all := entries(s, &st)
		l = logList(filterEntries(all, st.Log.Filter), len(all), &st)
		what = "log"
	case PageConfig:
		l, _ = configList(s, &st, false)
		what = "configuration"
	case PageLatency:
		if l, what = historyList(s, st.Felt), "history"; st.Felt {
			what = "history as felt"
		}
	default:
		l, what = table.MetricList(s), "metrics"
	}
	if l.Len == 0 {
		return "", what
	}
	return l.Markdown(), what
}

// historyList is the history behind the charts of the latency page.
func historyList(s *snap.Snapshot, felt bool) *table.List {
	heads := []string{"at", "TTFT p50", "p90", "p99", "ITL p50", "p90", "p99", "latency p50", "p99", "in flight"}
	l := &table.List{Len: len(s.Series), Sort: -1}
	for _, h := range heads {
		l.Columns = append(l.Columns, table.Column{Head: h})
	}
	l.Cell = func(row, col int) table.Cell {
		p := s.Series[row]
		if felt {
			p.TTFT50, p.TTFT90, p.TTFT99, p.Latency50, p.Latency99 = p.FeltTTFT50, p.FeltTTFT90, p.FeltTTFT99, p.FeltLatency50, p.FeltLatency99
		}
		if col == 0 {
			return table.Cell{Text: figure.Instant(p.At)}
		}
		v := [...]float64{math.NaN(), p.TTFT50, p.TTFT90, p.TTFT99, p.ITL50, p.ITL90, p.ITL99, p.Latency50, p.Latency99, p.InFlight}[col]
		return table.Cell{Text: figure.Num(v)}
	}
	return l
}
