package engine

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"tacho/engine/pytext"
	"tacho/engine/record"
	"tacho/engine/transport"
)

// exception is one of Python's, as its repr prints it.
type exception struct{ class, repr string }

// raise is the failure that AIPerf makes of an exception and its causes,
// outermost first.
func raise(kind record.ErrKind, chain ...exception) *record.Failure {
	f := &record.Failure{Kind: kind, Type: chain[0].class, Message: chain[0].repr}
	for _, e := range chain {
		f.CauseChain = append(f.CauseChain, e.class)
	}
	if len(chain) > 1 {
		f.Cause = chain[1].repr
	}
	return f
}

// transportFailure maps a failure of the exchange itself to the exceptions that
// AIPerf's HTTP client, aiohttp 3.14, raises in its place. target is the URL of
// the request. What has no counterpart there keeps our own words.
func transportFailure(resp *transport.Response, target string) *record.Failure {
	kind, err := resp.Kind, resp.Err
	switch kind {
	case record.ErrTimeout:
		return raise(kind, exception{"TimeoutError", "TimeoutError()"}, exception{"CancelledError", "CancelledError()"})
	case record.ErrDNS:
		return unconnected(kind, "ClientConnectorDNSError", target, lookupError(err))
	case record.ErrRefused, record.ErrConnect:
		return unconnected(kind, "ClientConnectorError", target, connectError(err))
	case record.ErrTLS:
		if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
			reason := "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " + strings.TrimPrefix(e.Err.Error(), "x509: ")
			return unconnected(kind, "ClientConnectorCertificateError", target, numbered("SSLCertVerificationError", 1, reason))
		}
		return unconnected(kind, "ClientConnectorSSLError", target, numbered("SSLError", 1, err.Error()))
	case record.ErrReset:
		if no, ok := errors.AsType[syscall.Errno](err); ok {
			return raise(kind, numbered("ClientOSError", int(no), strerror(no)), osError(no, strerror(no)))
		}
		return raise(kind, worded("ServerDisconnectedError", "Server disconnected"))
	case record.ErrCutStream:
		return cut(resp)
	case record.ErrBadStream:
		return raise(kind, worded("ClientPayloadError", err.Error()))
	}
	return raise(kind, worded("ClientError", err.Error()))
}

// unconnected is a connection that was not made. aiohttp names the key of its
// pool in the message.
func unconnected(kind record.ErrKind, class, target string, cause exception) *record.Failure {
	host, port, secure := "", "", "False"
	if u, err := url.Parse(target); err == nil {
		host, port = u.Hostname(), u.Port()
		if u.Scheme == "https" {
			port, secure = cmp.Or(port, "443"), "True"
		}
	}
	key := fmt.Sprintf("ConnectionKey(host=%s, port=%s, is_ssl=%s, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None, server_hostname=None)",
		pytext.Repr(host), cmp.Or(port, "80"), secure)
	return raise(kind, exception{class, class + "(" + key + ", " + cause.repr + ")"}, cause)
}

// cut is an answer whose end did not come.
func cut(resp *transport.Response) *record.Failure {
	inner := exception{"TransferEncodingError", "<TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>"}
	if length := resp.Header.Get("Content-Length"); length != "" {
		inner.class = "ContentLengthError"
		inner.repr = fmt.Sprintf("<ContentLengthError: 400, message='Not enough data to satisfy content length header (received %d of %s bytes).'>",
			resp.Trace.BytesReceived, length)
	}
	text := "Response payload is not completed: " + inner.repr
	if no, ok := errors.AsType[syscall.Errno](resp.Err); ok {
		text += ". " + osError(no, strerror(no)).repr
	}
	return raise(resp.Kind, worded("ClientPayloadError", text), inner)
}

// lookupError is what getaddrinfo of the C library says.
func lookupError(err error) exception {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return numbered("gaierror", -2, "Name or service not known")
	}
	return numbered("gaierror", -3, "Temporary failure in name resolution")
}

// connectError is what asyncio says of a connect that failed: at once, the error
// as it is; later, with the address.
func connectError(err error) exception {
	no, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return worded("OSError", err.Error())
	}
	e, ok := errors.AsType[*net.OpError](err)
	if !ok || no == syscall.ENETUNREACH || no == syscall.EADDRNOTAVAIL {
		return osError(no, strerror(no))
	}
	a, ok := e.Addr.(*net.TCPAddr)
	if !ok {
		return osError(no, strerror(no))
	}
	scope := ""
	if a.IP.To4() == nil {
		scope = ", 0, 0"
	}
	return osError(no, fmt.Sprintf("Connect call failed ('%s', %d%s)", a.IP, a.Port, scope))
}

// osError is the subclass of OSError that Python chooses for an error number.
func osError(no syscall.Errno, text string) exception {
	class := "OSError"
	switch no {
	case syscall.ECONNREFUSED:
		class = "ConnectionRefusedError"
	case syscall.ECONNRESET:
		class = "ConnectionResetError"
	case syscall.ECONNABORTED:
		class = "ConnectionAbortedError"
	case syscall.EPIPE:
		class = "BrokenPipeError"
	case syscall.ETIMEDOUT:
		class = "TimeoutError"
	}
	return numbered(class, int(no), text)
}

// strerror is the C library's text for an error number: Go's with a capital.
func strerror(no syscall.Errno) string {
	s := no.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

func numbered(class string, no int, text string) exception {
	return exception{class, class + "(" + strconv.Itoa(no) + ", " + pytext.Repr(text) + ")"}
}

func worded(class, text string) exception {
	return exception{class, class + "(" + pytext.Repr(text) + ")"}
}
