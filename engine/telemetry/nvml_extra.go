//go:build !nonvml && cgo && linux

package telemetry

import (
	"math"
	"strings"

	"github.com/NVIDIA/go-nvml/pkg/nvml"

	"tacho/engine/snap"
)

// gpmPair measures between two samples of a GPU's own performance monitor, which
// Hopper and later have.
type gpmPair struct {
	lib       nvml.Interface
	dev       nvml.Device
	was, last nvml.GpmSample
}

// gpmFigures are what it tells. NaN is absent.
type gpmFigures struct{ sm, pcieTx, pcieRx, nvlinkTx, nvlinkRx float64 }

// newGPMPair takes the first sample; nil when the GPU has no monitor.
func newGPMPair(lib nvml.Interface, dev nvml.Device) *gpmPair {
	if s, ret := lib.GpmQueryDeviceSupport(dev); ret != nvml.SUCCESS || s.IsSupportedDevice == 0 {
		return nil
	}
	g := &gpmPair{lib: lib, dev: dev}
	var ret nvml.Return
	if g.was, ret = lib.GpmSampleAlloc(); ret != nvml.SUCCESS {
		return nil
	}
	if g.last, ret = lib.GpmSampleAlloc(); ret != nvml.SUCCESS {
		g.was.Free()
		return nil
	}
	if g.was.Get(dev) != nvml.SUCCESS {
		g.free()
		return nil
	}
	return g
}

// read measures since the last time.
func (g *gpmPair) read() (f gpmFigures, ok bool) {
	f = gpmFigures{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	if g.last.Get(g.dev) != nvml.SUCCESS {
		return f, false
	}
	wanted := []struct {
		id    nvml.GpmMetricId
		at    *float64
		scale float64
	}{
		{nvml.GPM_METRIC_SM_UTIL, &f.sm, 1},
		{nvml.GPM_METRIC_PCIE_TX_PER_SEC, &f.pcieTx, bytesPerMebibyte},
		{nvml.GPM_METRIC_PCIE_RX_PER_SEC, &f.pcieRx, bytesPerMebibyte},
		{nvml.GPM_METRIC_NVLINK_TOTAL_TX_PER_SEC, &f.nvlinkTx, bytesPerMebibyte},
		{nvml.GPM_METRIC_NVLINK_TOTAL_RX_PER_SEC, &f.nvlinkRx, bytesPerMebibyte},
	}
	get := nvml.GpmMetricsGetType{NumMetrics: uint32(len(wanted)), Sample1: g.was, Sample2: g.last}
	for i, w := range wanted {
		get.Metrics[i].MetricId = uint32(w.id)
	}
	ret := g.lib.GpmMetricsGet(&get)
	g.was, g.last = g.last, g.was
	if ret != nvml.SUCCESS {
		return f, false
	}
	for i, w := range wanted {
		if m := &get.Metrics[i]; nvml.Return(m.NvmlReturn) == nvml.SUCCESS && isFinite(m.Value) {
			*w.at = m.Value * w.scale
		}
	}
	return f, f.sm == f.sm
}

func (g *gpmPair) free() {
	g.was.Free()
	g.last.Free()
}

// xidWatch collects the driver's reports of errors.
type xidWatch struct {
	set    nvml.EventSet
	byUUID map[string]int
	xid    []float64 // of each GPU, NaN where they are not reported
}

// watchXIDs asks the driver to report errors; where it does not, none are known,
// which is not the same as none.
func watchXIDs(lib nvml.Interface, gpus []*nvmlGPU) *xidWatch {
	w := &xidWatch{byUUID: map[string]int{}}
	for range gpus {
		w.xid = append(w.xid, math.NaN())
	}
	set, ret := lib.EventSetCreate()
	if ret != nvml.SUCCESS {
		return w
	}
	w.set = set
	for i, g := range gpus {
		if g.dev.RegisterEvents(nvml.EventTypeXidCriticalError, set) == nvml.SUCCESS {
			w.xid[i] = 0
			w.byUUID[g.id.UUID] = i
		}
	}
	return w
}

// mostEvents bounds what is taken at a time.
const mostEvents = 64

// drain takes the reports that wait.
func (w *xidWatch) drain() {
	if w.set == nil {
		return
	}
	for range mostEvents {
		e, ret := w.set.Wait(0)
		if ret != nvml.SUCCESS {
			return
		}
		if e.EventType != nvml.EventTypeXidCriticalError || e.Device == nil {
			continue
		}
		if uuid, ret := e.Device.GetUUID(); ret == nvml.SUCCESS {
			if i, ok := w.byUUID[uuid]; ok {
				w.xid[i] = float64(e.EventData)
			}
		}
	}
}

// last is the number of the GPU's last error, 0 for none so far.
func (w *xidWatch) last(gpu int) (float64, bool) {
	v := w.xid[gpu]
	return v, v == v
}

func (w *xidWatch) free() {
	if w.set != nil {
		w.set.Free()
	}
}

// instances lists the MIG instances of a GPU, nil when it is not partitioned.
func (g *nvmlGPU) instances() (out []snap.MIG) {
	on := false
	g.try("mig mode", func() nvml.Return {
		current, _, ret := g.dev.GetMigMode()
		on = ret == nvml.SUCCESS && current == nvml.DEVICE_MIG_ENABLE
		return ret
	})
	if !on {
		return nil
	}
	n, ret := g.dev.GetMaxMigDeviceCount()
	if ret != nvml.SUCCESS {
		return nil
	}
	for i := range n {
		dev, ret := g.dev.GetMigDeviceHandleByIndex(i)
		if ret != nvml.SUCCESS {
			continue // the slot is empty
		}
		out = append(out, migOf(dev))
	}
	return out
}

func migOf(dev nvml.Device) snap.MIG {
	m := snap.MIG{GI: -1, CI: -1, MemUsed: math.NaN(), MemTotal: math.NaN()}
	if v, ret := dev.GetUUID(); ret == nvml.SUCCESS {
		m.UUID = v
	}
	if v, ret := dev.GetName(); ret == nvml.SUCCESS {
		// NVIDIA A100-SXM4-40GB MIG 1g.5gb
		if _, profile, ok := strings.Cut(v, " MIG "); ok {
			m.Profile = profile
		}
	}
	if v, ret := dev.GetGpuInstanceId(); ret == nvml.SUCCESS {
		m.GI = v
	}
	if v, ret := dev.GetComputeInstanceId(); ret == nvml.SUCCESS {
		m.CI = v
	}
	if v, ret := dev.GetMemoryInfo(); ret == nvml.SUCCESS {
		m.MemUsed, m.MemTotal = float64(v.Used), float64(v.Total)
	}
	return m
}
