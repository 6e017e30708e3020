package simserver

import "time"

// kind says what a piece puts on the wire.
type kind uint8

const (
	// Rendered by the endpoint's dialect, as one SSE event in one chunk.
	kindRole kind = iota
	kindText
	kindReasoning
	kindToolName
	kindToolArgs
	kindFinish
	kindUsage
	kindDone
	// kindOpen and kindClose begin and end a stretch of the pieces between them,
	// in APIs whose answers have such: its text says of what.
	kindOpen
	kindClose
	// kindBody is a whole answer that is not streamed, status line included.
	kindBody
	// kindSSE is text verbatim in one chunk, kindWire text verbatim without
	// any framing, kindEnd the last chunk of the body.
	kindSSE
	kindWire
	kindEnd
	// These end or delay the stream and put nothing on the wire.
	kindCut
	kindReset
	kindPause
)

// piece is one thing that a stream does. A response is a list of them.
type piece struct {
	kind kind
	// hold keeps the bytes back until the next piece without it: both then
	// leave in one write.
	hold bool
	// split sends the event in three writes.
	split bool
	// half sends only the first half of a kindBody.
	half bool
	// ticks is how many tokens must have been produced since the last piece
	// before this one is due; tokens is how many of them it shows. A piece
	// with tokens is a content event of the truth log.
	ticks, tokens int
	text          string
	finish        string // finish_reason carried by this event, "" for null
	pause         time.Duration
}

// ticksIn returns the number of tokens that pieces wait for.
func ticksIn(pieces []piece) int {
	n := 0
	for i := range pieces {
		n += pieces[i].ticks
	}
	return n
}

// dialect renders the pieces of one response of one endpoint.
type dialect interface {
	// event appends the SSE event of p, blank line included. u counts what has
	// been written so far, p included.
	event(dst []byte, p *piece, u usage) []byte
	// body appends the JSON of the whole answer.
	body(dst []byte, u usage) []byte
}

// rawBody is a dialect whose whole answer is not JSON.
type rawBody interface{ contentType() string }

// usage is the token count of a response.
type usage struct {
	prompt, cached, completion, reasoning int
}
