package transport

import "errors"

// ErrEventTooLarge is an event of a stream that exceeds Options.MaxEvent.
var ErrEventTooLarge = errors.New("event too large")

// Event is one block of an event stream. Its slices are valid during the
// handler's call only.
type Event struct {
	// Name is the value of the event field, ID that of the id field.
	Name, ID []byte
	// Data is the value of the data field; several are joined by newlines.
	Data []byte
	// Comment is the text of comment lines, joined by newlines.
	Comment []byte
	// RetryMS is the value of the retry field in milliseconds, 0 if there is
	// none.
	RetryMS int64
	// Raw is the whole block, without the line ends after its last line.
	Raw []byte
	// AtNS is the arrival of the read that completed the event: the kernel's
	// stamp if Kernel is set, else the user time. UserNS is the time at which
	// this process had read it.
	AtNS, UserNS int64
	Kernel       bool
	// Content is for the handler to set if the event carried content: it
	// counts in Counters.ContentEvents and EqualStamps.
	Content bool
	// Last is for the handler to set if the answer is complete with this event:
	// its end is waited for no longer than Options.AfterLast.
	Last bool
}
