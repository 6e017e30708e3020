package app

import (
	"fmt"
	"math"
	"slices"

	"tacho/engine/stats"
)

// spread collects absolute errors.
type spread struct{ abs []float64 }

func (s *spread) add(v float64) { s.abs = append(s.abs, math.Abs(v)) }

// String is "p50 / p99 / max".
func (s *spread) String() string {
	if len(s.abs) == 0 {
		return "-"
	}
	slices.Sort(s.abs)
	return fmt.Sprintf("%.3f / %.3f / %.3f", stats.Quantile(s.abs, 0.5), stats.Quantile(s.abs, 0.99), s.abs[len(s.abs)-1])
}
