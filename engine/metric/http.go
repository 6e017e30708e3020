package metric

import "tacho/engine/record"

// httpDefs are the socket-level times and sizes of one exchange.
var httpDefs = []Def{
	{
		Tag: HTTPBlocked, Header: "HTTP Blocked", Short: "Blocked",
		Doc:    "Wait for a free connection of the pool.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2000,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpBlocked,
	},
	{
		Tag: HTTPDNSLookup, Header: "HTTP DNS Lookup", Short: "DNS",
		Doc:    "Name lookup; 0 for a reused connection or a literal address.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2010,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpDNS,
	},
	{
		Tag: HTTPConnecting, Header: "HTTP Connecting", Short: "Connecting",
		Doc:    "TCP connect and TLS handshake; 0 for a reused connection.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2020,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpConnecting,
	},
	{
		Tag: HTTPSending, Header: "HTTP Sending", Short: "Sending",
		Doc:    "Start to end of sending the request.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2030,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpSending,
	},
	{
		Tag: HTTPWaiting, Header: "HTTP Waiting (TTFB)", Short: "TTFB",
		Doc:    "Request fully sent to the first byte of the body.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2040,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpWaiting,
	},
	{
		Tag: HTTPReceiving, Header: "HTTP Receiving", Short: "Receiving",
		Doc:    "First to last byte of the body; 0 when it came in one read.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2050,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpReceiving,
	},
	{
		Tag: HTTPConnectionReused, Header: "HTTP Connection Reused", Short: "Conn Reused",
		Doc:  "1 when the connection came from the pool, else 0.",
		Unit: Ratio, Kind: PerRecord, Order: 2060,
		Flags:  Integer | NeedsHTTP | InRecords,
		Record: httpReused,
	},
	{
		Tag: HTTPDataSent, Header: "HTTP Data Sent", Short: "Sent",
		Doc:    "Bytes of the request body.",
		Stored: Bytes, Unit: Kilobytes, Kind: PerRecord, Order: 2070,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpSent,
	},
	{
		Tag: HTTPChunksSent, Header: "HTTP Chunks Sent", Short: "Chunks Sent",
		Doc:  "Writes of the request body.",
		Unit: Count, Kind: PerRecord, Order: 2080,
		Flags:  Integer | NeedsHTTP | InRecords,
		Record: httpChunksSent,
	},
	{
		Tag: HTTPDataReceived, Header: "HTTP Data Received", Short: "Received",
		Doc:    "Bytes of the response body.",
		Stored: Bytes, Unit: Kilobytes, Kind: PerRecord, Order: 2090,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpReceived,
	},
	{
		Tag: HTTPChunksReceived, Header: "HTTP Chunks Received", Short: "Chunks Recv",
		Doc:  "Reads of the response body.",
		Unit: Count, Kind: PerRecord, Order: 2100,
		Flags:  Integer | NeedsHTTP | InRecords,
		Record: httpChunksReceived,
	},
	{
		Tag: HTTPConnectionOverhead, Header: "HTTP Connection Overhead", Short: "Conn Overhead",
		Doc:    "blocked + dns_lookup + connecting.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2110,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Needs:  []Tag{HTTPBlocked, HTTPDNSLookup, HTTPConnecting},
		Record: httpOverhead,
	},
	{
		Tag: HTTPDuration, Header: "HTTP Duration (excl. conn)", Short: "Dur (excl)",
		Doc:    "Start of sending to the last byte of the body.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2120,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Record: httpDuration,
	},
	{
		Tag: HTTPTotal, Header: "HTTP Total Time", Short: "Total",
		Doc:    "blocked + dns_lookup + connecting + sending + waiting + receiving.",
		Stored: Nanoseconds, Unit: Milliseconds, Kind: PerRecord, Order: 2130,
		Flags:  StoredInteger | NeedsHTTP | InRecords,
		Needs:  []Tag{HTTPBlocked, HTTPDNSLookup, HTTPConnecting, HTTPSending, HTTPWaiting, HTTPReceiving},
		Record: httpTotal,
	},
}

func httpBlocked(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(max(r.HTTP.BlockedNS, 0))
}

func httpDNS(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(dnsNS(&r.HTTP))
}

func httpConnecting(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(connectNS(&r.HTTP))
}

func dnsNS(h *record.HTTP) int64 {
	if h.Reused {
		return 0
	}
	return max(h.DNSNS, 0)
}

func connectNS(h *record.HTTP) int64 {
	if h.Reused {
		return 0
	}
	return max(h.ConnectNS, 0)
}

// span is end - start where both are known, else -1.
func span(start, end int64) int64 {
	if start == 0 || end == 0 {
		return -1
	}
	return end - start
}

func httpSending(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(span(r.HTTP.SendStartNS, r.HTTP.SendEndNS))
}

func httpWaiting(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(span(r.HTTP.SendEndNS, r.HTTP.FirstByteNS))
}

func httpReceiving(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(receivingNS(&r.HTTP))
}

func receivingNS(h *record.HTTP) int64 {
	switch h.ChunksReceived {
	case 0:
		return -1
	case 1:
		return 0
	}
	return span(h.FirstByteNS, h.LastByteNS)
}

func httpDuration(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(span(r.HTTP.SendStartNS, r.HTTP.LastByteNS))
}

func httpOverhead(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return duration(max(r.HTTP.BlockedNS, 0) + dnsNS(&r.HTTP) + connectNS(&r.HTTP))
}

// httpTotal follows AIPerf in adding the connect time to a sending time that
// already has it inside on a fresh connection.
func httpTotal(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	h := &r.HTTP
	sending, waiting, receiving := span(h.SendStartNS, h.SendEndNS), span(h.SendEndNS, h.FirstByteNS), receivingNS(h)
	if sending < 0 || waiting < 0 || receiving < 0 {
		return 0, false
	}
	return duration(max(h.BlockedNS, 0) + dnsNS(h) + connectNS(h) + sending + waiting + receiving)
}

func httpReused(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	if r.HTTP.Reused {
		return 1, true
	}
	return 0, true
}

func httpSent(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.HTTP.BytesSent) / 1024, true
}

func httpReceived(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.HTTP.BytesReceived) / 1024, true
}

func httpChunksSent(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.HTTP.ChunksSent), true
}

func httpChunksReceived(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.HTTP.ChunksReceived), true
}
