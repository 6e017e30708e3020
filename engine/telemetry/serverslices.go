package telemetry

import "time"

// cutting is one slice of a window.
type cutting struct {
	start, end int64
	complete   bool
}

func (c cutting) slice() ServerSlice {
	return ServerSlice{
		StartNS: c.start, EndNS: c.end, Complete: c.complete,
		Avg: nan, Min: nan, Max: nan, Total: nan, Rate: nan, Count: -1, Sum: nan,
	}
}

// cut cuts a window into slices from its start on; the last one may be cut
// short.
func cut(startNS, endNS int64, width time.Duration) []cutting {
	var out []cutting
	for at := startNS; at < endNS; at += int64(width) {
		end := at + int64(width)
		out = append(out, cutting{at, min(end, endNS), end <= endNS})
	}
	return out
}
