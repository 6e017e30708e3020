package ledger

import (
	"bytes"
	"io"
	"math"
	"os"
	"slices"
	"strconv"

	"tacho/engine/metric"
)

// A trend is made of so many samples of the record file, evenly spaced, each of
// at most so many bytes.
const (
	trendSamples = 24
	sampleBytes  = 16 << 10
)

var trendKeys = [][]byte{
	[]byte(`"` + string(metric.TTFT) + `":{"value":`),
	[]byte(`"` + string(metric.RequestLatency) + `":{"value":`),
}

// trend is the medians of samples of a record file: of TTFT, or of the latency
// where there is none; nil without records. Requests are in the file in about the
// order in which they ended. NaN is a sample without a valid request.
func trend(path string) []float64 {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || st.Size() == 0 {
		return nil
	}
	size := st.Size()
	buf := make([]byte, min(size, trendSamples*sampleBytes))
	if int64(len(buf)) == size { // a small file is read as a whole
		if _, err := io.ReadFull(f, buf); err != nil {
			return nil
		}
	}
	for _, key := range trendKeys {
		out := make([]float64, trendSamples)
		some := false
		for i := range out {
			from, to := size*int64(i)/trendSamples, size*int64(i+1)/trendSamples
			part := buf[:min(to-from, sampleBytes)]
			if int64(len(buf)) == size {
				part = buf[from:to]
			} else if _, err := f.ReadAt(part, from); err != nil {
				return nil
			}
			out[i] = medianOf(part, key)
			some = some || !math.IsNaN(out[i])
		}
		if some {
			return slices.DeleteFunc(out, math.IsNaN)
		}
	}
	return nil
}

// medianOf is the median of the numbers that follow a key; NaN without any.
func medianOf(text, key []byte) float64 {
	var vals []float64
	for {
		i := bytes.Index(text, key)
		if i < 0 {
			break
		}
		text = text[i+len(key):]
		n := bytes.IndexAny(text, ",}")
		if n < 0 { // cut off
			break
		}
		if v, err := strconv.ParseFloat(string(text[:n]), 64); err == nil {
			vals = append(vals, v)
		}
	}
	if len(vals) == 0 {
		return math.NaN()
	}
	slices.Sort(vals)
	return vals[len(vals)/2]
}
