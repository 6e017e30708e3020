package telemetry

// PageInfo is how the reading of a page went. Times are Unix nanoseconds, 0
// when there was none.
type PageInfo struct {
	Fetches                     int
	FirstFetchNS, LastFetchNS   int64
	AvgLatencyMS                float64
	Updates                     int // readings that differed from the one before
	FirstUpdateNS, LastUpdateNS int64
	DurationSec                 float64 // from the first update to the last
	AvgUpdateMS                 float64 // between updates
	MedianUpdateMS              float64 // NaN with fewer than two updates
}

// info is over the readings between two times, inclusive; 0 is no bound.
func (p *pageTape) info(startNS, endNS int64) PageInfo {
	in := PageInfo{MedianUpdateMS: nan}
	var latency, known int64
	var updates []int64
	for _, f := range p.fetches {
		if startNS != 0 && f.at < startNS || endNS != 0 && f.at > endNS {
			continue
		}
		in.Fetches++
		if in.FirstFetchNS == 0 || f.at < in.FirstFetchNS {
			in.FirstFetchNS = f.at
		}
		in.LastFetchNS = max(in.LastFetchNS, f.at)
		latency += f.latency
		known++
		if !f.same {
			updates = append(updates, f.at)
		}
	}
	if known > 0 {
		in.AvgLatencyMS = float64(latency) / float64(known) / 1e6
	}
	in.Updates = len(updates)
	if len(updates) == 0 {
		return in
	}
	in.FirstUpdateNS, in.LastUpdateNS = updates[0], updates[len(updates)-1]
	in.DurationSec = float64(in.LastUpdateNS-in.FirstUpdateNS) / 1e9
	if n := len(updates); n > 1 {
		in.AvgUpdateMS = in.DurationSec * 1000 / float64(n-1)
		steps := make([]int64, n-1)
		for i := range steps {
			steps[i] = updates[i+1] - updates[i]
		}
		in.MedianUpdateMS = median(steps) / 1e6
	}
	return in
}

// lastUpdate is the time of the last reading that differed.
func (p *pageTape) lastUpdate() (ns int64) {
	for _, f := range p.fetches {
		if !f.same {
			ns = f.at
		}
	}
	return ns
}
