//go:build !nonvml && cgo && linux

package telemetry

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/NVIDIA/go-nvml/pkg/nvml"
)

// nvmlGPU is one GPU of this machine.
type nvmlGPU struct {
	lib nvml.Interface
	dev nvml.Device
	id  GPUID
	// pending is the answer under way of a GPU that was too slow.
	pending chan *GPUSample
	// The rest belongs to the call that is under way.
	without map[string]bool // calls that the GPU does not support
	detail  GPUDetail       // the slow figures of the last time
	gpm     *gpmPair
	seen    uint64 // of process samples, microseconds
	nvlink  [2]linkCounter
}

func newNVMLGPU(lib nvml.Interface, dev nvml.Device, index int) *nvmlGPU {
	g := &nvmlGPU{lib: lib, dev: dev, id: nvmlID(dev, index), without: map[string]bool{}, detail: noDetail()}
	g.gpm = newGPMPair(lib, dev)
	return g
}

// ask reads the GPU; nil when it does not answer in time. One that is still busy
// with the last question is not asked again.
func (g *nvmlGPU) ask(ctx context.Context, slow bool) *GPUSample {
	if g.pending != nil {
		select {
		case <-g.pending:
			g.pending = nil
		default:
			return nil
		}
	}
	ch := make(chan *GPUSample, 1)
	go func() { ch <- g.sample(slow) }()
	select {
	case s := <-ch:
		return s
	case <-ctx.Done():
		g.pending = ch
		return nil
	}
}

// try calls f unless the GPU has said that it does not support it. It reports
// whether the call succeeded.
func (g *nvmlGPU) try(call string, f func() nvml.Return) bool {
	if g.without[call] {
		return false
	}
	ret := f()
	switch ret {
	case nvml.ERROR_NOT_SUPPORTED, nvml.ERROR_FUNCTION_NOT_FOUND, nvml.ERROR_ARGUMENT_VERSION_MISMATCH, nvml.ERROR_NO_PERMISSION:
		g.without[call] = true
	}
	return ret == nvml.SUCCESS
}

// sample reads all figures.
func (g *nvmlGPU) sample(slow bool) *GPUSample {
	s := NewGPUSample(g.id, NVMLSource, 0)
	g.fast(&s.Values)
	if slow {
		g.readSlow()
	}
	s.Detail = g.detail
	g.clocks(&s.Detail)
	if g.gpm != nil {
		if m, ok := g.gpm.read(); ok {
			s.Values[SMUtil] = min(m.sm, 100)
			s.Detail.PCIeTx, s.Detail.PCIeRx, s.Detail.NVLinkTx, s.Detail.NVLinkRx = m.pcieTx, m.pcieRx, m.nvlinkTx, m.nvlinkRx
		}
	}
	if s.Values[SMUtil] != s.Values[SMUtil] {
		g.processSM(&s.Values)
	}
	return &s
}

// fast reads the figures of AIPerf's files.
func (g *nvmlGPU) fast(v *Values) {
	d := g.dev
	g.try("power", func() nvml.Return {
		mw, ret := d.GetPowerUsage()
		return v.put(PowerUsage, float64(mw)*wattsPerMilliwatt, ret)
	})
	g.try("energy", func() nvml.Return {
		mj, ret := d.GetTotalEnergyConsumption()
		return v.put(EnergyUsed, float64(mj)*megajoulesPerMJ, ret)
	})
	g.try("utilization", func() nvml.Return {
		u, ret := d.GetUtilizationRates()
		v.put(MemUtil, float64(u.Memory), ret)
		return v.put(GPUUtil, float64(u.Gpu), ret)
	})
	g.try("memory", func() nvml.Return {
		m, ret := d.GetMemoryInfo()
		if ret == nvml.SUCCESS {
			g.detail.MemTotal = float64(m.Total)
		}
		return v.put(MemUsed, float64(m.Used)*gigabytesPerByte, ret)
	})
	g.try("temperature", func() nvml.Return {
		c, ret := d.GetTemperature(nvml.TEMPERATURE_GPU)
		return v.put(Temperature, float64(c), ret)
	})
	g.try("decoder", func() nvml.Return {
		u, _, ret := d.GetDecoderUtilization()
		return v.put(DecoderUtil, float64(u), ret)
	})
	g.try("encoder", func() nvml.Return {
		u, _, ret := d.GetEncoderUtilization()
		return v.put(EncoderUtil, float64(u), ret)
	})
	g.try("jpeg", func() nvml.Return {
		u, _, ret := d.GetJpgUtilization()
		return v.put(JPEGUtil, float64(u), ret)
	})
	g.try("violation", func() nvml.Return {
		t, ret := d.GetViolationStatus(nvml.PERF_POLICY_POWER)
		return v.put(PowerViolation, float64(t.ViolationTime)*usPerNS, ret)
	})
}

// put enters a figure if the call succeeded.
func (v *Values) put(f Field, x float64, ret nvml.Return) nvml.Return {
	if ret == nvml.SUCCESS {
		v[f] = x
	}
	return ret
}

// clocks reads what is shown but not written.
func (g *nvmlGPU) clocks(d *GPUDetail) {
	g.try("sm clock", func() nvml.Return {
		mhz, ret := g.dev.GetClockInfo(nvml.CLOCK_SM)
		return known(&d.SMClock, float64(mhz), ret)
	})
	g.try("memory clock", func() nvml.Return {
		mhz, ret := g.dev.GetClockInfo(nvml.CLOCK_MEM)
		return known(&d.MemClock, float64(mhz), ret)
	})
	g.try("event reasons", func() nvml.Return {
		bits, ret := g.dev.GetCurrentClocksEventReasons()
		if ret == nvml.SUCCESS {
			d.Throttle = throttleWord(bits)
		}
		return ret
	})
}

// known sets a number if the call succeeded, else it is absent.
func known(p *float64, x float64, ret nvml.Return) nvml.Return {
	*p = x
	if ret != nvml.SUCCESS {
		*p = math.NaN()
	}
	return ret
}

// readSlow reads what takes the driver long or hardly changes.
func (g *nvmlGPU) readSlow() {
	d := &g.detail
	g.try("power limit", func() nvml.Return {
		mw, ret := g.dev.GetEnforcedPowerLimit()
		return known(&d.PowerLimit, float64(mw)*wattsPerMilliwatt, ret)
	})
	g.try("max clock", func() nvml.Return {
		mhz, ret := g.dev.GetMaxClockInfo(nvml.CLOCK_SM)
		return known(&d.SMClockMax, float64(mhz), ret)
	})
	if g.gpm == nil {
		g.try("pcie tx", func() nvml.Return {
			kb, ret := g.dev.GetPcieThroughput(nvml.PCIE_UTIL_TX_BYTES)
			return known(&d.PCIeTx, float64(kb)*1000, ret)
		})
		g.try("pcie rx", func() nvml.Return {
			kb, ret := g.dev.GetPcieThroughput(nvml.PCIE_UTIL_RX_BYTES)
			return known(&d.PCIeRx, float64(kb)*1000, ret)
		})
		g.try("nvlink", g.readNVLink)
	}
	g.try("processes", func() nvml.Return {
		list, ret := g.dev.GetComputeRunningProcesses()
		d.Processes, d.ProcessMem = -1, math.NaN()
		if ret != nvml.SUCCESS {
			return ret
		}
		d.Processes = len(list)
		for _, p := range list {
			// The driver does not tell those of other containers.
			if p.UsedGpuMemory != math.MaxUint64 {
				d.ProcessMem = orZero(d.ProcessMem) + float64(p.UsedGpuMemory)
			}
		}
		return ret
	})
	d.MIG = g.instances()
}

// linkCounter is a counter of bytes and when it was read.
type linkCounter struct {
	bytes float64
	at    time.Time
}

// rate is by how much it grew per second since the last call.
func (c *linkCounter) rate(bytes float64, now time.Time) float64 {
	was := *c
	*c = linkCounter{bytes, now}
	if was.at.IsZero() || bytes < was.bytes {
		return math.NaN()
	}
	return (bytes - was.bytes) / now.Sub(was.at).Seconds()
}

// allLinks asks for the sum over all NVLinks.
const allLinks = math.MaxUint32

// readNVLink reads the counters of data over NVLink, in KiB.
func (g *nvmlGPU) readNVLink() nvml.Return {
	fields := []nvml.FieldValue{
		{FieldId: nvml.FI_DEV_NVLINK_THROUGHPUT_DATA_TX, ScopeId: allLinks},
		{FieldId: nvml.FI_DEV_NVLINK_THROUGHPUT_DATA_RX, ScopeId: allLinks},
	}
	g.detail.NVLinkTx, g.detail.NVLinkRx = math.NaN(), math.NaN()
	if ret := g.dev.GetFieldValues(fields); ret != nvml.SUCCESS {
		return ret
	}
	now := time.Now()
	for i, p := range []*float64{&g.detail.NVLinkTx, &g.detail.NVLinkRx} {
		if ret := nvml.Return(fields[i].NvmlReturn); ret != nvml.SUCCESS {
			return ret
		}
		kib := binary.NativeEndian.Uint64(fields[i].Value[:])
		*p = g.nvlink[i].rate(float64(kib)*bytesPerKibibyte, now)
	}
	return nvml.SUCCESS
}

// processSM makes the utilization of the SMs of that of the processes, where the
// GPU does not tell it itself.
func (g *nvmlGPU) processSM(v *Values) {
	g.try("process utilization", func() nvml.Return {
		list, ret := g.dev.GetProcessUtilization(g.seen)
		switch ret {
		case nvml.ERROR_NOT_FOUND: // nothing ran since
			v[SMUtil] = 0
			return ret
		case nvml.SUCCESS:
		default:
			return ret
		}
		latest := map[uint32]nvml.ProcessUtilizationSample{}
		for _, p := range list {
			if p.TimeStamp >= latest[p.Pid].TimeStamp {
				latest[p.Pid] = p
			}
			g.seen = max(g.seen, p.TimeStamp)
		}
		total := 0.0
		for _, p := range latest {
			total += float64(p.SmUtil)
		}
		v[SMUtil] = min(total, 100)
		return ret
	})
}

func (g *nvmlGPU) free() {
	if g.gpm != nil {
		g.gpm.free()
	}
}
