package aiperf

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
)

// GPUConsole is the part of the console text about GPUs: of which platform they
// are, the power metrics of each vendor in sum, and one table per GPU.
func GPUConsole(sum *stats.Summary, gpus *telemetry.GPUSummary) []byte {
	var platforms []string
	anyGPU(gpus, func(g *telemetry.GPUResult) bool {
		platforms = append(platforms, string(g.Platform))
		return false
	})
	slices.Sort(platforms)
	platform := strings.Join(slices.Compact(platforms), ", ")
	if platform == "" {
		platform = "unknown"
	}
	dst := panel([]byte("\n\n"), "GPU Telemetry Platform", "Platform: "+platform+"\n"+
		"Metric semantics are platform-specific; cross-platform comparisons require workload and collector validation.")
	for _, g := range []struct {
		group metric.Group
		name  string
	}{{metric.GroupPowerNVIDIA, "NVIDIA"}, {metric.GroupPowerAMD, "AMD"}} {
		list := inOrder(sum, func(d *metric.Def) bool { return d.Group == g.group })
		if len(list) > 0 {
			dst = appendMetricTable(append(dst, "\n\n"...), "GPU Power Efficiency ("+g.name+")", list, consoleFields[:1])
		}
	}
	return appendGPUTables(append(dst, "\n\n"...), gpus)
}

func appendGPUTables(dst []byte, sum *telemetry.GPUSummary) []byte {
	n := 0
	for i := range sum.Endpoints {
		e := &sum.Endpoints[i]
		for j := range e.GPUs {
			g := &e.GPUs[j]
			title := e.Name + " | GPU " + strconv.Itoa(g.Index) + " | " + g.Model
			if n == 0 {
				title = gpuTitle(sum) + "\n" + title
			} else {
				dst = append(dst, '\n')
			}
			n++
			dst = appendGPUTable(dst, title, g)
		}
	}
	if n > 0 {
		return dst
	}
	text := "No GPU telemetry data collected during the benchmarking run."
	var lost []string
	for _, c := range sum.Configured {
		if !slices.Contains(sum.Answered, c) {
			lost = append(lost, "  • "+telemetry.SourceName(c))
		}
	}
	if len(lost) > 0 {
		text += "\n\nUnreachable endpoints:\n" + strings.Join(lost, "\n")
	}
	return append(append(dst, text...), '\n')
}

// gpuTitle says how many sources answered and which.
func gpuTitle(sum *telemetry.GPUSummary) string {
	lines := []string{
		"AIPerf | GPU Telemetry Summary",
		fmt.Sprintf("%d/%d telemetry sources reachable", len(sum.Answered), len(sum.Configured)),
	}
	for _, c := range sum.Configured {
		mark := " ✔"
		if !slices.Contains(sum.Answered, c) {
			mark = " ✘ (unreachable)"
		}
		lines = append(lines, "• "+telemetry.SourceName(c)+mark)
	}
	return strings.Join(append(lines, ""), "\n")
}

func appendGPUTable(dst []byte, title string, g *telemetry.GPUResult) []byte {
	t := table{title: title, cols: []tableColumn{{head: "Metric"}}}
	for _, f := range consoleFields {
		t.cols = append(t.cols, tableColumn{head: f.name})
	}
	for i := range g.Metrics {
		m := &g.Metrics[i]
		row := []string{m.Header + " (" + m.Unit + ")"}
		d := &m.Dist
		for _, v := range []float64{d.Avg, d.Min, d.Max, d.P[8], d.P[6], d.P[4], d.Std} {
			row = append(row, gpuNumber(v))
		}
		t.rows = append(t.rows, row)
	}
	return t.appendTo(dst)
}

// gpuNumber is a number of these tables: a million and more as a power of ten.
func gpuNumber(v float64) string {
	if finite(v) && math.Abs(v) >= 1e6 {
		return fmt.Sprintf("%.2e", v)
	}
	return string(appendConsole(nil, v))
}
