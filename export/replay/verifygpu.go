package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// readGPUs reads the streamed GPU samples. There are none, with a reason, when
// the file is missing or damaged, and when the run was so long that its own
// summaries were made of fewer samples than the file holds.
func (v *verifier) readGPUs() error {
	name := v.Names.Of(export.GPUTelemetry)
	f, err := v.open(export.GPUTelemetry)
	if err != nil {
		return err
	}
	if f == nil {
		v.noGPUs = "there is no " + name
		return nil
	}
	defer f.Close()
	store := telemetry.NewGPUStore(v.gpuExtra()...)
	lines := lineReader{r: bufio.NewReaderSize(f, 256<<10)}
	for {
		line, _, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return err
		}
		if err == nil && isBlank(line) {
			continue
		}
		g, bad := aiperf.DecodeGPU(line)
		if err != nil || bad != nil {
			v.noGPUs = name + " is damaged"
			return nil
		}
		store.Add(&g, false)
	}
	if store.Thinned() > 0 || store.Lost() > 0 {
		v.noGPUs = "the summary was made of fewer samples than " + name + " holds"
		return nil
	}
	v.gpus = store
	return nil
}

// gpuPower adds to a recomputed summary the power metrics that the GPU samples
// give, and notes which they are.
func (v *verifier) gpuPower(want *stats.Summary) {
	if v.gpus == nil {
		return
	}
	before := map[metric.ID]bool{}
	for i := range want.Stats {
		before[want.Stats[i].Def.ID] = true
	}
	v.vendors = len(v.gpus.Platforms())
	aiperf.AddPower(v.Registry, want, v.gpus, v.Config.Concurrency)
	for i := range want.Stats {
		if id := want.Stats[i].Def.ID; !before[id] {
			v.power[id] = true
		}
	}
}

// gpuSummaries compares the statistics of the GPUs: those in the summary JSON and
// CSV, and those of the phases.
func (v *verifier) gpuSummaries() error {
	name := v.Names.Of(export.ProfileJSON) + " telemetry_data"
	start, end, ok := v.Window()
	if len(v.Run.Telemetry) > 0 && ok {
		have, err := aiperf.DecodeGPUSummary(v.Run.Telemetry)
		if err != nil {
			return err
		}
		end += telemetry.FinalScrapeGraceNS
		start, end = v.gpuWindow(have, start, end)
		v.gpuSummary(name, false, have, start, end)
	}
	data, err := v.optional(v.Names.Of(export.ProfileCSV))
	if err != nil {
		return err
	}
	if data != nil && len(v.Run.Telemetry) > 0 && ok {
		run, err := aiperf.DecodeProfileCSV(data, v.Registry)
		if err != nil {
			return err
		}
		have, err := aiperf.DecodeGPURows(run.GPURows)
		if err != nil {
			return err
		}
		v.gpuSummary(v.Names.Of(export.ProfileCSV), true, have, start, end)
	}
	for i := range v.Run.Phases {
		name := export.PhaseDir(v.Run.Phases[i].Name) + "/gpu_telemetry.json"
		data, err := v.optional(name)
		if err != nil {
			return err
		}
		if data == nil {
			continue
		}
		p, have, _, err := aiperf.DecodePhaseGPU(data)
		if err != nil {
			return err
		}
		if have != nil {
			start, end := v.gpuWindow(have, p.StartNS, p.EndNS)
			v.gpuSummary(name, false, have, start, end)
		}
	}
	return nil
}

// gpuWindow is the window of a file's statistics: ours are those of the phase,
// AIPerf's begin up to some 10 µs before it, at a time that the file tells as
// local time without a zone.
func (v *verifier) gpuWindow(sum *telemetry.GPUSummary, startNS, endNS int64) (int64, int64) {
	if v.Manifest != nil || sum.StartNS == 0 || sum.EndNS == 0 {
		return startNS, endNS
	}
	zone := (2*(startNS-sum.StartNS) + zoneStep) / (2 * zoneStep) * zoneStep
	if startNS < sum.StartNS {
		zone = (2*(startNS-sum.StartNS) - zoneStep) / (2 * zoneStep) * zoneStep
	}
	return sum.StartNS + zone, sum.EndNS + zone
}

// gpuSummary compares the GPUs of a file with those that the samples between two
// times give; rows says that it is the CSV, which has titles in place of tags.
func (v *verifier) gpuSummary(file string, rows bool, have *telemetry.GPUSummary, startNS, endNS int64) {
	if v.gpus == nil {
		n := 0
		eachGPU(have, func(_ string, m *telemetry.GPUMetric) { n += len(distValues(&m.Dist)) })
		if n > 0 {
			v.report.NotChecked = append(v.report.NotChecked, NotChecked{file, "telemetry_data", n, v.noGPUs})
		}
		return
	}
	key := func(gpu string, m *telemetry.GPUMetric) string {
		if rows {
			return gpu + " " + m.Header
		}
		return gpu + " " + m.Tag
	}
	c := v.compare(file, rows)
	want := map[string][]*telemetry.GPUMetric{} // several where a user gave two one title
	eachGPU(v.gpus.Summary(startNS, endNS), func(gpu string, m *telemetry.GPUMetric) { want[key(gpu, m)] = append(want[key(gpu, m)], m) })
	seen := map[string]int{}
	eachGPU(have, func(gpu string, m *telemetry.GPUMetric) {
		k := key(gpu, m)
		n, list := seen[k], want[k]
		seen[k]++
		if len(list) == 0 {
			c.report.Checked++
			c.differ(k, "", "present", "absent")
			return
		}
		c.gpuDist(k, &m.Dist, &list[min(n, len(list)-1)].Dist) // AIPerf repeats what is listed twice
	})
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if seen[k] == 0 {
			c.report.Checked++
			c.differ(k, "", "absent", "present")
		}
	}
}

// eachGPU goes through the figures of all GPUs, with what tells the GPUs apart.
func eachGPU(sum *telemetry.GPUSummary, do func(gpu string, m *telemetry.GPUMetric)) {
	for i := range sum.Endpoints {
		e := &sum.Endpoints[i]
		for j := range e.GPUs {
			for k := range e.GPUs[j].Metrics {
				do(e.Name+" "+e.GPUs[j].Key, &e.GPUs[j].Metrics[k])
			}
		}
	}
}

type namedValue struct {
	name string
	v    float64
}

// distValues are the numbers of a Dist that are there.
func distValues(d *telemetry.Dist) (out []namedValue) {
	all := []namedValue{{"avg", d.Avg}, {"min", d.Min}, {"max", d.Max}, {"std", d.Std}, {"sum", d.Sum}, {"count", float64(d.Count)}}
	for i, p := range telemetry.Percentiles {
		all = append(all, namedValue{fmt.Sprintf("p%g", p), d.P[i]})
	}
	for _, x := range all {
		if !math.IsNaN(x.v) && (x.name != "count" || x.v >= 0) {
			out = append(out, x)
		}
	}
	return out
}

// gpuDist compares two distributions, number by number.
func (c *comparison) gpuDist(what string, have, want *telemetry.Dist) {
	if c.cents {
		have.Count, want.Count = -1, -1 // the CSV has none
	}
	left := map[string]float64{}
	for _, w := range distValues(want) {
		left[w.name] = w.v
	}
	for _, h := range distValues(have) {
		w, ok := left[h.name]
		delete(left, h.name)
		c.report.Checked++
		switch {
		case !ok:
			c.differ(what, h.name, number(h.v), "absent")
		case !c.near(h.v, w):
			c.differ(what, h.name, number(h.v), number(w))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		c.report.Checked++
		c.differ(what, name, "absent", number(left[name]))
	}
}

// near reports whether two numbers that are made of the same samples agree.
func (c *comparison) near(have, want float64) bool {
	allowed := max(tight*max(math.Abs(have), math.Abs(want)), 1e-12)
	if c.cents {
		allowed += 0.005
	}
	return math.Abs(have-want) <= allowed
}
