package engine

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// process samples this process's own load. One goroutine uses it.
type process struct {
	cpu     time.Duration
	at      time.Time
	samples []metrics.Sample
}

// usage is one sample of this process.
type usage struct {
	cpuShare  float64 // of one core, since the last sample
	rssBytes  int64
	gcMaxMS   float64 // longest stop-the-world pause so far
	coreShare float64 // cpuShare over the usable cores, 0..1
}

func newProcess() *process {
	return &process{
		cpu:     cpuTime(),
		at:      time.Now(),
		samples: []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}},
	}
}

func (p *process) sample() usage {
	now, cpu := time.Now(), cpuTime()
	var u usage
	if d := now.Sub(p.at); d > 0 {
		u.cpuShare = float64(cpu-p.cpu) / float64(d)
		u.coreShare = u.cpuShare / float64(runtime.GOMAXPROCS(0))
	}
	p.cpu, p.at = cpu, now
	u.rssBytes = residentBytes()
	metrics.Read(p.samples)
	if p.samples[0].Value.Kind() == metrics.KindFloat64Histogram {
		h := p.samples[0].Value.Float64Histogram()
		for i := len(h.Counts) - 1; i >= 0; i-- {
			if h.Counts[i] > 0 {
				u.gcMaxMS = h.Buckets[i] * 1e3 // the bucket's lower bound
				break
			}
		}
	}
	return u
}
