package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmespath/go-jmespath"
)

// Raw sends ready-made bodies (dataset.Turn.Body) to the URL as it is given, and
// makes what it can of the answers. Prepare gives it an expression that finds
// the answer's text.
type Raw struct{ field responseField }

// Spec describes the API.
func (Raw) Spec() Spec {
	return Spec{
		Type: "raw", Title: "LLM Metrics",
		CanStream: true, ProducesTokens: true, TokenizesInput: true,
		Images: true, Audio: true, Video: true, Needs: NeedsBody,
	}
}

// errNoBody is the error for a turn without a body.
var errNoBody = errors.New("it has no ready-made body")

// Encode appends the turn's body. No extras are merged into it.
func (Raw) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := lastTurn("raw", r)
	if err != nil {
		return dst, err
	}
	if t.Body == nil {
		return dst, encodeError("raw", errNoBody)
	}
	return append(dst, t.Body...), nil
}

// Decode reads an event or a whole answer: what the expression finds, and
// otherwise what it looks like.
func (e Raw) Decode(data []byte, d *Delta) error {
	if d.plain(data) || e.field.find(data, d) {
		return nil
	}
	d.detect(data)
	return nil
}

// responseField is a JMESPath expression that finds the content of an answer;
// the zero value finds nothing.
type responseField struct{ query *jmespath.JMESPath }

// newResponseField compiles an expression; an empty one is none.
func newResponseField(expression string) (responseField, error) {
	if expression == "" {
		return responseField{}, nil
	}
	q, err := jmespath.Compile(expression)
	if err != nil {
		return responseField{}, fmt.Errorf("response field %q is not a JMESPath expression: %w", expression, err)
	}
	return responseField{q}, nil
}

// find reads into d what the expression finds in data, if that is a text,
// vectors or ranks.
func (f responseField) find(data []byte, d *Delta) bool {
	if f.query == nil {
		return false
	}
	var v any
	if json.Unmarshal(data, &v) != nil {
		return false
	}
	found, err := f.query.Search(v)
	if err != nil || found == nil {
		return false
	}
	// Back to JSON, so that there is one reading of shapes.
	raw, err := json.Marshal(found)
	return err == nil && truthy(raw) && d.convert(raw)
}
