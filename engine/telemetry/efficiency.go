package telemetry

import "tacho/engine/metric"

// PowerValue is one power metric of a run.
type PowerValue struct {
	Tag   metric.Tag
	Value float64
}

// Efficiency makes the power metrics of each vendor's GPUs over a phase. total
// gives the run's other metrics: their value or mean, false if there is none.
// concurrency is the configured one, 0 without. Energy counts up to
// FinalScrapeGraceNS after the end, while power and throughput do not: on short
// runs the average power comes out too high, as AIPerf's does.
func (s *GPUStore) Efficiency(startNS, endNS int64, total func(metric.Tag) (float64, bool), concurrency int) []PowerValue {
	var out []PowerValue
	for _, v := range s.Platforms() {
		out = append(out, s.efficiency(v, startNS, endNS, total, concurrency)...)
	}
	return out
}

func (s *GPUStore) efficiency(v metric.Vendor, startNS, endNS int64, total func(metric.Tag) (float64, bool), concurrency int) (out []PowerValue) {
	add := func(m metric.PowerMetric, x float64) { out = append(out, PowerValue{metric.Power(v, m), x}) }
	get := func(tag metric.Tag) float64 { x, _ := total(tag); return x }
	seconds := float64(endNS-startNS) / 1e9
	if endNS <= startNS {
		first, last := s.Span()
		seconds = float64(last-first) / 1e9
	}
	power, gaugesPower := s.Power(v, startNS, endNS)
	if gaugesPower {
		add(metric.TotalGPUPower, power)
	}
	energy, average := 0.0, 0.0
	graceEnd := endNS
	if graceEnd != 0 {
		graceEnd += FinalScrapeGraceNS
	}
	if e, ok := s.Energy(v, startNS, graceEnd); ok && e > 0 {
		energy = e
		if seconds > 0 {
			average = e / seconds
		}
	} else if gaugesPower && power > 0 && seconds > 0 {
		energy, average = power*seconds, power
	}
	if energy <= 0 {
		return out
	}
	if average > 0 {
		add(metric.AverageGPUPower, average)
	}
	add(metric.TotalGPUEnergy, energy)
	osl, isl := get(metric.TotalOSL), get(metric.TotalISL)
	if osl != 0 {
		add(metric.OutputTokensPerJoule, osl/energy)
		add(metric.EnergyPerOutputToken, energy*1000/osl)
	}
	if isl+osl > 0 {
		add(metric.EnergyPerTotalToken, energy*1000/(isl+osl))
	}
	if n := get(metric.RequestCount); n != 0 {
		add(metric.EnergyPerRequest, energy/n)
		if latency := get(metric.RequestLatency); latency != 0 {
			add(metric.EnergyDelayProduct, energy/n*(latency/1000))
		}
	}
	if concurrency > 0 {
		add(metric.EnergyPerUser, energy/float64(concurrency))
	}
	if average <= 0 {
		return out
	}
	for _, p := range []struct {
		of metric.Tag
		m  metric.PowerMetric
	}{
		{metric.RequestThroughput, metric.PerformancePerWatt},
		{metric.OutputTokenThroughput, metric.OutputTPSPerWatt},
		{metric.Goodput, metric.GoodputPerWatt},
	} {
		// A throughput of 0 is a result; one that is absent is none.
		if x, ok := total(p.of); ok {
			add(p.m, x/average)
		}
	}
	return out
}
