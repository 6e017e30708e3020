// Package transport sends one request at a time over net/http and says when
// things truly happened: every read of a connection brings the kernel's receive
// stamp (SO_TIMESTAMPNS, Linux on amd64 and arm64), every write stamps the
// departure, and a streamed response is cut into events that carry the stamp of
// the bytes that completed them. So a late goroutine, a garbage collection or a
// busy screen cannot move a time, as long as it is late by less than one gap:
// TCP merges segments that wait, and only the last stamp survives.
//
// All times are nanoseconds on the axis of package record. Where the kernel
// gives no stamps, the user time after the read takes their place, and
// Client.ClockSource says so.
//
// HTTP/1.1 only, one connection per request in flight, no compression, no
// redirects: each of these would break the mapping from bytes to stamps or hide
// a second request in the first one's time.
package transport
