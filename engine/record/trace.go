package record

// Trace is the full socket-level account of one exchange, what
// --export-http-trace puts into the records. A time of 0 is something that did
// not happen; times as in Meta.
type Trace struct {
	HTTP
	// RequestHeaders are those sent, ResponseHeaders those that came back.
	// Secrets are redacted by whoever writes them to a file, not here.
	RequestHeaders, ResponseHeaders []Header
	// Status is 0 when no answer came; Reason is its phrase.
	Status int
	Reason string
	// HeadersSentNS is the first write, HeadersReceivedNS the last byte of the
	// answer's head.
	HeadersSentNS, HeadersReceivedNS int64
	// PoolStartNS and PoolEndNS enclose a wait for a connection of the pool.
	PoolStartNS, PoolEndNS int64
	// The making of the connection, if this request opened it. The connect
	// includes TLS. CachedNS is when the name was found among those resolved
	// before, MissedNS when it was not.
	CachedNS, MissedNS           int64
	DNSStartNS, DNSEndNS         int64
	ConnectStartNS, ConnectEndNS int64
	// ReusedNS is when a connection made earlier was taken.
	ReusedNS int64
	// ErrorNS is when the exchange failed before its answer's head was here.
	ErrorNS int64
	// Local and Remote are host:port of the two ends, empty if unknown.
	Local, Remote string
}
