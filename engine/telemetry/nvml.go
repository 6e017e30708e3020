//go:build !nonvml && cgo && linux

package telemetry

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/NVIDIA/go-nvml/pkg/nvml"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// OpenNVML finds the NVIDIA GPUs of this machine through the driver's library.
// The error says what is missing and what to try.
func OpenNVML() (GPUSource, error) { return openNVML(nvml.New()) }

// nvmlSource reads the GPUs of this machine. Each is asked in a goroutine of its
// own: one that hangs is missing, the others are not.
type nvmlSource struct {
	lib  nvml.Interface
	gpus []*nvmlGPU
	xids *xidWatch
	// patience is how long a GPU may take for an answer.
	patience time.Duration
	turn     int
}

// nvmlPatience is how long one GPU may take.
const nvmlPatience = 250 * time.Millisecond

// slowEvery is every how many readings the slow or dull figures are read: PCIe
// throughput alone takes the driver 20 ms.
const slowEvery = 3

func openNVML(lib nvml.Interface) (*nvmlSource, error) {
	switch ret := lib.Init(); ret {
	case nvml.SUCCESS:
	case nvml.ERROR_LIBRARY_NOT_FOUND:
		return nil, noNVML("libnvidia-ml.so.1 was not found; install the NVIDIA driver, or give --gpu-telemetry the address of a DCGM exporter")
	default:
		return nil, noNVML(ret.String() + "; does nvidia-smi work here?")
	}
	s := &nvmlSource{lib: lib, patience: nvmlPatience}
	n, ret := lib.DeviceGetCount()
	if ret != nvml.SUCCESS || n == 0 {
		lib.Shutdown()
		if ret != nvml.SUCCESS {
			return nil, noNVML(ret.String())
		}
		return nil, noNVML("it shows no GPU; are they passed into this container?")
	}
	for i := range n {
		dev, ret := lib.DeviceGetHandleByIndex(i)
		if ret != nvml.SUCCESS {
			continue // lost or forbidden
		}
		s.gpus = append(s.gpus, newNVMLGPU(lib, dev, i))
	}
	if len(s.gpus) == 0 {
		lib.Shutdown()
		return nil, noNVML("none of its GPUs may be read")
	}
	s.xids = watchXIDs(lib, s.gpus)
	return s, nil
}

// Name implements GPUSource.
func (s *nvmlSource) Name() string { return NVMLSource }

// Read implements GPUSource.
func (s *nvmlSource) Read(ctx context.Context) (GPUReading, error) {
	slow := s.turn%slowEvery == 0
	s.turn++
	s.xids.drain()
	at := record.Wall(record.Now())
	limited, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	answers := make([]*GPUSample, len(s.gpus))
	var wg sync.WaitGroup
	for i, g := range s.gpus {
		wg.Go(func() { answers[i] = g.ask(limited, slow) })
	}
	wg.Wait()
	var r GPUReading
	var missing []string
	for i, a := range answers {
		switch {
		case a == nil:
			missing = append(missing, fmt.Sprintf("GPU %d does not answer", s.gpus[i].id.Index))
		case a.Values.empty():
			missing = append(missing, fmt.Sprintf("GPU %d is lost", s.gpus[i].id.Index))
		default:
			a.AtNS = at
			if xid, known := s.xids.last(i); known {
				a.Values[XIDErrors] = xid
			}
			r.Samples = append(r.Samples, *a)
		}
	}
	r.Missing = strings.Join(missing, ", ")
	if len(r.Samples) == 0 {
		return r, fmt.Errorf("%s", r.Missing)
	}
	return r, nil
}

// Close implements GPUSource. With a GPU that hangs the library stays open: to
// shut it down would hang too.
func (s *nvmlSource) Close() {
	for _, g := range s.gpus {
		if g.pending != nil {
			select {
			case <-g.pending:
			default:
				return
			}
		}
		g.free()
	}
	s.xids.free()
	s.lib.Shutdown()
}

// nvmlID is what does not change of a GPU.
func nvmlID(dev nvml.Device, index int) GPUID {
	id := GPUID{Index: index, UUID: fmt.Sprintf("GPU-unknown-%d", index), Model: "Unknown GPU", Device: fmt.Sprintf("nvidia%d", index), Host: "localhost", Platform: metric.NVIDIA}
	if v, ret := dev.GetUUID(); ret == nvml.SUCCESS {
		id.UUID = v
	}
	if v, ret := dev.GetName(); ret == nvml.SUCCESS {
		id.Model = v
	}
	if v, ret := dev.GetPciInfo(); ret == nvml.SUCCESS {
		id.PCIBusID = cString(v.BusId[:])
	}
	return id
}

func cString(b []int8) string {
	var out []byte
	for _, c := range b {
		if c == 0 {
			break
		}
		out = append(out, byte(c))
	}
	return string(out)
}
