package aiperf

import (
	"slices"

	"tacho/engine/record"
)

// kindOf tells our kind of failure from what AIPerf wrote of it: a status, or
// the names of Python's exception classes.
func kindOf(f *record.Failure, m *record.Meta) record.ErrKind {
	if k, ok := errTypes[f.Type]; ok {
		if f.Type == "ClientConnectorError" && slices.Contains(f.CauseChain, "ConnectionRefusedError") {
			return record.ErrRefused
		}
		return k
	}
	switch {
	case m.Cancelled:
		return record.ErrCancelled
	case f.Code >= 400 && f.Code <= 499:
		return record.ErrHTTP4xx
	case f.Code >= 500 && f.Code <= 599:
		return record.ErrHTTP5xx
	case f.Code >= 100 && f.Code <= 399:
		return record.ErrHTTPOther
	}
	return record.ErrOther
}

// errTypes are the class names that say what happened by themselves.
var errTypes = map[string]record.ErrKind{
	"RequestCancellationError":        record.ErrCancelled,
	"TimeoutError":                    record.ErrTimeout,
	"ServerTimeoutError":              record.ErrTimeout,
	"SocketTimeoutError":              record.ErrTimeout,
	"ConnectionTimeoutError":          record.ErrTimeout,
	"ClientConnectorDNSError":         record.ErrDNS,
	"ClientConnectorError":            record.ErrConnect,
	"ClientConnectorSSLError":         record.ErrTLS,
	"ClientConnectorCertificateError": record.ErrTLS,
	"ClientSSLError":                  record.ErrTLS,
	"ServerDisconnectedError":         record.ErrReset,
	"ClientOSError":                   record.ErrReset,
	"ConnectionResetError":            record.ErrReset,
	"ClientPayloadError":              record.ErrCutStream,
	"ClientResponseError":             record.ErrBadStream,
	"SSEResponseError":                record.ErrStreamError,
	"InvalidInferenceResultError":     record.ErrNoContent,
}
