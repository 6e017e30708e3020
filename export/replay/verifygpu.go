package replay

import (
	"bufio"
	"errors"
	"io"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// gpuPower adds to a recomputed summary the power metrics that the streamed GPU
// samples give, and notes which they are. It adds none when there is no such
// file, when it is damaged, and when the run was so long that its own summary was
// made of fewer samples than the file holds.
func (v *verifier) gpuPower(want *stats.Summary) error {
	f, err := v.open(export.GPUTelemetry)
	if f == nil || err != nil {
		return err
	}
	defer f.Close()
	store := telemetry.NewGPUStore()
	lines := lineReader{r: bufio.NewReaderSize(f, 256<<10)}
	for {
		line, _, err := lines.next()
		if err == io.EOF {
			break
		}
		if errors.Is(err, errLongLine) {
			return nil
		}
		if err != nil {
			return err
		}
		if isBlank(line) {
			continue
		}
		g, err := aiperf.DecodeGPU(line)
		if err != nil {
			return nil
		}
		store.Add(&g, false)
	}
	if store.Thinned() > 0 || store.Lost() > 0 {
		return nil
	}
	before := map[metric.ID]bool{}
	for i := range want.Stats {
		before[want.Stats[i].Def.ID] = true
	}
	v.vendors = len(store.Platforms())
	aiperf.AddPower(v.Registry, want, store, v.Config.Concurrency)
	for i := range want.Stats {
		if id := want.Stats[i].Def.ID; !before[id] {
			v.power[id] = true
		}
	}
	return nil
}
