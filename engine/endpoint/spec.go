package endpoint

import (
	"fmt"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/spell"
)

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
	// OneTurn: conversations of several turns are refused.
	OneTurn bool
}

// Endpoint is one API. Implementations have no state: all methods may be
// called from any goroutine at once.
type Endpoint interface {
	Spec() Spec
	// Encode appends the request body to dst and returns the result, which
	// is dst's memory where it fits. It fails on a turn the API cannot carry.
	Encode(dst []byte, o *Options, r *Request) ([]byte, error)
	// Decode reads one unit of an answer into d, replacing what was there.
	// The byte slices of d alias data or d's own buffer, so they end with
	// the next call or the next change of data. An error fails the request;
	// units that are merely not understood are not errors (see Delta).
	Decode(data []byte, d *Delta) error
}

// All lists every API, the default first.
var All = []Endpoint{Chat{}, Completions{}}

// Lookup finds an API by its type, in kebab or snake case.
func Lookup(name string) (Endpoint, error) {
	want := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-")
	best, dist := "", 0
	var names []string
	for _, e := range All {
		s := e.Spec().Type
		if s == want {
			return e, nil
		}
		names = append(names, s)
		if d := spell.Distance(want, s); best == "" || d < dist {
			best, dist = s, d
		}
	}
	hint := "known are " + strings.Join(names, ", ")
	if dist <= max(2, len(best)/3) {
		hint = fmt.Sprintf("did you mean %s? (%s)", best, hint)
	}
	return nil, fmt.Errorf("unknown endpoint type %q: %s", name, hint)
}

// Options are the settings of a run that shape every body.
type Options struct {
	// Model is sent when the turn names none.
	Model string
	// Stream asks for the answer in pieces.
	Stream bool
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
}
