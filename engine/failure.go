package engine

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"tacho/engine/endpoint"
	"tacho/engine/record"
)

// Failures carry AIPerf 0.13's error object, whose type and message are those
// of Python's classes. What stands in a message beyond that is ours.

// contentFailure is one that the answer's content showed.
func contentFailure(kind record.ErrKind, f *endpoint.Fault) *record.Failure {
	return &record.Failure{Kind: kind, Code: f.Code, Type: f.Type, Message: f.Message}
}

// errStreamFault ends a stream in which the server reported an error.
var errStreamFault = errors.New("the server reported an error in the stream")

// cancelFailure is a planned cancellation, after the time since sending.
func cancelFailure(after time.Duration) *record.Failure {
	return &record.Failure{
		Kind: record.ErrCancelled, Code: 499, Type: "RequestCancellationError",
		Message: fmt.Sprintf("Request cancelled %.3fs after being sent", after.Seconds()),
	}
}

// httpFailure is an answer whose status is outside 200 to 299.
func httpFailure(status int, reason, body string) *record.Failure {
	return &record.Failure{Kind: record.StatusKind(status), Code: status, Type: reason, Message: body}
}

// transportFailure maps a failure of the exchange itself to the class that
// AIPerf's HTTP client would have raised.
func transportFailure(kind record.ErrKind, err error, host string) *record.Failure {
	f := &record.Failure{Kind: kind}
	text := err.Error()
	chain := func(class, cause, causeText string) {
		f.Type = class
		f.Cause = causeText
		f.CauseChain = []string{class, cause}
	}
	switch kind {
	case record.ErrTimeout:
		chain("TimeoutError", "CancelledError", "CancelledError()")
		f.Message = "TimeoutError()"
	case record.ErrRefused, record.ErrConnect, record.ErrDNS:
		class, cause := "ClientConnectorError", "ConnectionRefusedError"
		switch kind {
		case record.ErrDNS:
			class, cause = "ClientConnectorDNSError", "gaierror"
		case record.ErrConnect:
			cause = "OSError"
		}
		name, port, _ := net.SplitHostPort(host)
		inner := cause + "(" + pyQuote(text) + ")"
		if kind == record.ErrRefused {
			inner = fmt.Sprintf("ConnectionRefusedError(111, \"Connect call failed ('%s', %s)\")", name, port)
		}
		chain(class, cause, inner)
		f.Message = fmt.Sprintf("%s(host=%s, port=%s): %s", class, pyQuote(name), port, inner)
	case record.ErrTLS:
		chain("ClientConnectorSSLError", "SSLError", "SSLError("+pyQuote(text)+")")
		f.Message = "ClientConnectorSSLError(" + pyQuote(text) + ")"
	case record.ErrReset:
		f.Type = "ServerDisconnectedError"
		f.Message = "ServerDisconnectedError(" + pyQuote(text) + ")"
	case record.ErrCutStream:
		chain("ClientPayloadError", "TransferEncodingError", "TransferEncodingError("+pyQuote(text)+")")
		f.Message = "ClientPayloadError(" + pyQuote("Response payload is not completed: "+text) + ")"
	case record.ErrBadStream:
		f.Type = "ClientPayloadError"
		f.Message = "ClientPayloadError(" + pyQuote(text) + ")"
	default:
		f.Type = "ClientError"
		f.Message = "ClientError(" + pyQuote(text) + ")"
	}
	return f
}

// pyQuote quotes like Python's repr of a str, which is what AIPerf's messages
// are made of: single quotes, unless only those occur inside.
func pyQuote(s string) string {
	q := strconv.Quote(s)
	q = q[1 : len(q)-1]
	out := make([]byte, 0, len(q)+2)
	single, double := false, false
	for i := range len(s) {
		single = single || s[i] == '\''
		double = double || s[i] == '"'
	}
	mark := byte('\'')
	if single && !double {
		mark = '"'
	}
	out = append(out, mark)
	for i := 0; i < len(q); i++ {
		switch {
		case q[i] == '\\' && i+1 < len(q) && q[i+1] == '"':
			out = append(out, '"') // Go escapes double quotes, Python need not
			i++
		case q[i] == '\\' && i+1 < len(q):
			out = append(out, q[i], q[i+1])
			i++
		case q[i] == '\'' && mark == '\'':
			out = append(out, '\\', '\'')
		default:
			out = append(out, q[i])
		}
	}
	return string(append(out, mark))
}
