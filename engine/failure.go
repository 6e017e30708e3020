package engine

import (
	"errors"
	"fmt"
	"time"

	"tacho/engine/endpoint"
	"tacho/engine/record"
)

// Failures carry AIPerf 0.13's error object, whose type and message are those
// of Python's classes.

// contentFailure is one that the answer's content showed.
func contentFailure(kind record.ErrKind, f *endpoint.Fault) *record.Failure {
	return &record.Failure{Kind: kind, Code: f.Code, Type: f.Type, Message: f.Message, CauseChain: []string{f.Type}}
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

// hideSecrets takes the run's credentials out of a failure and of the answer that
// told it.
func (w *worker) hideSecrets(f *record.Failure) {
	hide := w.r.plan.Headers.Hide
	f.Message = hide(f.Message)
	if w.raw == nil {
		return
	}
	w.raw.First, w.raw.Body = hide(w.raw.First), hide(w.raw.Body)
	for _, e := range w.raw.Events {
		for i := range e.Packets {
			e.Packets[i].Value = hide(e.Packets[i].Value)
		}
	}
}
