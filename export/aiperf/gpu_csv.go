package aiperf

import (
	"fmt"
	"strconv"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/telemetry"
)

// gpuColumns are the columns of the GPU table before the statistics; optional
// ones follow them.
var gpuColumns = []string{"Endpoint", "GPU_Index", "GPU_Name", "GPU_UUID", "Platform", "Metric"}

// gpuOptional are the columns that are there when any GPU has them.
var gpuOptional = []struct {
	header string
	of     func(*telemetry.GPUID) *string
}{
	{"Hostname", func(g *telemetry.GPUID) *string { return &g.Host }},
	{"Namespace", func(g *telemetry.GPUID) *string { return &g.Namespace }},
	{"Pod Name", func(g *telemetry.GPUID) *string { return &g.Pod }},
}

// none is what Python prints in an optional column for a GPU without it.
const none = "None"

// distFields are the numbers of a Dist in the order of the CSV columns.
func distFields(d *telemetry.Dist) []*float64 {
	out := []*float64{&d.Avg, &d.Min, &d.Max, &d.Sum}
	for i := range d.P {
		out = append(out, &d.P[i])
	}
	return append(out, &d.Std)
}

// GPURows is the GPU table of the summary CSV, header first; nil without GPUs.
func GPURows(sum *telemetry.GPUSummary) [][]string {
	head := append([]string(nil), gpuColumns...)
	for _, f := range csvFields {
		head = append(head, f.name)
	}
	var extra []int
	for i, o := range gpuOptional {
		if anyGPU(sum, func(g *telemetry.GPUResult) bool { return *o.of(&g.GPUID) != "" }) {
			extra = append(extra, i)
			head = append(head, o.header)
		}
	}
	rows := [][]string{head}
	for i := range sum.Endpoints {
		e := &sum.Endpoints[i]
		for j := range e.GPUs {
			g := &e.GPUs[j]
			for k := range g.Metrics {
				m := &g.Metrics[k]
				row := []string{e.Name, strconv.Itoa(g.Index), g.Model, g.UUID, string(g.Platform), m.Header + " (" + m.Unit + ")"}
				for _, v := range distFields(&m.Dist) {
					row = append(row, string(appendCSV(nil, *v)))
				}
				for _, i := range extra {
					text := *gpuOptional[i].of(&g.GPUID)
					if text == "" {
						text = none
					}
					row = append(row, text)
				}
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 1 && len(sum.Endpoints) == 0 {
		return nil
	}
	return rows
}

func anyGPU(sum *telemetry.GPUSummary, is func(*telemetry.GPUResult) bool) bool {
	for i := range sum.Endpoints {
		for j := range sum.Endpoints[i].GPUs {
			if is(&sum.Endpoints[i].GPUs[j]) {
				return true
			}
		}
	}
	return false
}

// DecodeGPURows reads the GPU table back, numbers cut to two decimals.
func DecodeGPURows(rows [][]string) (*telemetry.GPUSummary, error) {
	sum := new(telemetry.GPUSummary)
	if len(rows) == 0 {
		return sum, nil
	}
	for _, r := range rows[1:] {
		if len(r) < len(gpuColumns)+len(csvFields) {
			return nil, fmt.Errorf("gpu table: %d fields, want at least %d", len(r), len(gpuColumns)+len(csvFields))
		}
		index, err := strconv.Atoi(r[1])
		if err != nil {
			return nil, fmt.Errorf("gpu table: index %.40q", r[1])
		}
		id := telemetry.GPUID{Index: index, Model: r[2], UUID: r[3], Platform: metric.Vendor(r[4])}
		for i, text := range r[len(gpuColumns)+len(csvFields):] {
			header := ""
			if at := len(gpuColumns) + len(csvFields) + i; at < len(rows[0]) {
				header = rows[0][at]
			}
			for _, o := range gpuOptional {
				if o.header == header && text != none {
					*o.of(&id) = text
				}
			}
		}
		m, err := decodeGPUMetric(r[len(gpuColumns)-1], r[len(gpuColumns):])
		if err != nil {
			return nil, err
		}
		addGPUMetric(sum, r[0], id, m)
	}
	return sum, nil
}

func decodeGPUMetric(name string, numbers []string) (telemetry.GPUMetric, error) {
	m := telemetry.GPUMetric{Header: name, Dist: telemetry.NoDist()}
	for f := range telemetry.Fields {
		if info := &telemetry.Fields[f]; info.Header+" ("+info.Unit+")" == name {
			m.Tag, m.Header, m.Unit = info.Tag, info.Header, info.Unit
		}
	}
	if at := strings.LastIndex(name, " ("); m.Tag == "" && at > 0 { // a figure of the user's own; its tag is not told
		m.Header, m.Unit = name[:at], strings.TrimSuffix(name[at+2:], ")")
	}
	for i, v := range distFields(&m.Dist) {
		if numbers[i] == "" {
			continue
		}
		x, err := strconv.ParseFloat(numbers[i], 64)
		if err != nil {
			return m, fmt.Errorf("gpu table: %s: not a number: %.40q", name, numbers[i])
		}
		*v = x
	}
	return m, nil
}

// addGPUMetric enters one row of the table.
func addGPUMetric(sum *telemetry.GPUSummary, endpoint string, id telemetry.GPUID, m telemetry.GPUMetric) {
	key := "gpu_" + strconv.Itoa(id.Index)
	if n := len(sum.Endpoints); n == 0 || sum.Endpoints[n-1].Name != endpoint {
		sum.Endpoints = append(sum.Endpoints, telemetry.GPUEndpoint{Name: endpoint})
	}
	e := &sum.Endpoints[len(sum.Endpoints)-1]
	if n := len(e.GPUs); n == 0 || e.GPUs[n-1].Key != key {
		e.GPUs = append(e.GPUs, telemetry.GPUResult{Key: key, GPUID: id})
	}
	g := &e.GPUs[len(e.GPUs)-1]
	g.Metrics = append(g.Metrics, m)
}
