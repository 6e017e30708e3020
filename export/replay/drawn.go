package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/stats"
	"tacho/export"
	"tacho/export/aiperf"
)

// Drawn is what pictures of one run are made of. Times count from the start of
// the first measured phase.
type Drawn struct {
	// Requests are the measured ones that succeeded, in order of their ends.
	Requests []DrawnRequest
	Failed   int // measured requests that failed
	Damaged  int64
	Length   time.Duration // until the last measured phase ended
	// GPU is the course of the GPUs, GPUs how many there are.
	GPU  []snap.SensorPoint
	GPUs int
}

// DrawnRequest is a request as far as it is drawn.
type DrawnRequest struct {
	Start, End time.Duration
	TTFT       float64 // ms; NaN without
	OSL        float64 // tokens; NaN without
}

// Draw reads what pictures of the run are made of. A directory without records
// gives none of them.
func (d *Dir) Draw(ctx context.Context) (*Drawn, error) {
	out := &Drawn{}
	t, err := d.load(ctx, loadOptions{gapLimit: gapMemory})
	if errors.Is(err, os.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Path, err)
	}
	defer t.close()
	d.inferContext(t)
	m := newMeter(t, d.Registry, d.Context)
	tracks := slices.DeleteFunc(d.layout(t, m), func(k *track) bool { return k.Kind == record.Warmup })
	gpus, err := d.openGPUs()
	if err != nil {
		d.miss(export.GPUTelemetry, err.Error())
	}
	defer gpus.close()
	out.Damaged = t.damage.Lines
	for _, k := range tracks {
		from := k.origin - tracks[0].origin
		out.Length = max(out.Length, time.Duration(from)+k.length)
		for row := k.lo; row < k.hi; row++ {
			if t.flags[row]&rowFailed != 0 {
				out.Failed++
				continue
			}
			out.Requests = append(out.Requests, DrawnRequest{
				Start: time.Duration(t.start[row] - tracks[0].origin), End: time.Duration(t.end[row] - tracks[0].origin),
				TTFT: t.value(m.ttft, row), OSL: t.value(m.osl, row),
			})
		}
		if gpus == nil {
			continue
		}
		points, _ := gpus.follow(k)
		for _, p := range points {
			p.At += time.Duration(from)
			out.GPU = append(out.GPU, p)
		}
	}
	if gpus != nil && len(out.GPU) > 0 {
		out.GPUs = gpus.gpus.each
	}
	return out, nil
}

// openGPUs is openSensors for the GPUs alone; nil when there are none.
func (d *Dir) openGPUs() (*sensors, error) {
	f, err := d.open(export.GPUTelemetry)
	if f == nil {
		return nil, err
	}
	x, err := indexLines(f)
	if err != nil {
		return nil, err
	}
	x.count(gpuOf)
	return &sensors{gpus: x}, nil
}

// CountGPUs is how many GPUs were watched, 0 when none were.
func (d *Dir) CountGPUs() (int, error) {
	s, err := d.openGPUs()
	if s == nil {
		return 0, err
	}
	defer s.close()
	if len(s.gpus.lines) == 0 {
		return 0, nil
	}
	return s.gpus.each, nil
}

// Slices reads the time slices; the error tells why there are none.
func (d *Dir) Slices() ([]stats.Slice, error) {
	name := d.Names.Of(export.SlicesJSON)
	data, err := os.ReadFile(d.file(export.SlicesJSON))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no %s: the run had no --slice-duration", name)
	}
	if err != nil {
		return nil, err
	}
	list, _, err := aiperf.DecodeSlicesJSON(data, d.Registry)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no slice", name)
	}
	return list, nil
}

// LoadLabel names the load in as few characters as tell it from others: the
// concurrency, or the rate as in "25/s". It is empty when neither is known.
func (d *Dir) LoadLabel() string {
	switch {
	case d.Config.Rate > 0:
		return strconv.FormatFloat(d.Config.Rate, 'g', 6, 64) + "/s"
	case d.Config.Concurrency > 0:
		return strconv.Itoa(d.Config.Concurrency)
	}
	return ""
}

// LoadTitle says in words what load the measured phase was to put on the
// server; it is empty when that is not known.
func (d *Dir) LoadTitle() string { return planOf(d.profile(), profilingPhase).load }
