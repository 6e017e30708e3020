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

	// Text is the answer as text: thinking, message and tool calls in the order
	// in which they came; set only when the answers are to be kept.
	Text string
	// Trace is set only when it was asked for.
	Trace *Trace
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
