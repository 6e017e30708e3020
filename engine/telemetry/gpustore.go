package telemetry

import (
	"slices"

	"tacho/engine/metric"
)

// gpuBudget bounds the samples that a GPUStore holds, in numbers: 8 bytes each.
const gpuBudget = 8 << 20

// GPUStore holds the samples of all GPUs of a run, by source and GPU in the
// order in which they were first seen. It is not safe for concurrent use.
type GPUStore struct {
	// Configured are the addresses of the sources that the user named.
	Configured []string

	extra   []ExtraField
	extraAt map[string]int // columns of extra, by tag
	row     []float64      // of the sample at hand

	gpus []*GPUSeries
	byID map[gpuKey]*GPUSeries
	// numbers counts what is held; above budget every second sample goes, and
	// from then on only every second one stays.
	numbers, budget int
	thinned         int
	lost            int // samples of GPUs there was no room for
}

// maxGPUs bounds the GPUs of a run; a page that makes up new ones all the time
// fills no memory.
const maxGPUs = 4096

type gpuKey struct{ source, uuid string }

// NewGPUStore returns an empty store, which keeps these figures besides those of
// Fields.
func NewGPUStore(extra ...ExtraField) *GPUStore {
	s := &GPUStore{extra: extra, extraAt: map[string]int{}, byID: map[gpuKey]*GPUSeries{}, budget: gpuBudget}
	s.row = make([]float64, int(NumFields)+len(extra))
	for i, x := range extra {
		s.extraAt[x.Tag] = int(NumFields) + i
	}
	return s
}

// GPUSeries is the samples of one GPU.
type GPUSeries struct {
	GPUID
	Source string
	times  []int64
	keep   []bool      // samples at the edge of a phase, which thinning leaves
	cols   [][]float64 // by Field, and behind them those of extra
	extra  []ExtraField
	// late counts the samples that took the place of the last one.
	late int
	// touched is when the source last answered that nothing has changed.
	touched int64
}

// GPUs lists the GPUs. The caller must not change it.
func (s *GPUStore) GPUs() []*GPUSeries { return s.gpus }

// Unseen lists the further figures that no GPU had, by their names on a page.
func (s *GPUStore) Unseen() (names []string) {
	for i, x := range s.extra {
		if !slices.ContainsFunc(s.gpus, func(d *GPUSeries) bool { return d.cols[int(NumFields)+i] != nil }) {
			names = append(names, x.DCGM)
		}
	}
	return names
}

// Thinned is how often the resolution was halved to stay in memory.
func (s *GPUStore) Thinned() int { return s.thinned }

// Lost counts the samples of GPUs that came when there were too many.
func (s *GPUStore) Lost() int { return s.lost }

// Add adds a sample; one without figures adds nothing. edge marks those taken
// at the edge of a phase. It reports whether the GPU's energy counter has
// started anew.
func (s *GPUStore) Add(g *GPUSample, edge bool) (restarted bool) {
	key := gpuKey{g.Source, g.UUID}
	d := s.byID[key]
	if d == nil {
		if len(s.gpus) >= maxGPUs {
			s.lost++
			return false
		}
		d = &GPUSeries{GPUID: g.GPUID, Source: g.Source, cols: make([][]float64, len(s.row)), extra: s.extra}
		s.byID[key] = d
		s.gpus = append(s.gpus, d)
	}
	if !s.fill(g) {
		return false
	}
	for _, f := range []Field{EnergyUsed, AMDEnergy} {
		if before, ok := lastNumber(d.cols[f]); ok && g.Values[f] < before {
			restarted = true
		}
	}
	s.numbers += d.add(g.AtNS, s.row, edge, strideOf(s.thinned))
	if s.numbers > s.budget {
		s.thin()
	}
	return restarted
}

// Touch says that a source answered at a time with what it had answered before:
// what its newest sample says of GPUs holds on.
func (s *GPUStore) Touch(source string, atNS int64) {
	var newest int64
	for _, d := range s.gpus {
		if n := len(d.times); n > 0 && d.Source == source {
			newest = max(newest, d.times[n-1])
		}
	}
	for _, d := range s.gpus {
		if n := len(d.times); n > 0 && d.Source == source && d.times[n-1] == newest {
			d.touched = atNS
		}
	}
}

// fill enters a sample into row and reports whether it has any figure.
func (s *GPUStore) fill(g *GPUSample) (any bool) {
	any = !g.Values.empty()
	copy(s.row, g.Values[:])
	for i := NumFields; int(i) < len(s.row); i++ {
		s.row[i] = nan
	}
	for _, x := range g.Extra {
		if i, ok := s.extraAt[x.Tag]; ok {
			s.row[i], any = x.Value, true
		}
	}
	return any
}

// strideOf is how many new samples share a place once the resolution was halved
// so often. The old and the new then count alike in a mean.
func strideOf(thinned int) int { return 1 << min(thinned, 16) }

// add enters a sample in order of time and returns how many numbers it took. Of
// stride samples the last one stays.
func (d *GPUSeries) add(at int64, v []float64, edge bool, stride int) int {
	i := len(d.times)
	if i > 1 && !d.keep[i-1] && d.late < stride-1 && at >= d.times[i-1] {
		d.late++
		d.times[i-1], d.keep[i-1] = at, edge
		n := 0
		for f := range d.cols {
			n += d.put(f, i-1, v[f])
		}
		return n
	}
	d.late = 0
	for i > 0 && d.times[i-1] > at {
		i--
	}
	d.times, d.keep = slices.Insert(d.times, i, at), slices.Insert(d.keep, i, edge)
	n := 1
	for f := range d.cols {
		if d.cols[f] != nil {
			d.cols[f] = slices.Insert(d.cols[f], i, nan)
			n++
		}
		n += d.put(f, i, v[f])
	}
	return n
}

// put sets the figure of sample i and returns how many numbers that took: one
// that comes late was absent before.
func (d *GPUSeries) put(f, i int, v float64) (n int) {
	if d.cols[f] == nil {
		if v != v {
			return 0
		}
		n = len(d.times)
		d.cols[f] = slices.Repeat([]float64{nan}, n)
	}
	d.cols[f][i] = v
	return n
}

// thin drops every second sample of all GPUs.
func (s *GPUStore) thin() {
	s.thinned++
	s.numbers = 0
	for _, d := range s.gpus {
		n, drop := 0, false
		for i := range d.times {
			if drop = !drop && !d.keep[i] && i > 0 && i < len(d.times)-1; drop {
				continue
			}
			d.times[n], d.keep[n] = d.times[i], d.keep[i]
			for f := range d.cols {
				if d.cols[f] != nil {
					d.cols[f][n] = d.cols[f][i]
				}
			}
			n++
		}
		d.times, d.keep = d.times[:n], d.keep[:n]
		s.numbers += n
		for f := range d.cols {
			if d.cols[f] != nil {
				d.cols[f] = d.cols[f][:n]
				s.numbers += n
			}
		}
	}
}

// FinalScrapeGraceNS is how long after the end of a phase a sample still counts
// for it, as AIPerf has it: the counters' last step comes late.
const FinalScrapeGraceNS = 666_000_000

// window returns the samples [lo, hi) with startNS <= time <= endNS; a bound of
// 0 is none.
func (d *GPUSeries) window(startNS, endNS int64) (lo, hi int) {
	hi = len(d.times)
	if startNS != 0 {
		lo, _ = slices.BinarySearch(d.times, startNS)
	}
	if endNS != 0 {
		hi, _ = slices.BinarySearch(d.times, endNS+1)
	}
	return lo, max(lo, hi)
}

// Dist is the statistics of a figure between two times, inclusive; false when
// it was not seen then. A bound of 0 is none.
func (d *GPUSeries) Dist(f Field, startNS, endNS int64) (Dist, bool) {
	if d.cols[f] == nil {
		return Dist{}, false
	}
	lo, hi := d.window(startNS, endNS)
	return distOf(d.cols[f][lo:hi])
}

// Delta is how much a counter grew: from the last sample before startNS, or the
// first after it, to the last up to endNS; at least 0, as a counter that starts
// anew would give less.
func (d *GPUSeries) Delta(f Field, startNS, endNS int64) (float64, bool) {
	if d.cols[f] == nil {
		return 0, false
	}
	lo, hi := d.window(startNS, endNS)
	last, ok := lastNumber(d.cols[f][lo:hi])
	if !ok {
		return 0, false
	}
	first, ok := nan, false
	if startNS != 0 {
		first, ok = lastNumber(d.cols[f][:lo])
	}
	if !ok {
		i := slices.IndexFunc(d.cols[f][lo:hi], func(v float64) bool { return v == v })
		first = d.cols[f][lo+i]
	}
	return max(last-first, 0), true
}

func lastNumber(v []float64) (float64, bool) {
	for _, x := range slices.Backward(v) {
		if x == x {
			return x, true
		}
	}
	return 0, false
}

// Platforms lists the vendors of the GPUs, sorted.
func (s *GPUStore) Platforms() []metric.Vendor {
	var out []metric.Vendor
	for _, d := range s.gpus {
		if !slices.Contains(out, d.Platform) && d.Platform != "" {
			out = append(out, d.Platform)
		}
	}
	slices.Sort(out)
	return out
}

// vendorFields are the figures that a vendor's power and energy come from.
var vendorFields = map[metric.Vendor]struct{ power, energy Field }{
	metric.NVIDIA: {PowerUsage, EnergyUsed},
	metric.AMD:    {AMDPower, AMDEnergy},
}

// Power is the sum over a vendor's GPUs of their mean power between two times,
// in W; false when none told it.
func (s *GPUStore) Power(v metric.Vendor, startNS, endNS int64) (float64, bool) {
	return s.total(v, func(d *GPUSeries) (float64, bool) {
		p, ok := d.Dist(vendorFields[v].power, startNS, endNS)
		return p.Avg, ok
	})
}

// Energy is what a vendor's GPUs used between two times, in J; false when none
// counts it.
func (s *GPUStore) Energy(v metric.Vendor, startNS, endNS int64) (float64, bool) {
	return s.total(v, func(d *GPUSeries) (float64, bool) {
		mj, ok := d.Delta(vendorFields[v].energy, startNS, endNS)
		return mj * 1e6, ok
	})
}

// Silent is how many GPUs that count their energy were last read before a time,
// out of how many: what they used after that is in no sum.
func (s *GPUStore) Silent(beforeNS int64) (silent, of int) {
	for _, d := range s.gpus {
		energy := d.cols[vendorFields[d.Platform].energy]
		if _, counts := vendorFields[d.Platform]; !counts || energy == nil {
			continue
		}
		of++
		i := len(energy) - 1
		for i >= 0 && energy[i] != energy[i] {
			i--
		}
		if i < 0 || d.times[i] < beforeNS && (i < len(energy)-1 || d.touched < beforeNS) {
			silent++
		}
	}
	return silent, of
}

func (s *GPUStore) total(v metric.Vendor, of func(*GPUSeries) (float64, bool)) (sum float64, any bool) {
	if _, known := vendorFields[v]; !known {
		return 0, false
	}
	for _, d := range s.gpus {
		if d.Platform != v {
			continue
		}
		if x, ok := of(d); ok {
			sum, any = sum+x, true
		}
	}
	return sum, any
}

// Span is the time of the first and last sample; 0 without any.
func (s *GPUStore) Span() (firstNS, lastNS int64) {
	for _, d := range s.gpus {
		if n := len(d.times); n > 0 {
			if firstNS == 0 || d.times[0] < firstNS {
				firstNS = d.times[0]
			}
			lastNS = max(lastNS, d.times[n-1])
		}
	}
	return firstNS, lastNS
}
