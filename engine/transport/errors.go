package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"tacho/engine/record"
)

// ErrPlanned is the cause of a planned cancellation (Request.CancelSent).
var ErrPlanned = errors.New("cancelled as planned")

// ErrBodyTooLarge is a body that exceeds Options.MaxBody.
var ErrBodyTooLarge = errors.New("response body too large")

// KindError is an error of a known kind. A handler returns one to end a request
// as what it found.
type KindError struct {
	Kind record.ErrKind
	Err  error
}

// Error is the text of the error itself.
func (e *KindError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e *KindError) Unwrap() error { return e.Err }

// handlerError keeps a handler's own error from being taken for one of net/http.
func handlerError(err error) error {
	if _, known := errors.AsType[*KindError](err); known || err == nil {
		return err
	}
	return &KindError{record.ErrOther, err}
}

// classify returns the kind of an error of this package or net/http. acked says
// that the head of the response had arrived. The context is asked first, since
// its end shows in many forms.
func classify(ctx context.Context, err error, acked bool) record.ErrKind {
	if err == nil {
		return record.ErrNone
	}
	if e, ok := errors.AsType[*KindError](err); ok {
		return e.Kind
	}
	if ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return record.ErrTimeout
		}
		return record.ErrCancelled
	}
	if errors.Is(err, context.Canceled) {
		return record.ErrCancelled // the client closed
	}
	if e, ok := errors.AsType[*dialError](err); ok {
		return dialKind(e)
	}
	switch {
	case errors.Is(err, ErrEventTooLarge), errors.Is(err, ErrBodyTooLarge), malformed(err):
		return record.ErrBadStream
	case tlsFault(err):
		return record.ErrTLS
	case lost(err):
		if acked {
			return record.ErrCutStream
		}
		return record.ErrReset
	}
	return record.ErrOther
}

func dialKind(e *dialError) record.ErrKind {
	if e.stage == stageTLS {
		return record.ErrTLS
	}
	if _, ok := errors.AsType[*net.DNSError](e.err); ok {
		return record.ErrDNS
	}
	if errors.Is(e.err, syscall.ECONNREFUSED) {
		return record.ErrRefused
	}
	return record.ErrConnect
}

// malformed reports whether the server broke HTTP. net/http says most of that
// in errors without a type, so their text decides; a test holds each of them.
func malformed(err error) bool {
	if errors.Is(err, http.ErrLineTooLong) || errors.Is(err, bufio.ErrTooLong) {
		return true
	}
	text := err.Error()
	for _, s := range []string{
		"malformed", "in chunk length", "for chunk length", "chunk length too large", "in chunked line",
		"chunked line ends", "too much non-data", "transfer encoding", "Content-Length", "invalid Trailer",
		"bad trailer", "response headers exceeded",
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// early gives an answer that was there before its request the words for it, which
// net/http has none for.
func early(err error) error {
	if strings.Contains(err.Error(), "readLoopPeekFailLocked: %!w(<nil>)") {
		return &KindError{record.ErrBadStream, errors.New("the server answered before it was asked")}
	}
	return err
}

// tlsFault reports whether TLS itself failed after the handshake.
func tlsFault(err error) bool {
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

// endOfTrailer reports whether a body was complete but for a trailer that did not
// fit net/http's buffer, which Precise makes small. Nobody reads trailers here.
func endOfTrailer(err error) bool {
	return err != nil && strings.Contains(err.Error(), "suspiciously long trailer")
}

// lost reports whether the connection went away.
func lost(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	for _, e := range []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, syscall.ETIMEDOUT, syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if errors.Is(err, e) {
			return true
		}
	}
	return strings.Contains(err.Error(), "server closed idle connection")
}
