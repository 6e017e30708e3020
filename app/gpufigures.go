package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"tacho/engine/telemetry"
	"tacho/profiles"
)

// gpuFigures reads the list of further GPU figures that a profile names. note
// says what of it is not read.
func gpuFigures(p *profiles.Profile) (figures []telemetry.ExtraField, note string, err error) {
	g := &p.GPUTelemetry
	if g.MetricsFile.V == "" || !g.Enabled.V {
		return nil, "", nil
	}
	name := string(g.MetricsFile.V)
	f, err := os.Open(name)
	if err != nil {
		return nil, "", badList(name, err)
	}
	defer f.Close()
	figures, passed, err := telemetry.ReadGPUList(f)
	if err != nil {
		return nil, "", badList(name, err)
	}
	switch {
	case len(figures) > 0 && g.Collector.V != "dcgm" && len(g.URLs.V) == 0:
		note = fmt.Sprintf("the figures of %s come from DCGM pages alone, and no page is read with %s", name, g.Collector.V)
	case len(passed) > 0:
		note = fmt.Sprintf("%s: left out, as AIPerf has no numbers of them: %s", name, strings.Join(passed, ", "))
	}
	return figures, note, nil
}

// badList is what is wrong with such a list.
func badList(name string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err // it has the name once more
	}
	return usagef("--gpu-telemetry %s: %w", name, err)
}

// unseen says which of the listed figures no GPU had; empty when all were there,
// and when there was no GPU.
func unseen(p *profiles.Profile, store *telemetry.GPUStore) string {
	names := store.Unseen()
	if len(names) == 0 || len(store.GPUs()) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: no page had %s; its exporter must be told to show that", p.GPUTelemetry.MetricsFile.V, strings.Join(names, ", "))
}

// amdNotice says what becomes of --gpu-telemetry amdsmi: AIPerf asks AMD's own
// Python library, which there is none of here.
func amdNotice(pages bool) string {
	const not = "--gpu-telemetry amdsmi: AMD's driver is not asked by tacho"
	if pages {
		return not + "; AMD's GPUs are read from the given pages alone"
	}
	return not + ", so there are no GPU figures; run AMD's device metrics exporter and give its page instead: --gpu-telemetry http://HOST:5000/metrics"
}
