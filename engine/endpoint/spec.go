package endpoint

import "tacho/engine/dataset"

// Spec is what the rest of the program needs to know of an API.
type Spec struct {
	// Type is the name on the command line, in kebab case.
	Type string
	// Title heads the tables of its runs, as AIPerf's metrics_title.
	Title string
	// Path is appended to the base URL; StreamPath, if set, when streaming.
	Path, StreamPath string
	// CanStream: the answer may come in pieces. Without it, streaming is
	// switched off for a run.
	CanStream bool
	// ProducesTokens: the answer is counted in tokens; TokenizesInput: the
	// prompt is.
	ProducesTokens, TokenizesInput bool
	// Images, Audio and Video say which media a turn may carry.
	Images, Audio, Video bool
	// InlineMedia: media must be in the request, as data URIs; the API fetches
	// no URL.
	InlineMedia bool
	// MakesImages and MakesVideos say what an answer without tokens holds.
	MakesImages, MakesVideos bool
	// System: the API has system messages, and so a place for what stands
	// before all turns.
	System bool
	// OneTurn: conversations of several turns are refused.
	OneTurn bool
	// Needs is what a turn must bring beyond one text.
	Needs Needs
	// Auth says how the API takes its key.
	Auth Auth
	// Form: the payload is sent as multipart/form-data (see Form), unless the
	// run asks for JSON.
	Form bool
}

// Needs says what a turn must bring for an API, for checking a data set
// against it.
type Needs uint8

// The needs.
const (
	// NeedsText is one text or more.
	NeedsText Needs = iota
	// NeedsRanking is a text named "query" and texts named "passages".
	NeedsRanking
	// NeedsImage is an image, NeedsTextAndImage also a text.
	NeedsImage
	NeedsTextAndImage
	// NeedsAudio is a sound.
	NeedsAudio
	// NeedsBody is a ready-made request body.
	NeedsBody
)

// Auth is a way of sending an API key.
type Auth uint8

// The ways.
const (
	// BearerKey sends "Authorization: Bearer KEY".
	BearerKey Auth = iota
	// AnthropicKey sends "x-api-key: KEY", and a version of the API beside it.
	AnthropicKey
)

// Endpoint is one API. Implementations have no state: all methods may be
// called from any goroutine at once.
type Endpoint interface {
	Spec() Spec
	// Encode appends the request's payload, a JSON object, to dst and returns
	// the result, which is dst's memory where it fits. It fails on a turn the
	// API cannot carry. The payload is what inputs.json and the raw export keep
	// and what ReadInputs counts; it is also the body on the wire, except for
	// an API that takes a form (Spec.Form), whose body Form makes of it.
	Encode(dst []byte, o *Options, r *Request) ([]byte, error)
	// Decode reads one unit of an answer into d, replacing what was there.
	// The byte slices of d alias data or d's own buffer, so they end with
	// the next call or the next change of data. An error fails the request;
	// units that are merely not understood are not errors (see Delta).
	Decode(data []byte, d *Delta) error
}

// Options are the settings of a run that shape every body.
type Options struct {
	// Model is sent when the turn names none.
	Model string
	// Stream asks for the answer in pieces.
	Stream bool
	// ServerTokens: the run takes its counts from the server. The Responses
	// API is then asked for usage; others are asked whenever they stream.
	ServerTokens bool
	// LegacyMaxTokens names the length field max_tokens in chat.
	LegacyMaxTokens bool
	// PerChunkUsage asks for the token count with every chunk
	// (continuous_usage_stats), which strict servers refuse.
	PerChunkUsage bool
	// ForceParts writes content as a list of parts even for a single text.
	ForceParts bool
	// Extra are body keys from the user, merged over the body: a key that is
	// there is replaced in place, a new one is appended. Values must be
	// valid, compact JSON (dataset.ParseKVs makes them so).
	Extra []dataset.KV
}

// Request is one request to encode.
type Request struct {
	// System and UserContext go before the turns; empty is none.
	System, UserContext string
	// Turns is the conversation so far and, last, the turn to be sent.
	// Answers stand in it as turns with Messages (see Answer.AppendMessage).
	Turns []*dataset.Turn
	// Previous is the id of the answer before (Answer.ResponseID), for an API
	// that keeps the conversation at the server; empty sends all of it.
	Previous string
}
