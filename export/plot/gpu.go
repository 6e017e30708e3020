package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"tacho/engine/metric"
)

// rates is the rate of output tokens over time (s, tokens/s): those of a request
// are spread evenly between its first token and its end. It has two points for
// every change, so that lines between them are steps.
func (v *oneRun) rates() []xy {
	type change struct{ at, by float64 }
	var list []change
	for _, r := range v.Requests {
		first := r.Start.Seconds()
		if !math.IsNaN(r.TTFT) {
			first += r.TTFT / 1000
		}
		if took := r.End.Seconds() - first; took > 0 && r.OSL > 0 {
			list = append(list, change{first, r.OSL / took}, change{r.End.Seconds(), -r.OSL / took})
		}
	}
	slices.SortFunc(list, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	var out []xy
	now := 0.0
	for _, c := range list {
		out = append(out, xy{c.at, max(0, now)})
		now += c.by
		out = append(out, xy{c.at, max(0, now)})
	}
	return out
}

// gpus draws the rate of tokens and, behind it, how busy the GPUs were.
func (v *oneRun) gpus(th *Theme) *frame {
	busy := area{fill: faint(th.color(1), 56), edge: faint(th.color(1), 200)}
	for _, p := range v.GPU {
		if at := p.At.Seconds(); at <= v.Length.Seconds() {
			busy.list = append(busy.list, xy{at, float64(p.GPUUtil)})
		}
	}
	f := &frame{
		title: "Output token throughput and GPU utilization", about: v.about,
		xLabel: timeLabel, yLabel: axis(v.dir, metric.OutputTokenThroughput, ""), right: "GPU utilization (%)",
		xMax:  v.Length.Seconds(),
		marks: []mark{busy, line{v.rates(), th.color(0), 3}},
		legend: []entry{{"output tokens, spread between the first token of a request and its end (left)", th.color(0), entryLine},
			{"GPU utilization (right)", faint(th.color(1), 110), entryArea}},
	}
	if v.GPUs > 1 {
		f.right = fmt.Sprintf("GPU utilization, mean of %d (%%)", v.GPUs)
	}
	return f
}
