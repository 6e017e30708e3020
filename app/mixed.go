package app

import (
	"fmt"
	"io"

	"tacho/engine/snap"
	"tacho/views/figure"
)

// mixed says that the load was changed while the run went on, and gives each
// stretch of it: the summary is over all of them.
func mixed(w io.Writer, list []snap.Segment) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w, "the load was mixed; the summary is over all of it:")
	fmt.Fprintf(w, "  %5s  %-24s %9s %7s %9s %9s %9s %9s %9s\n", "from", "load", "requests", "errors", "TTFT p50", "TTFT p99", "ITL p50", "req/s", "tok/s")
	for _, s := range list {
		fmt.Fprintf(w, "  %5s  %-24s %9d %7d %9s %9s %9s %9s %9s\n", figure.Clock(s.From), s.Load, s.Requests, s.Errors,
			figure.Num(s.TTFT50), figure.Num(s.TTFT99), figure.Num(s.ITL50), figure.Num(s.RequestsPerSec), figure.Num(s.TokSec))
	}
}
