package app

import (
	"fmt"
	"math"

	"tacho/engine"
	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/views/figure"
)

// cost is what the measured phases took, nil when neither the price nor the
// energy is known.
func (s *session) cost(run *export.Run, res *engine.Result) *export.Cost {
	if run.Summary == nil {
		return nil
	}
	price := s.profile.Console.PricePerHour.V
	joules := energyOf(run)
	silent, gpus := s.silentGPUs(run)
	if silent > 0 {
		joules = math.NaN() // the summary has what was counted until then, as AIPerf's
	}
	if !(price > 0) && math.IsNaN(joules) && silent == 0 {
		return nil
	}
	nan := export.Float(math.NaN())
	c := &export.Cost{PricePerHour: price, Joules: export.Float(joules), GoodTokens: nan, Price: nan, PerMTok: nan, PerGoodMTok: nan, JoulesPerMTok: nan, JoulesPerGoodMTok: nan}
	if silent > 0 {
		c.SilentGPUs, c.GPUs = silent, gpus
	}
	seconds := float64(run.Summary.EndNS-run.Summary.StartNS) / 1e9
	c.Seconds = export.Float(seconds)
	tokens := 0.0
	if t, ok := run.Summary.Get(metric.TotalOSL); ok {
		tokens = t.Avg
	}
	c.Tokens = export.Float(tokens)
	good := 0.0
	if len(s.profile.SLOs.V) > 0 {
		for i := range res.Phases {
			if res.Phases[i].Kind == record.Profiling {
				good += res.Phases[i].GoodTokens
			}
		}
		c.GoodTokens = export.Float(good)
	}
	put := func(to *export.Float, v float64, ok bool) {
		if ok {
			*to = export.Float(v)
		}
	}
	if price > 0 {
		c.Price = export.Float(telemetry.Cost(price, seconds))
		v, ok := telemetry.CostPerMillion(price, seconds, tokens)
		put(&c.PerMTok, v, ok)
		v, ok = telemetry.CostPerMillion(price, seconds, good)
		put(&c.PerGoodMTok, v, ok)
	}
	if joules > 0 {
		v, ok := telemetry.JoulesPer(joules*1e6, tokens)
		put(&c.JoulesPerMTok, v, ok)
		v, ok = telemetry.JoulesPer(joules*1e6, good)
		put(&c.JoulesPerGoodMTok, v, ok)
	}
	return c
}

// silentGPUs is how many GPUs that count their energy were not read to the end of
// the run, out of how many.
func (s *session) silentGPUs(run *export.Run) (silent, gpus int) {
	r := s.sensors.result
	if r == nil || r.GPUs == nil {
		return 0, 0
	}
	return r.GPUs.Silent(run.Summary.EndNS - int64(s.sensors.stale))
}

// energyOf is the energy of all GPUs over the measured phases in J, NaN when no
// GPU told.
func energyOf(run *export.Run) float64 {
	sum := math.NaN()
	for _, v := range []metric.Vendor{metric.NVIDIA, metric.AMD} {
		if e, ok := run.Summary.Get(metric.Power(v, metric.TotalGPUEnergy)); ok {
			if math.IsNaN(sum) {
				sum = 0
			}
			sum += e.Avg
		}
	}
	return sum
}

// costLines tell a cost at the end of a run.
func costLines(c *export.Cost) []string {
	if c == nil {
		return nil
	}
	var out []string
	known := func(v export.Float) bool { return !math.IsNaN(float64(v)) }
	num := func(v export.Float) string { return figure.Num(float64(v)) }
	if known(c.PerMTok) {
		line := "cost:   " + num(c.Price) + " in all, " + num(c.PerMTok) + " per million output tokens"
		if known(c.PerGoodMTok) {
			line += ", " + num(c.PerGoodMTok) + " per million of good requests"
		}
		out = append(out, line)
	}
	if c.SilentGPUs > 0 {
		out = append(out, fmt.Sprintf("energy: not known, as %d of %d GPUs were not read to the end; the files have what was counted until then", c.SilentGPUs, c.GPUs))
	}
	if known(c.JoulesPerMTok) {
		line := "energy: " + num(c.Joules) + " J, " + num(c.JoulesPerMTok) + " J per million output tokens"
		if known(c.JoulesPerGoodMTok) {
			line += ", " + num(c.JoulesPerGoodMTok) + " J per million of good requests"
		}
		out = append(out, line)
	}
	return out
}
