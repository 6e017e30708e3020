package dataset

import "encoding/json"

// Conversation is one entry of a data set: turns that are sent one after
// another, each after the answer to the one before. It is shared between
// requests and must not be changed once a Dataset has returned it.
type Conversation struct {
	// ID names the entry in the exports ("session_000001", or a file's own).
	ID    string
	Turns []Turn
	// System is a system message put before all turns; UserContext is an
	// extra user message between it and the first turn. Empty is none.
	System, UserContext string
	// SelfContained turns hold all that is to be sent: neither the turns
	// before them nor the answers to those go along.
	SelfContained bool
}

// Turn is the user's part of one exchange. Each part may be absent; a turn
// with none of them is legal and encodes as an empty message.
type Turn struct {
	// Role of the message; empty means user.
	Role string
	// Texts, and then media, in the order in which they are sent.
	Texts                  []Text
	Images, Audios, Videos []Media

	// Model overrides the run's model; empty means the run's.
	Model string
	// MaxTokens is the length to ask for; 0 asks for none.
	MaxTokens int
	// DelayMS is the pause before this turn, after the previous answer.
	DelayMS float64
	// TimestampMS is the planned start within a trace, in ms from the zero of
	// its schedule (see Window); it counts only when Timed is set.
	TimestampMS float64
	Timed       bool

	// Messages are ready-made messages spliced in instead of Texts and media:
	// a JSON array, or nil. Tools is the JSON array of tool schemas, or nil.
	Messages, Tools json.RawMessage
	// Body is a complete request body that is sent as it stands, or nil.
	Body json.RawMessage
	// Extra are body keys of this turn alone; they win over the run's.
	Extra []KV
	// Headers are request headers of this turn alone.
	Headers []Header

	// InputTokens is the length of Texts by the data set's own tokenizer,
	// or 0 when it was not counted.
	InputTokens int
	// AudioSeconds is the length of the first of Audios, or 0 if not known.
	AudioSeconds float64
}

// Text is one text of a turn. Name groups texts where an endpoint needs it
// ("query", "passages"); others ignore it.
type Text struct{ Name, Content string }

// Media is one picture, sound or video: a URL, a data URI, or for sound also
// "<format>,<base64>". UUID is a cache name that some servers accept.
type Media struct{ Content, UUID string }

// KV is one key of a request body with its value as raw JSON. Lists of them
// are ordered; of equal keys the last value holds, at the first one's place.
type KV struct {
	Key   string
	Value json.RawMessage
}

// Header is one HTTP header.
type Header struct{ Name, Value string }
