package engine

import (
	"errors"
	"fmt"
	"net"
	"time"

	"tacho/engine/endpoint"
	"tacho/engine/pytext"
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
		inner := cause + "(" + pytext.Repr(text) + ")"
		if kind == record.ErrRefused {
			inner = fmt.Sprintf("ConnectionRefusedError(111, \"Connect call failed ('%s', %s)\")", name, port)
		}
		chain(class, cause, inner)
		f.Message = fmt.Sprintf("%s(host=%s, port=%s): %s", class, pytext.Repr(name), port, inner)
	case record.ErrTLS:
		chain("ClientConnectorSSLError", "SSLError", "SSLError("+pytext.Repr(text)+")")
		f.Message = "ClientConnectorSSLError(" + pytext.Repr(text) + ")"
	case record.ErrReset:
		f.Type = "ServerDisconnectedError"
		f.Message = "ServerDisconnectedError(" + pytext.Repr(text) + ")"
	case record.ErrCutStream:
		chain("ClientPayloadError", "TransferEncodingError", "TransferEncodingError("+pytext.Repr(text)+")")
		f.Message = "ClientPayloadError(" + pytext.Repr("Response payload is not completed: "+text) + ")"
	case record.ErrBadStream:
		f.Type = "ClientPayloadError"
		f.Message = "ClientPayloadError(" + pytext.Repr(text) + ")"
	default:
		f.Type = "ClientError"
		f.Message = "ClientError(" + pytext.Repr(text) + ")"
	}
	return f
}
