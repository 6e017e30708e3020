package record

// Raw is the wire-level account of one exchange: what was sent and all that
// came back. It is filled by the worker, each part only when an export that
// needs it was asked for, and never changed after it was handed over with its Row.
type Raw struct {
	// StartNS is the start of the request on the monotonic axis of Now, the
	// axis of all AtNS below; AIPerf writes it as start_perf_ns.
	StartNS int64
	// Payload is the request body, verbatim. One that is not JSON is written
	// as a JSON string.
	Payload []byte
	// Headers are the request's, in the order sent. Secrets are redacted by
	// whoever writes them to a file, not here.
	Headers []Header
	// Status is 0 when no answer came.
	Status int
	// Events are the blocks of a streamed answer, in order of arrival.
	Events []Event
	// Body is the answer when it was not streamed, BodyNS its arrival. Both
	// are zero for a stream and for a request without an answer.
	Body        string
	BodyNS      int64
	ContentType string
	// First is the answer to the submission of a job, whose end Body is, and
	// FirstNS its arrival; of the same type. Both are zero for others.
	First   string
	FirstNS int64

	// Text is the answer as text: thinking, message and tool calls in the order
	// in which they came; set only when the answers are to be kept.
	Text string
	// Trace is set only when it was asked for.
	Trace *Trace
}

// Size is about how many bytes of memory the account holds; nil holds none.
// Whoever keeps many of them bounds the sum.
func (r *Raw) Size() int64 {
	if r == nil {
		return 0
	}
	const event, packet, trace = 32, 32, 2 << 10 // of the values themselves
	n := len(r.Payload) + len(r.First) + len(r.Body) + len(r.Text)
	for i := range r.Headers {
		n += packet + len(r.Headers[i].Name) + len(r.Headers[i].Value)
	}
	for i := range r.Events {
		n += event
		for j := range r.Events[i].Packets {
			p := &r.Events[i].Packets[j]
			n += packet + len(p.Name) + len(p.Value)
		}
	}
	if r.Trace != nil {
		n += trace
	}
	return int64(n)
}

// Header is one header field.
type Header struct{ Name, Value string }

// Event is one block of a server-sent event stream. AtNS is the arrival of the
// bytes that completed it; blocks completed by one read share it.
type Event struct {
	AtNS    int64
	Packets []Packet
}

// Packet is one line of a block: Name is "data", "event", "id", "retry" or
// "comment".
type Packet struct{ Name, Value string }
