package engine

import (
	"cmp"
	"strings"
	"time"

	"tacho/engine/record"
	"tacho/engine/transport"
)

// httpOf is the socket-level account of an exchange. AIPerf's send clock starts
// before the connect on a connection of the request's own; ours does too.
func httpOf(t *transport.Trace) record.HTTP {
	return record.HTTP{
		Valid:       t.AckNS != 0,
		SendStartNS: record.Wall(t.DepartNS()), SendEndNS: wall(sentNS(t)),
		FirstByteNS: wall(t.FirstBodyNS), LastByteNS: wall(t.LastBodyNS),
		BlockedNS: queuedNS(t), DNSNS: t.DNSNS(), ConnectNS: t.ConnectingNS(), Reused: t.Reused,
		BytesSent: t.BytesSent, BytesReceived: t.BytesReceived, ChunksSent: t.Writes, ChunksReceived: t.Chunks,
	}
}

// sentNS is the departure of the last byte of the request: it lies between the
// last write and its return, and before the first byte of the answer. A quick
// server's answer can be here before the write has returned.
func sentNS(t *transport.Trace) int64 {
	if t.FirstByteNS == 0 || t.WroteEndNS == 0 {
		return t.WroteEndNS
	}
	return min(t.WroteEndNS, max(t.FirstByteNS, t.WroteLastNS))
}

// poolWork is what the way through the pool may cost, this process's own
// scheduling included, without being a wait for a connection.
const poolWork = int64(time.Millisecond)

// queuedNS is the wait for a connection of the pool: until one was taken over, or
// until this request's own was begun. AIPerf counts none when one was free.
func queuedNS(t *transport.Trace) int64 {
	till := t.GotConnNS
	if begun := cmp.Or(t.DNSStartNS, t.ConnectStartNS); begun != 0 {
		till = begun
	}
	if ns := till - t.GetConnNS; t.GetConnNS != 0 && ns > poolWork {
		return ns
	}
	return 0
}

// wall is record.Wall for a stamp that may be absent.
func wall(ns int64) int64 {
	if ns == 0 {
		return 0
	}
	return record.Wall(ns)
}

// mediaType is a content type without its parameters.
func mediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
