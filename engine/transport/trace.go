package transport

// Trace is what happened when in one request, in nanoseconds on the axis of
// package record; 0 is something that did not happen. Stamps of arrival are the
// kernel's where it gives them. It is a copy: nothing changes it later.
type Trace struct {
	// StartNS is when Do was called. AIPerf takes its request start there.
	StartNS int64
	// GetConnNS is when a connection was asked for, GotConnNS when there was
	// one.
	GetConnNS, GotConnNS int64
	// ElsewhereNS is how long the exchanges took that were answered with
	// redirects before this one: a duration, their own lateness left out. All
	// other times are of the last exchange.
	ElsewhereNS int64
	// The making of the connection, only if this request opened it. The
	// connect ends when the first address answered.
	DNSStartNS, DNSDoneNS         int64
	ConnectStartNS, ConnectDoneNS int64
	TLSStartNS, TLSDoneNS         int64
	// Reused says that the connection was made earlier, or by a dial on behalf
	// of another request.
	Reused bool
	// Attempts counts the connections that this request took: more than one
	// when an idle one turned out to be dead before anything was written.
	Attempts int
	// WroteFirstNS is the start of the first write to the socket,
	// WroteLastNS that of the last one, and WroteEndNS its return: the
	// departure of the last byte lies between the latter two.
	WroteFirstNS, WroteLastNS, WroteEndNS int64
	// Sent says that head and body were written in full.
	Sent bool
	// FirstByteNS is the arrival of the first byte of the response, AckNS of
	// the last byte of its head.
	FirstByteNS, AckNS int64
	// FirstBodyNS and LastBodyNS are the arrivals of the first and the latest
	// read of the body.
	FirstBodyNS, LastBodyNS int64
	// EndNS is when Do knew the request to be over, by this process's clock.
	EndNS int64
	// BytesSent and BytesReceived count bodies. Writes counts writes to the
	// socket, Chunks reads of the body.
	BytesSent, BytesReceived int64
	Writes, Chunks           int
	// ReadLateNS is the largest time from kernel stamp to read of any read of
	// the response, a duration.
	ReadLateNS int64
	// Kernel says that every read had a good kernel stamp.
	Kernel bool
	// Local and Remote are the addresses of the connection.
	Local, Remote string
}

// DNSNS returns the time of the name lookup of this request's own connection.
func (t *Trace) DNSNS() int64 { return span(t.DNSStartNS, t.DNSDoneNS) }

// ConnectingNS returns the time of TCP connect and TLS handshake of this
// request's own connection, as AIPerf counts connecting.
func (t *Trace) ConnectingNS() int64 {
	return span(t.ConnectStartNS, t.ConnectDoneNS) + span(t.TLSStartNS, t.TLSDoneNS)
}

// SetupNS returns the time that the request paid for opening its own connection:
// DNS, connect and TLS. It is 0 on a reused connection.
func (t *Trace) SetupNS() int64 { return t.DNSNS() + t.ConnectingNS() }

// BlockedNS returns how long the request waited for a connection beyond the
// set-up of its own: for a free slot under MaxConns, or for another request's
// connection while its own dial went on.
func (t *Trace) BlockedNS() int64 {
	return max(span(t.GetConnNS, t.GotConnNS)-t.SetupNS(), 0)
}

// LateNS returns the client's lateness inside this process: from the call of Do
// to the first byte on the wire, without set-up of the connection and what went
// on elsewhere. It contains BlockedNS.
func (t *Trace) LateNS() int64 {
	return max(span(t.StartNS, t.WroteFirstNS)-t.SetupNS()-t.ElsewhereNS, 0)
}

// DepartNS returns the request start for records: the departure on the wire,
// less the set-up time when the request opened its own connection and the time
// of redirects. So these are inside TTFT and latency, as in AIPerf, while this
// process's own lateness is not. It is StartNS when nothing was written.
func (t *Trace) DepartNS() int64 { return t.StartNS + t.LateNS() }

// span returns to - from, 0 if either did not happen or they are in disorder.
func span(from, to int64) int64 {
	if from == 0 || to == 0 {
		return 0
	}
	return max(to-from, 0)
}

func (t *Trace) dialed(d *dialTimes) {
	t.DNSStartNS, t.DNSDoneNS = d.dnsStartNS, d.dnsDoneNS
	t.ConnectStartNS, t.ConnectDoneNS = d.connectStartNS, d.connectDoneNS
	t.TLSStartNS, t.TLSDoneNS = d.tlsStartNS, d.tlsDoneNS
}

// copyTo copies the exchange out. Bytes and times of the response body are
// already in the trace.
func (x *exchange) copyTo(t *Trace) {
	t.StartNS, t.GetConnNS, t.GotConnNS, t.ElsewhereNS = x.startNS, x.getConnNS, x.gotConnNS, x.elsewhereNS
	t.Reused, t.Attempts = x.reused, x.attempts
	t.WroteFirstNS = x.before(x.wroteFirst.Load())
	if t.WroteFirstNS != 0 {
		t.WroteLastNS, t.WroteEndNS = x.before(x.wroteLast.Load()), x.wroteEnd.Load()
	}
	t.Sent, t.Writes = x.sent.Load(), int(x.writes.Load())
	t.FirstByteNS = x.firstByte.Load()
	if b := x.body.Load(); b != nil {
		t.BytesSent = b.taken.Load()
	}
	t.ReadLateNS = x.lateNS.Load()
	t.Kernel = t.FirstByteNS != 0 && x.unstamped.Load() == 0
	if c := x.conn; c != nil {
		t.Local, t.Remote = c.local, c.remote
		if !x.reused {
			t.dialed(&c.dial)
			if done := x.proxyTLSDone.Load(); done != 0 && !c.dial.secure {
				t.TLSStartNS, t.TLSDoneNS = c.dial.connectDoneNS, done // with the CONNECT
			}
		}
	}
}
