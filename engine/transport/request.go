package transport

import (
	"net/http"
	"time"

	"tacho/engine/record"
)

// Request is one request, ready to send. Do changes nothing in it.
type Request struct {
	// Method is POST if empty.
	Method string
	URL    string
	// Header is sent as it is. A Host entry replaces the URL's host.
	Header http.Header
	// Body belongs to Do until it returns, and to nobody else after: no
	// goroutine reads it any longer.
	Body []byte
	// Stream says that an event stream is wanted; a Response that is none then
	// says so.
	Stream bool
	// ConnKey names the connection under the Sticky strategy; LastOfKey closes
	// it after this request. An empty key takes the connections of other
	// empty keys.
	ConnKey   string
	LastOfKey bool
	// CancelSent gives the request up CancelAfter (0 or more) after it was
	// written in full: a planned cancellation.
	CancelSent  bool
	CancelAfter time.Duration
	// OnSent, if set, is called once when the request was written in full,
	// with the return of the last write, in another goroutine than Do's and
	// perhaps after Do has returned. It must not block.
	OnSent func(atNS int64)
}

// Handler takes the response of a request, in the goroutine that called Do. An
// error ends the request; a *KindError says what kind of failure it is.
type Handler interface {
	// Event takes one event of a stream.
	Event(e *Event) error
	// Body takes the whole body of a response with status 2xx that is no event
	// stream, also an empty one.
	Body(b *Body) error
}

// Body is a response body read whole.
type Body struct {
	// Data is valid during the handler's call only.
	Data []byte
	// AtNS is the arrival of the last byte, UserNS when it was read, as in
	// Event. Without a body it is the arrival of the head.
	AtNS, UserNS int64
	Kernel       bool
}

// HandlerFuncs makes a Handler of functions; a nil one ignores what it is for.
type HandlerFuncs struct {
	OnEvent func(*Event) error
	OnBody  func(*Body) error
}

// Event calls OnEvent.
func (h HandlerFuncs) Event(e *Event) error {
	if h.OnEvent == nil {
		return nil
	}
	return h.OnEvent(e)
}

// Body calls OnBody.
func (h HandlerFuncs) Body(b *Body) error {
	if h.OnBody == nil {
		return nil
	}
	return h.OnBody(b)
}

// Response is how a request ended.
type Response struct {
	// Status is the HTTP status, 0 if no head came. Reason is its phrase.
	Status int
	Reason string
	Header http.Header
	// TransferEncoding is the header of that name, which is not in Header.
	TransferEncoding []string
	// ContentType is the header's value. SSE says that the body was read as an
	// event stream; NotStreamed that one was wanted and did not come.
	ContentType      string
	SSE, NotStreamed bool
	// Redirect is where the server sent the request on to, empty if it did not.
	Redirect string
	// Events counts the events of the stream. LeftOpen says that the last one came
	// and the end of the stream did not (Options.AfterLast).
	Events   int
	LeftOpen bool
	// ErrorBody is the beginning of the body of a response outside of 2xx, up
	// to Options.ErrorBody; ErrorBodyCut says that there was more.
	ErrorBody    []byte
	ErrorBodyCut bool
	// Kind and Err say how the request failed, ErrNone and nil if it did not.
	Kind record.ErrKind
	Err  error
	// Planned says that the failure is the planned cancellation.
	Planned bool
	Trace   Trace
}
