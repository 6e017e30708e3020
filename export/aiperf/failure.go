package aiperf

import (
	"fmt"
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

// failure writes AIPerf's error object.
func (w *jsonWriter) failure(f *record.Failure) {
	w.open('{')
	w.optInt("code", int64(f.Code))
	w.optStr("type", f.Type)
	w.str("message", f.Message)
	w.optStr("cause", f.Cause)
	w.optStrs("cause_chain", f.CauseChain)
	w.optStr("details", f.Details)
	w.close('}')
}

// failure reads the same object.
func (d *RecordDecoder) failure(s *scanner, f *record.Failure) error {
	return s.objectBytes(func(key []byte) (err error) {
		switch string(key) {
		case "code":
			err = intInto(s, &f.Code)
		case "type":
			f.Type, err = d.intern(s)
		case "message":
			f.Message, err = d.intern(s)
		case "cause":
			f.Cause, err = d.intern(s)
		case "cause_chain":
			if s.peek() == 'n' {
				return s.skip()
			}
			err = s.array(func() error {
				c, err := d.intern(s)
				f.CauseChain = append(f.CauseChain, c)
				return err
			})
		case "details":
			if s.peek() != '"' {
				// Not text: kept as its JSON.
				var raw []byte
				raw, err = s.value()
				if string(raw) != "null" {
					f.Details = string(raw)
				}
				break
			}
			f.Details, err = s.string()
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("error.%s: %w", key, err)
		}
		return nil
	})
}
