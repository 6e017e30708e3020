package endpoint

import (
	"tacho/engine/pytext"
)

// Fault is a failure that only the content of an answer shows, in the words
// that AIPerf 0.13 writes to its files.
type Fault struct {
	// Code is AIPerf's number, 0 if it gives none.
	Code int
	// Type is the class name of the Python exception, Message its repr, and
	// Cause what is in it, for people.
	Type, Message, Cause string
}

// The reasons that AIPerf gives for an answer without content, and for one of
// which nothing came but its head.
const (
	noContent = "Invalid inference result: No responses with actual content were received from the server " +
		"(only usage/metadata, null/empty data, or [DONE] markers)"
	noResponse = "Invalid inference result: No responses were received"
)

// Fault is nil if the answer is valid, and otherwise says why not. An error
// object found inside the answer is the Cause.
func (a *Answer) Fault() *Fault {
	if a.Valid() {
		return nil
	}
	cause, reason := "the answer has no content", noContent
	switch {
	case a.Units+a.Blank == 0:
		cause, reason = "the answer is empty", noResponse
	case a.Failed > 0:
		cause = "the server sent an error: " + a.FirstError
	case a.Loose > 0:
		cause = `the server leaves out "object", so nothing was read; relaxed parsing would accept it`
	case a.NotJSON > 0:
		cause = "the answer is not JSON"
	}
	const class = "InvalidInferenceResultError"
	return &Fault{Type: class, Message: class + "('" + reason + "')", Cause: cause}
}

// EventFault is the failure of a stream in which a block with "event: error"
// came. comment is the first ": comment" line of that block; without one,
// block, a printout of it, stands in.
func EventFault(comment string, hasComment bool, block string) *Fault {
	if !hasComment {
		comment = "Unknown error in SSE response: " + block
	}
	const class = "SSEResponseError"
	return &Fault{
		Code: 502, Type: class, Cause: comment,
		Message: class + "(" + pytext.Repr("Error occurred in SSE response: "+comment) + ")",
	}
}
