package transport

import "sync/atomic"

// Counters is what a client has counted since it was made. It is a snapshot.
type Counters struct {
	// Reads is the number of reads that brought bytes; Unstamped of them had no
	// kernel stamp, and Refused had an impossible one. Both used the user time.
	Reads, Unstamped, Refused int64
	// WallSteps is how often the wall clock was set, in this process.
	WallSteps int64
	// Late holds the time from kernel stamp to user time of each stamped read:
	// how late this process was to read what had arrived.
	Late Histogram
	// ContentEvents is the number of events that handlers marked as content,
	// EqualStamps how many of them had the stamp of the content before them.
	ContentEvents, EqualStamps int64
	// Dials counts connections asked for, DialErrors those that failed. A dial
	// whose request meanwhile took another connection counts too.
	Dials, DialErrors int64
	// DialsNow is how many dials are under way, OpenConns how many connections
	// are open, at the time of the snapshot.
	DialsNow, OpenConns int64
}

// EqualShare returns the share (0..1) of content events whose stamp equals that
// of the content event before: gaps of zero that nobody can tell apart.
func (c *Counters) EqualShare() float64 {
	if c.ContentEvents == 0 {
		return 0
	}
	return float64(c.EqualStamps) / float64(c.ContentEvents)
}

// shard is one slice of the counters. Each connection adds to one shard, so
// that cores seldom share a cache line; sampling sums the shards.
type shard struct {
	late               histogram // also counts the stamped reads
	unstamped, refused atomic.Int64
	content, equal     atomic.Int64
	_                  [64]byte // keeps the next shard off this one's last line
}

// shards must be a power of two.
const shards = 32

type tally struct {
	shard      [shards]shard
	next       atomic.Uint32 // deals the shards out
	dials      atomic.Int64
	dialErrors atomic.Int64
	dialsNow   atomic.Int64
	openNow    atomic.Int64
}

func (t *tally) deal() *shard { return &t.shard[t.next.Add(1)%shards] }

func (t *tally) sum() Counters {
	c := Counters{
		Dials:      t.dials.Load(),
		DialErrors: t.dialErrors.Load(),
		DialsNow:   t.dialsNow.Load(),
		OpenConns:  t.openNow.Load(),
	}
	for i := range t.shard {
		s := &t.shard[i]
		s.late.addTo(&c.Late)
		c.Unstamped += s.unstamped.Load()
		c.Refused += s.refused.Load()
		c.ContentEvents += s.content.Load()
		c.EqualStamps += s.equal.Load()
	}
	c.Reads = c.Late.Count() + c.Unstamped + c.Refused
	return c
}
