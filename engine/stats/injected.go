package stats

import (
	"math"

	"tacho/engine/metric"
)

// injected does the metrics that come from when requests were due, started and
// ended.
func (a *Accumulator) injected(out map[metric.ID]Stat) error {
	for tag, col := range map[metric.Tag]int{metric.CreditToStartLatency: colStart, metric.EffectiveLatency: colEnd} {
		d, ok := a.reg.Lookup(tag)
		if !ok {
			continue
		}
		dist, err := a.distribution(func(f func([]float64)) error { return a.sinceDue(col, f) }, 0)
		if err != nil {
			return err
		}
		if dist.count > 0 {
			out[d.ID] = dist.stat(d)
		}
	}
	return a.scheduleLag(out)
}

// sinceDue calls f with the times from when requests were due to their start or
// end, in ms. AIPerf subtracts Unix nanoseconds as floats, which are 256 apart,
// and takes what is below 0 for 0.
func (a *Accumulator) sinceDue(col int, f func([]float64)) error {
	return a.pairs(col, func(due, at float64, failed bool) float64 {
		return max(a.unix(at)-a.unix(due), 0) / 1e6
	}, f)
}

// pairs calls f with the values of g over the due time and another time, and
// whether the request failed. Rows that were not due are left out.
func (a *Accumulator) pairs(col int, g func(due, at float64, failed bool) float64, f func([]float64)) error {
	var rd, ra, rf reader
	buf := make([]float64, blockRows)
	for i := range a.store.chunks {
		due, err := a.store.chunk(a.store.extra[colDue], i, &rd)
		if err != nil {
			return err
		}
		at, err := a.store.chunk(a.store.extra[col], i, &ra)
		if err != nil {
			return err
		}
		failed, err := a.store.chunk(a.store.extra[colFailed], i, &rf)
		if err != nil {
			return err
		}
		vals := buf[:len(due)]
		for j := range due {
			vals[j] = math.NaN()
			if due[j] == due[j] {
				vals[j] = g(due[j], at[j], failed[j] != 0)
			}
		}
		f(vals)
	}
	return nil
}

// unix turns a stored time into Unix ns as AIPerf holds it.
func (a *Accumulator) unix(rel float64) float64 { return float64(a.store.base + int64(rel)) }

// degradedMS is the lag above which AIPerf calls a replay degraded.
const degradedMS = 500

// scheduleLag does the replay_sched_* metrics: how late requests left against
// the least late one, so that a constant delay does not show.
func (a *Accumulator) scheduleLag(out map[metric.ID]Stat) error {
	flag, ok := a.reg.Lookup(metric.ReplaySchedDegraded)
	if !ok || !a.plan.Applies(flag) {
		return nil
	}
	d, err := a.distribution(func(f func([]float64)) error {
		return a.pairs(colStart, func(due, at float64, failed bool) float64 {
			if failed {
				return math.NaN()
			}
			return at - due
		}, f)
	}, 0)
	if err != nil || d.count == 0 {
		return err
	}
	s := d.stat(flag)
	for i, p := range Percentiles {
		tag, ok := map[float64]metric.Tag{50: metric.ReplaySchedLagP50, 90: metric.ReplaySchedLagP90, 99: metric.ReplaySchedLagP99}[p]
		if !ok {
			continue
		}
		lag := (s.P[i] - s.Min) / 1e6
		if def, ok := a.reg.Lookup(tag); ok {
			out[def.ID] = single(def, lag)
		}
		if p == 99 {
			out[flag.ID] = single(flag, 0)
			if lag > degradedMS {
				out[flag.ID] = single(flag, 1)
			}
		}
	}
	return nil
}
