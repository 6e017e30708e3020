package endpoint

// part says where a choice keeps its message: a delta in a stream, a message
// in a whole answer.
type part uint8

const (
	partNone part = iota
	partDelta
	partMessage
)

// unit is what OpenAI-style JSON says, before an API interprets it. There are
// two readers: scan, one pass over the bytes for the shape that servers send,
// and parse, the complete one it falls back to. They must agree wherever both
// succeed; the tests hold them to it. Slices alias the data or buf.
type unit struct {
	buf []byte // backs strings that had escapes

	isObject bool // a JSON object with at least one key
	empty    bool // JSON that is false to Python: {}, [], "", 0, false, null

	object []byte

	// Of the first choice.
	part               part
	content, reasoning []byte
	calls              []ToolPiece
	text               []byte
	hasText            bool

	usage    Usage
	hasUsage bool

	failed  bool // an error object
	message []byte
}

// reset empties the unit but keeps its buffers.
func (u *unit) reset() {
	*u = unit{buf: u.buf[:0], calls: u.calls[:0], usage: NoUsage}
}
