package plot

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"

	"tacho/engine/metric"
	"tacho/export"
	"tacho/export/replay"
)

// single are the pictures of one run.
func single(ctx context.Context, d *replay.Dir) ([]Picture, error) {
	r, err := d.Draw(ctx)
	if err != nil {
		return nil, err
	}
	v := &oneRun{dir: d, Drawn: r, about: about(d, r)}
	noRecords := missing(d, export.Records)
	if noRecords == "" && len(r.Requests) == 0 {
		noRecords = fmt.Sprintf("no measured request succeeded, %d failed", r.Failed)
	}
	noTTFT := noRecords
	if noTTFT == "" && len(v.ttfts()) == 0 {
		noTTFT = "no request has a " + header(d, metric.TTFT) + ": the run was not streamed"
	}
	slices, whySlices := v.slicesOf(metric.TTFT)
	itls, whyITLs := v.slicesOf(metric.ITL)
	noGPU := cmp.Or(noRecords, missing(d, export.GPUTelemetry))
	if noGPU == "" && len(r.GPU) == 0 {
		noGPU = "no GPU was watched: there is no " + d.Names.Of(export.GPUTelemetry) + ", or no sample in it lies within the run"
	}
	if noGPU == "" && len(v.rates()) == 0 {
		noGPU = "no request has a number of output tokens"
	}
	return []Picture{
		{Name: "ttft_over_time.png", Missing: noTTFT, draw: v.overTime},
		{Name: "ttft_timeline.png", Missing: noTTFT, draw: v.timeline},
		{Name: "timeslices_ttft.png", Missing: whySlices, draw: slices.draw},
		{Name: "timeslices_itl.png", Missing: whyITLs, draw: itls.draw},
		{Name: "gpu_utilization_and_throughput_over_time.png", Missing: noGPU, draw: v.gpus},
	}, nil
}

// missing says why a file is not there or cannot be read, if that was noticed.
func missing(d *replay.Dir, k export.Kind) string {
	for _, m := range d.Missing {
		if m.Name == d.Names.Of(k) {
			return "no " + m.Name + ": " + m.Why
		}
	}
	return ""
}

// oneRun is a run to draw.
type oneRun struct {
	*replay.Drawn
	dir   *replay.Dir
	about string
}

// about is the line below the title: which run it is.
func about(d *replay.Dir, r *replay.Drawn) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(strings.Join(d.Config.Models, ", "))
	add(d.Config.EndpointType)
	add(d.LoadTitle())
	if d.Manifest != nil && d.Manifest.Simulated {
		add("SIMULATED server")
	}
	if n := len(r.Requests); n > 0 {
		text := fmt.Sprintf("%d requests", n)
		if r.Failed > 0 {
			text += fmt.Sprintf(" (%d more failed)", r.Failed)
		}
		add(text)
	}
	if r.Damaged > 0 {
		add(fmt.Sprintf("%d lines of the records are damaged", r.Damaged))
	}
	return strings.Join(parts, "  ·  ")
}

// header is a metric's name.
func header(d *replay.Dir, tag metric.Tag) string {
	if def, ok := d.Registry.Lookup(tag); ok {
		return cmp.Or(def.Header, string(tag))
	}
	return string(tag)
}

// axis is a metric's name with its unit; stat, if any, is between them.
func axis(d *replay.Dir, tag metric.Tag, stat string) string {
	name := header(d, tag)
	if stat != "" {
		name += " " + stat
	}
	if def, ok := d.Registry.Lookup(tag); ok && def.Unit != "" {
		name += fmt.Sprintf(" (%s)", def.Unit)
	}
	return name
}

// ttfts are the times to the first token by the number of the request.
func (v *oneRun) ttfts() (list []xy) {
	for i, r := range v.Requests {
		if !math.IsNaN(r.TTFT) {
			list = append(list, xy{float64(i + 1), r.TTFT})
		}
	}
	return list
}

func (v *oneRun) overTime(th *Theme) *frame {
	list := v.ttfts()
	return &frame{
		title: "TTFT per request", about: v.about,
		xLabel: "Request number, in order of their ends", yLabel: axis(v.dir, metric.TTFT, ""),
		xMax:  float64(len(v.Requests)) * 1.01,
		marks: []mark{dots{list, faint(th.color(0), 210), dotRadius(len(list))}},
	}
}

func (v *oneRun) timeline(th *Theme) *frame {
	var prefill, decode []bar
	for _, r := range v.Requests {
		if math.IsNaN(r.TTFT) {
			continue
		}
		start, end := r.Start.Seconds(), r.End.Seconds()
		first := min(start+r.TTFT/1000, end)
		prefill = append(prefill, bar{start, first, r.TTFT})
		decode = append(decode, bar{first, end, r.TTFT})
	}
	wide := 4.0
	if len(prefill) > 500 {
		wide = 2
	}
	after := faint(th.color(1), 190)
	return &frame{
		title: "Requests over time by their TTFT", about: v.about,
		xLabel: timeLabel, yLabel: axis(v.dir, metric.TTFT, ""),
		marks:  []mark{bars{decode, after, wide, 1}, bars{prefill, th.color(0), wide, 0}},
		legend: []entry{{"until the first token (prefill)", th.color(0), entryLine}, {"from the first token to the end (decode)", after, entryLine}},
	}
}

// timeLabel is that of an axis of time.
const timeLabel = "Time since the start (s)"
