package aiperf

import (
	"slices"

	"tacho/engine/telemetry"
)

// ExtraFields are the figures of a summary that telemetry.Fields has not. rows
// is the table of the same GPUs in the CSV, from which come their names; without
// it they are made of the tags.
func ExtraFields(sum *telemetry.GPUSummary, rows [][]string) (out []telemetry.ExtraField) {
	named, err := DecodeGPURows(rows)
	if err != nil {
		named = new(telemetry.GPUSummary)
	}
	for i := range sum.Endpoints {
		for j := range sum.Endpoints[i].GPUs {
			g := &sum.Endpoints[i].GPUs[j]
			other := gpuIn(named, sum.Endpoints[i].Name, g)
			for k, m := range g.Metrics {
				if _, ours := telemetry.FieldByTag(m.Tag); ours || slices.ContainsFunc(out, func(x telemetry.ExtraField) bool { return x.Tag == m.Tag }) {
					continue
				}
				x := telemetry.ExtraOf(m.Tag)
				x.Unit = m.Unit
				if other != nil && len(other.Metrics) == len(g.Metrics) { // both have them in the same order
					x.Header = other.Metrics[k].Header
				}
				out = append(out, x)
			}
		}
	}
	return out
}

// gpuIn finds a GPU in another summary.
func gpuIn(sum *telemetry.GPUSummary, endpoint string, g *telemetry.GPUResult) *telemetry.GPUResult {
	for i := range sum.Endpoints {
		for j := range sum.Endpoints[i].GPUs {
			if x := &sum.Endpoints[i].GPUs[j]; sum.Endpoints[i].Name == endpoint && x.UUID == g.UUID {
				return x
			}
		}
	}
	return nil
}
