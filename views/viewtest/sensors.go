package viewtest

import (
	"fmt"
	"math"
	"time"

	"tacho/engine/snap"
)

// Watched is a run beside which GPUs on hosts and a server of a known make were
// watched. The second GPU is held down by its power cap; with many, one has not
// been read lately and one had an error.
func Watched(gpus, hosts int) *snap.Snapshot {
	s := Steered()
	watch(s, gpus, hosts)
	return s
}

// Busy is a run at an age, as Run.At, beside which GPUs and a server were
// watched whose figures change with each reading.
func (r *Run) Busy(at time.Duration, gpus, hosts int) *snap.Snapshot {
	s := r.At(at)
	watch(s, gpus, hosts)
	read := at.Truncate(300 * time.Millisecond)
	of := func(i int, base float64) float64 { return wave(uint64(300+i), read, base, 0.03, 0.03) }
	for i := range s.GPUs {
		g := &s.GPUs[i]
		g.Util, g.MemUtil, g.SMUtil = of(i, 90), of(i, 61), of(i, 74)
		g.Power, g.Temp, g.SMClock, g.MemUsed = of(i, 600), of(i, 64), of(i, 1755), of(i, 61e9)
		g.PCIeTx, g.PCIeRx, g.NVLinkTx, g.NVLinkRx = of(i, 1.2e9), of(i, 0.31e9), of(i, 41e9), of(i, 40e9)
		g.Energy, g.Latency = 600*at.Seconds(), time.Duration(of(i, 2.1e6))
	}
	v := &s.Servers[0]
	v.Running, v.Waiting, v.KVUse, v.GenTokSec, v.PromptTokSec = of(0, 60), of(1, 4), of(2, 0.7), of(3, 3512), of(4, 6300)
	v.TTFT, v.ITL, v.Latency, v.Queue = of(5, 171), of(6, 18.1), of(7, 2640), of(8, 21)
	v.TTFTNow, v.ITLNow, v.Finished, v.ScrapeLatency = of(9, 168), of(10, 18), 12.3*at.Seconds(), time.Duration(of(11, 2.3e6))
	return s
}

// watch puts GPUs and a server beside a run.
func watch(s *snap.Snapshot, gpus, hosts int) {
	nan := math.NaN()
	for i := range gpus {
		host := i * hosts / gpus
		d := snap.GPU{
			Source: fmt.Sprintf("node-%d:9400", host), Index: i - (host*gpus+hosts-1)/hosts, UUID: fmt.Sprintf("GPU-%04d", i), Name: "NVIDIA H100 80GB HBM3",
			Host: fmt.Sprintf("node-%d", host), Platform: "nvidia",
			Util: 92 - float64(i%7), MemUtil: 61, SMUtil: 74, Encoder: 0, Decoder: 0, JPEG: nan,
			MemUsed: 61.2e9, MemTotal: 85.5e9, Power: 612 - float64(i%9)*3, PowerLimit: 700, Energy: 44_000, Temp: 66 - float64(i%5),
			SMClock: 1755, SMClockMax: 1980, MemClock: 2619, PCIeTx: 1.2e9, PCIeRx: 0.31e9, NVLinkTx: 41e9, NVLinkRx: 40e9,
			PowerViolation: 0, ProcessMem: 60.8e9, Processes: 1, At: s.At, Latency: 2100 * time.Microsecond,
		}
		switch i {
		case 1:
			d.Throttle, d.SMClock = "power cap", 1410
		case 2:
			d.MIG = []snap.MIG{{Profile: "3g.40gb", MemUsed: 21e9, MemTotal: 42e9}, {GI: 2, CI: 0, MemUsed: nan, MemTotal: nan}}
		case 6:
			d.Stale = 4 * time.Second
		case 7:
			d.XID = 79
		}
		for t := max(0, s.At-80*time.Second); t < s.At; t += 333 * time.Millisecond {
			d.History = append(d.History, snap.GPUPoint{At: t, Util: float32(wave(uint64(200+i), t, 88, 0.06, 0.03)), MemUsed: 61e9, Power: 600, Temp: 66, SMClock: 1755})
		}
		s.GPUs = append(s.GPUs, d)
	}
	s.Servers = []snap.ServerState{server(s.At)}
	s.SensorWidth = 500 * time.Millisecond
	for t := s.SensorWidth / 2; t < s.At; t += s.SensorWidth {
		s.Sensors = append(s.Sensors, snap.SensorPoint{
			At: t, GPUUtil: float32(wave(201, t, 88, 0.06, 0.03)), GPUPower: float32(wave(202, t, 590*float64(gpus), 0.03, 0.02)), GPUMem: float32(gpus) * 61.2e9, GPUTemp: 66,
			Running: 62, Waiting: float32(wave(203, t, 3, 0.5, 0.4)), KVUse: float32(wave(204, t, 0.7, 0.05, 0.02)), GenTokSec: float32(wave(205, t, 3500, 0.03, 0.02)),
		})
	}
	s.Cost = snap.Cost{PerHour: 4.2, PerMTok: 0.62, PerGoodMTok: 0.64, Joules: 44_000, Watts: 600 * float64(gpus), JoulesPerTok: 0.41, JoulesPerGoodTok: 0.43}
}

// server is what a page of vLLM tells.
func server(at time.Duration) snap.ServerState {
	v := snap.ServerState{
		Name: "gpu-box:8000", Kind: "vLLM", Running: 62, Waiting: 3, KVUse: 0.71, HitRate: 0.41, HitRatePhase: 0.38, Preemptions: 2, Finished: 884,
		PromptTokSec: 6300, GenTokSec: 3512, TTFT: 171, ITL: 18.1, Latency: 2640, Queue: 21, TTFTNow: 168, ITLNow: 18, At: at, ScrapeLatency: 2300 * time.Microsecond,
		Series: 212, Catalog: []snap.SeriesName{
			{Key: `vllm:num_requests_running{engine="0"}`, Kind: "gauge", Unit: "requests", Help: "Number of requests in model execution batches."},
			{Key: `vllm:generation_tokens{engine="0"}`, Kind: "counter", Unit: "tokens", Help: "Number of generation tokens processed."},
			{Key: `vllm:time_to_first_token_seconds{engine="0"}`, Kind: "histogram", Unit: "seconds", Help: "Histogram of time to first token in seconds."},
		},
	}
	for t := max(0, at-80*time.Second); t < at; t += 333 * time.Millisecond {
		v.History = append(v.History, snap.ServerPoint{
			At: t, Running: float32(wave(210, t, 60, 0.03, 0.02)), Waiting: float32(wave(211, t, 3, 0.5, 0.4)), KVUse: float32(wave(212, t, 0.7, 0.05, 0.02)), GenTokSec: float32(wave(213, t, 3500, 0.03, 0.02)),
		})
	}
	return v
}

// SeriesPoints is the history of one of its series.
func SeriesPoints(at time.Duration) (out []snap.SeriesPoint) {
	for t := 300 * time.Millisecond; t < at; t += 333 * time.Millisecond {
		out = append(out, snap.SeriesPoint{At: t, Value: wave(214, t, 171, 0.2, 0.1)})
	}
	return out
}
