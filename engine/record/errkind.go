package record

import "fmt"

// ErrKind says how a request failed. It is the one list of failures that the
// error summary, goodput, the views and the exit code share. The zero value
// means that nothing failed.
type ErrKind uint8

// The kinds of failure, roughly in the order in which a request can meet them.
const (
	// ErrNone is success.
	ErrNone ErrKind = iota
	// ErrDNS is a host name that did not resolve.
	ErrDNS
	// ErrRefused is a connection refused by the server's host.
	ErrRefused
	// ErrConnect is any other failure to connect: no route, unreachable, the
	// kernel gave up.
	ErrConnect
	// ErrTLS is a failed TLS handshake: certificate, protocol, alert.
	ErrTLS
	// ErrTimeout is a request that used up its total time budget.
	ErrTimeout
	// ErrReset is a connection that was reset or closed before the head of
	// the response was complete.
	ErrReset
	// ErrHTTP4xx is a response with a status of 400 to 499.
	ErrHTTP4xx
	// ErrHTTP5xx is a response with a status of 500 to 599.
	ErrHTTP5xx
	// ErrHTTPOther is any other status outside 200 to 299, such as a redirect.
	ErrHTTPOther
	// ErrCutStream is a response body that ended before its end: the
	// connection closed inside a chunk or short of the content length.
	ErrCutStream
	// ErrBadStream is a response that breaks HTTP or the event stream format:
	// a malformed head, broken chunking, an oversized event.
	ErrBadStream
	// ErrStreamError is an error reported inside a stream of status 200.
	ErrStreamError
	// ErrNoContent is a complete response that carried no content.
	ErrNoContent
	// ErrCancelled is a request that this side gave up: a planned
	// cancellation or the end of the run.
	ErrCancelled
	// ErrOther is everything else.
	ErrOther

	errKinds = iota // how many there are
)

var errKindNames = [errKinds]string{
	ErrNone: "none", ErrDNS: "dns", ErrRefused: "refused", ErrConnect: "connect",
	ErrTLS: "tls", ErrTimeout: "timeout", ErrReset: "reset",
	ErrHTTP4xx: "http_4xx", ErrHTTP5xx: "http_5xx", ErrHTTPOther: "http_other",
	ErrCutStream: "cut_stream", ErrBadStream: "bad_stream",
	ErrStreamError: "stream_error", ErrNoContent: "no_content",
	ErrCancelled: "cancelled", ErrOther: "other",
}

// ErrKinds returns every kind but ErrNone, in the order of the constants.
func ErrKinds() []ErrKind {
	kinds := make([]ErrKind, 0, errKinds-1)
	for k := ErrNone + 1; k < errKinds; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// String returns the kind's name as it stands in files and on the screen, such
// as "cut_stream".
func (k ErrKind) String() string {
	if k < errKinds {
		return errKindNames[k]
	}
	return fmt.Sprintf("errkind(%d)", uint8(k))
}

// ParseErrKind is the inverse of String. It reports false for an unknown name.
func ParseErrKind(name string) (ErrKind, bool) {
	for k, n := range errKindNames {
		if n == name {
			return ErrKind(k), true
		}
	}
	return ErrNone, false
}

// StatusKind returns the kind of an HTTP status: ErrNone for 200 to 299.
func StatusKind(status int) ErrKind {
	switch {
	case status >= 200 && status < 300:
		return ErrNone
	case status >= 400 && status < 500:
		return ErrHTTP4xx
	case status >= 500 && status < 600:
		return ErrHTTP5xx
	default:
		return ErrHTTPOther
	}
}
