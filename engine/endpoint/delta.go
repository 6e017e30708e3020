package endpoint

import (
	"encoding/json"
	"math"
)

// Kind says what a unit of an answer carries.
type Kind uint8

// The kinds of unit. All but NoContent are content: they take part in time to
// first token, the gaps between chunks, and latency. Role-only and empty
// deltas, finish reasons, usage blocks and [DONE] are NoContent. The last five
// have no text; AIPerf counts it all the same, as a text without tokens.
const (
	NoContent Kind = iota
	TextUnit
	ReasoningUnit
	ToolUnit
	EmbeddingUnit
	RankingUnit
	RetrievalUnit
	ImageUnit
	VideoUnit
)

// Delta is what one unit of an answer says. Decode fills it; reuse one per
// worker, and it allocates nothing once its buffers have grown.
type Delta struct {
	// Relaxed accepts units whose "object" is missing or unknown, which
	// AIPerf ignores. The caller sets it; Decode leaves it as it is.
	Relaxed bool

	Kind Kind
	// Text is the message text, Reasoning the thinking, Tool the names and
	// arguments of tool calls, run together. They alias the decoded data or
	// this Delta: copy what is to be kept.
	Text, Reasoning, Tool []byte
	// Calls are the pieces of tool calls in the unit, for putting the
	// message together again.
	Calls []ToolPiece

	// Usage is the unit's own token account; HasUsage says there is one.
	Usage    Usage
	HasUsage bool

	// Done marks the end of a stream, "[DONE]".
	Done bool
	// NotJSON marks data that is no JSON; Foreign a JSON value of a kind that
	// this API does not know. Both carry nothing, as in AIPerf.
	NotJSON, Foreign bool
	// Loose marks a unit that looks right but lacks the object name: it has
	// been read if Relaxed is set, and otherwise would be.
	Loose bool
	// Failed marks an error object inside a stream or a 200 body, and Error
	// is its message. AIPerf 0.13 does not see these.
	Failed bool
	Error  []byte

	// Video is what a server says of the making of a video.
	Video Video

	unit unit
	last mould    // the unit before, for reading the next by it
	tool []byte   // backs Tool
	vals *members // of the unit; nil until needed

	// For Answer: the text is a piece of a part, or all of it again.
	part   partID
	role   partRole
	folds  json.RawMessage // a usage object that lacks what earlier ones said
	replay *replay         // nil for APIs of the chat dialect
}

// Video is a server's account of a video; NaN is absent.
type Video struct{ InferenceSec, PeakMemoryMB float64 }

// NoVideo is a Video in which every field is absent.
var NoVideo = Video{math.NaN(), math.NaN()}

// partRole says how a text stands to its part.
type partRole uint8

const (
	noPart partRole = iota
	pieceOfPart
	wholePart
)

// partID names a part of an answer in several parts; -1 is not said.
type partID struct{ output, content int }

// ToolPiece is what one unit says of one tool call.
type ToolPiece struct {
	// Index tells calls apart; -1 when the server does not say.
	Index           int
	ID, Type        []byte
	Name, Arguments []byte
	// Whole marks a call of an answer that came in one piece.
	Whole bool
	// Legacy marks a function_call in the form before tools.
	Legacy bool
}

// Content says that the unit counts as content.
func (d *Delta) Content() bool { return d.Kind != NoContent }

// Output says that the unit carries content that is not reasoning, which is
// what time to first output token waits for.
func (d *Delta) Output() bool {
	return d.Content() && (d.Kind != ReasoningUnit || len(d.Text) > 0)
}

// Counted is the part of the unit that counts as output tokens. Prose beside
// a tool call is not in it, as in AIPerf.
func (d *Delta) Counted() []byte {
	if d.Kind == ToolUnit {
		return d.Tool
	}
	if d.Kind == NoContent {
		return nil
	}
	return d.Text
}

// AppendText appends all that the unit says, the part that does not count
// included: thinking, message, tool calls.
func (d *Delta) AppendText(dst []byte) []byte {
	return append(append(append(dst, d.Reasoning...), d.Text...), d.Tool...)
}

// reset forgets the last unit but keeps buffers and settings. It is field by
// field because it runs once per token, and a copy of all would take longer
// than reading the unit; a test holds it to be complete.
func (d *Delta) reset() {
	d.Kind = NoContent
	d.Text, d.Reasoning, d.Tool, d.Calls = nil, nil, nil, nil
	d.Usage, d.HasUsage = NoUsage, false
	d.Done, d.NotJSON, d.Foreign, d.Loose = false, false, false, false
	d.Failed, d.Error = false, nil
	d.Video = NoVideo
	d.tool, d.unit.buf = d.tool[:0], d.unit.buf[:0]
	d.part, d.role, d.folds = partID{}, noPart, nil
	if d.replay != nil {
		d.replay.reset()
	}
}

// read parses data and takes over what holds for every API. It reports
// whether there is an object to go on with.
func (d *Delta) read(data []byte) (*unit, bool) {
	d.reset()
	if isDone(data) {
		d.Done = true
		return nil, false
	}
	u := d.last.fill(data)
	if u == nil {
		u = &d.unit
		u.reset()
		if u.scan(data) {
			d.last.take(u, data)
		} else if u.reset(); !u.parse(data) {
			d.NotJSON = true
			return nil, false
		}
	}
	if !u.isObject {
		d.Foreign = !u.empty
		return nil, false
	}
	d.Usage, d.HasUsage = u.usage, u.hasUsage
	d.Failed, d.Error = u.failed, u.message
	return u, true
}

// loosen decides about a unit whose object name is not the API's. shape says
// that it otherwise looks as it should.
func (d *Delta) loosen(shape bool) bool {
	d.Loose = shape
	if shape && d.Relaxed {
		return true
	}
	d.Foreign = !d.Failed && !(d.Relaxed && d.HasUsage)
	return false
}

// isDone recognises "[DONE]", with white space around it.
func isDone(data []byte) bool {
	for len(data) > 0 && data[0] <= ' ' {
		data = data[1:]
	}
	for len(data) > 0 && data[len(data)-1] <= ' ' {
		data = data[:len(data)-1]
	}
	return string(data) == "[DONE]"
}
