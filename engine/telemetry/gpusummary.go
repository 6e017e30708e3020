package telemetry

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/record"
)

// GPUSummary is the statistics of all GPUs over a phase, as AIPerf's
// telemetry_data has them.
type GPUSummary struct {
	// StartNS and EndNS are the window, Unix nanoseconds.
	StartNS, EndNS int64
	// Configured and Answered are the addresses of the sources.
	Configured, Answered []string
	Endpoints            []GPUEndpoint
	// Errors are what went wrong with the sources.
	Errors []SourceError
}

// SourceError counts failures of one kind.
type SourceError struct {
	Failure record.Failure
	Count   int64
}

// GPUEndpoint is the GPUs of one source.
type GPUEndpoint struct {
	Name string // host and port
	GPUs []GPUResult
}

// GPUResult is one GPU of a GPUSummary.
type GPUResult struct {
	Key string // gpu_0
	GPUID
	Metrics []GPUMetric
}

// GPUMetric is one figure of a GPUResult.
type GPUMetric struct {
	Tag, Header, Unit string
	Dist              Dist
}

// NoDist is a Dist in which all is absent: NaN, and a count of -1.
func NoDist() Dist {
	nan := math.NaN()
	d := Dist{Avg: nan, Min: nan, Max: nan, Sum: nan, Std: nan, Count: -1}
	for i := range d.P {
		d.P[i] = nan
	}
	return d
}

// SourceName is how tables call a source: its address without scheme and
// without /metrics.
func SourceName(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return strings.TrimSuffix(address, "/metrics")
	}
	return u.Host + strings.TrimSuffix(u.Path, "/metrics")
}

// Summary makes the statistics between two times. AIPerf ends them
// FinalScrapeGraceNS after a run's profiling phase.
func (s *GPUStore) Summary(startNS, endNS int64) *GPUSummary {
	sum := &GPUSummary{StartNS: startNS, EndNS: endNS}
	at := map[string]int{}
	for _, d := range s.gpus {
		name := SourceName(d.Source)
		i, seen := at[name]
		if !seen {
			i, at[name] = len(sum.Endpoints), len(sum.Endpoints)
			sum.Endpoints = append(sum.Endpoints, GPUEndpoint{Name: name})
			sum.Answered = append(sum.Answered, d.Source)
		}
		sum.Endpoints[i].put(d.result(startNS, endNS))
	}
	sum.Configured = withAnswered(s.Configured, sum.Answered)
	return sum
}

// withAnswered adds to the sources that the user named those that answered
// without being named.
func withAnswered(named, answered []string) []string {
	out := slices.Clone(named)
	for _, a := range answered {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// put adds a GPU. One with the index of another takes its place: the files have
// room for one.
func (e *GPUEndpoint) put(r GPUResult) {
	for i := range e.GPUs {
		if e.GPUs[i].Key == r.Key {
			e.GPUs[i] = r
			return
		}
	}
	e.GPUs = append(e.GPUs, r)
}

func (d *GPUSeries) result(startNS, endNS int64) GPUResult {
	r := GPUResult{Key: "gpu_" + strconv.Itoa(d.Index), GPUID: d.GPUID}
	for f, info := range Fields {
		m := GPUMetric{Tag: info.Tag, Header: info.Header, Unit: info.Unit, Dist: NoDist()}
		ok := false
		if info.Counter {
			m.Dist.Avg, ok = d.Delta(Field(f), startNS, endNS)
		} else {
			var dist Dist
			if dist, ok = d.Dist(Field(f), startNS, endNS); ok {
				m.Dist = dist
			}
		}
		if ok {
			r.Metrics = append(r.Metrics, m)
		}
	}
	for i, x := range d.extra {
		if dist, ok := d.Dist(NumFields+Field(i), startNS, endNS); ok {
			r.Metrics = append(r.Metrics, GPUMetric{Tag: x.Tag, Header: x.Header, Unit: x.Unit, Dist: dist})
		}
	}
	return r
}
