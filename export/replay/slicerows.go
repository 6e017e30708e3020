package replay

import (
	"math"
	"slices"
	"time"

	"tacho/engine/snap"
)

// maxSlices is how many slices are shown; older ones are left out.
const maxSlices = 2000

// closedSlice is a time slice all of whose requests have ended by a time.
type closedSlice struct {
	row    snap.SliceRow
	tokens float64
	by     time.Duration
}

// slices are the time slices up to a time: the requests that started in each and
// have ended.
func (k *track) slices(at time.Duration) []snap.SliceRow {
	width := k.sliceWidth
	if width <= 0 || len(k.starts) == 0 {
		return nil
	}
	last := int(at / width)
	settled := k.settled(at)
	var out []snap.SliceRow
	for i := max(0, last-maxSlices+1); i <= last; i++ {
		c, ok := k.closed[i]
		if !ok || c.by > at {
			if c = k.slice(i, width, at); c.by <= at {
				k.closed[i] = c
			}
		}
		if c.row.Requests+c.row.Errors == 0 {
			continue
		}
		c.row.Open = c.row.At+width > settled
		c.row.OutputTokensPerSec = math.NaN()
		if d := min(width, at-c.row.At); d > 0 {
			c.row.OutputTokensPerSec = c.tokens / d.Seconds()
		}
		out = append(out, c.row)
	}
	return out
}

// slice is what is known of one at a time.
func (k *track) slice(i int, width, at time.Duration) closedSlice {
	t := k.m.tape
	c := closedSlice{row: snap.SliceRow{At: time.Duration(i) * width}}
	from, _ := slices.BinarySearch(k.starts, k.origin+int64(c.row.At))
	if i == 0 {
		from = 0
	}
	to, _ := slices.BinarySearch(k.starts, k.origin+int64(c.row.At+width))
	var times timeSketches
	good := 0
	for _, row := range k.byStart[from:to] {
		end := time.Duration(t.end[row] - k.origin)
		if c.by = max(c.by, end); end > at {
			continue
		}
		if t.flags[row]&rowFailed != 0 {
			c.row.Errors++
			continue
		}
		c.row.Requests++
		if t.flags[row]&rowGood != 0 {
			good++
		}
		if v := t.value(k.m.osl, int(row)); v > 0 {
			c.tokens += v
		}
		times.add(k.m, int(row))
	}
	c.row.TTFT50, c.row.TTFT90, c.row.TTFT99 = times.of(0)
	c.row.ITL50, c.row.ITL90, c.row.ITL99 = times.of(1)
	c.row.Latency50, _, _ = times.of(2)
	c.row.GoodShare = math.NaN()
	if n := c.row.Requests + c.row.Errors; n > 0 && len(k.m.slos) > 0 {
		c.row.GoodShare = float64(good) / float64(n)
	}
	return c
}
