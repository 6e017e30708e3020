package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The runtime's memory limit for a load that needs little. gcPercent trades
// memory for quiet: kernel stamps keep the collector's pauses out of the
// numbers, rarer ones also keep them out of the send times.
const (
	gcPercent   = 200
	memoryLimit = 320 << 20
)

// tuneMemory sets the collector up and keeps its limit above what is in use
// until ctx ends: with more alive than the limit it would run without a pause
// and take half of the processor from the load.
func tuneMemory(ctx context.Context) {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			debug.SetMemoryLimit(limitFor(aliveBytes()))
		}
	}
}

// limitFor leaves half of what is alive as room for the next cycle.
func limitFor(alive int64) int64 { return max(memoryLimit, alive+alive/2) }

// aliveBytes is what the last collection left, with all that is not heap.
func aliveBytes() int64 {
	s := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(s)
	n := make([]int64, len(s))
	for i := range s {
		if s[i].Value.Kind() == metrics.KindUint64 {
			n[i] = int64(s[i].Value.Uint64())
		}
	}
	return n[0] + n[1] - n[2] - n[3] - n[4] - n[5]
}
