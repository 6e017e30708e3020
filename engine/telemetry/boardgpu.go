package telemetry

import (
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// boardGPU is one GPU on a Board.
type boardGPU struct {
	gpu     snap.GPU
	history history[snap.GPUPoint]
	// first is the energy counter at the last sample before the phase, or else
	// the first in it, J; base is what was counted before it started anew.
	first, last, base float64
	atNS              int64
}

func newBoardGPU(g *GPUSample) *boardGPU {
	b := &boardGPU{first: nan, last: nan, history: history[snap.GPUPoint]{limit: snap.HistoryPoints}}
	b.gpu = snap.GPU{
		Source: sourceLabel(g.Source), Index: g.Index, UUID: g.UUID, Name: g.Model,
		Host: g.Host, Namespace: g.Namespace, Pod: g.Pod, Platform: string(g.Platform),
	}
	return b
}

// sourceLabel is a source for the screen.
func sourceLabel(source string) string {
	switch source {
	case NVMLSource:
		return "nvml"
	case AMDSMISource:
		return "amdsmi"
	}
	return SourceName(source)
}

// vendorView says which of a vendor's figures stand for what on the screen.
var vendorView = map[metric.Vendor]struct{ power, energy, util, memUtil, memUsed, temp Field }{
	metric.NVIDIA: {PowerUsage, EnergyUsed, GPUUtil, MemUtil, MemUsed, Temperature},
	metric.AMD:    {AMDPower, AMDEnergy, AMDGFXActivity, AMDUMCActivity, AMDMemUsed, AMDTemperature},
}

func (b *boardGPU) add(s *GPUSample, at, latency time.Duration) {
	g, v, d := &b.gpu, &s.Values, &s.Detail
	view, ok := vendorView[s.Platform]
	if !ok {
		view = vendorView[metric.NVIDIA]
	}
	b.atNS = s.AtNS
	g.At, g.Latency = at, latency
	g.Util, g.MemUtil, g.SMUtil = v[view.util], v[view.memUtil], v[SMUtil]
	g.Encoder, g.Decoder, g.JPEG = v[EncoderUtil], v[DecoderUtil], v[JPEGUtil]
	g.MemUsed, g.MemTotal = v[view.memUsed]/gigabytesPerByte, d.MemTotal
	g.Power, g.PowerLimit = v[view.power], d.PowerLimit
	g.Energy = b.energy(v[view.energy]*1e6, at < 0)
	g.Temp = v[view.temp]
	g.SMClock, g.SMClockMax, g.MemClock = d.SMClock, d.SMClockMax, d.MemClock
	g.PCIeTx, g.PCIeRx, g.NVLinkTx, g.NVLinkRx = d.PCIeTx, d.PCIeRx, d.NVLinkTx, d.NVLinkRx
	g.XID, g.PowerViolation = v[XIDErrors], v[PowerViolation]
	g.ProcessMem, g.Processes = d.ProcessMem, d.Processes
	g.Throttle, g.MIG = d.Throttle, d.MIG
	if v[AMDThrottle] > 0 && g.Throttle == "" {
		g.Throttle = "throttled"
	}
	b.history.add(snap.GPUPoint{
		At: at, Util: float32(g.Util), MemUsed: float32(g.MemUsed), Power: float32(g.Power), Temp: float32(g.Temp), SMClock: float32(g.SMClock),
	})
}

// rebase moves the GPU's times by so much, to those of a phase that begins.
func (b *boardGPU) rebase(by time.Duration) {
	b.gpu.At -= by
	b.history.move(func(p *snap.GPUPoint) { p.At -= by })
	b.first, b.base = b.last, 0
	b.gpu.Energy = b.last - b.first
}

// energy is what was used since the phase began, from a counter in J that may
// start anew; before is a sample of the time before the phase.
func (b *boardGPU) energy(joules float64, before bool) float64 {
	switch {
	case joules != joules:
	case b.first != b.first || before:
		b.first, b.last, b.base = joules, joules, 0
	default:
		if joules < b.last {
			b.base += b.last - b.first
			b.first = joules
		}
		b.last = joules
	}
	return b.base + b.last - b.first
}
