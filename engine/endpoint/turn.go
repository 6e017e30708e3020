package endpoint

import (
	"errors"
	"fmt"

	"tacho/engine/dataset"
)

// lastTurn is the turn to be sent. Its Body, if it has one, is sent as it is.
func lastTurn(api string, r *Request) (*dataset.Turn, error) {
	if len(r.Turns) == 0 {
		return nil, encodeError(api, errors.New("it has no turn"))
	}
	return r.Turns[len(r.Turns)-1], nil
}

// onlyTurn is lastTurn for an API that carries no conversation.
func onlyTurn(api string, r *Request) (*dataset.Turn, error) {
	if len(r.Turns) != 1 {
		return nil, encodeError(api, fmt.Errorf("it has %d turns, and this API carries exactly 1", len(r.Turns)))
	}
	return r.Turns[0], nil
}

func encodeError(api string, err error) error {
	return fmt.Errorf("encode %s request: %w", api, err)
}

// modelOf is the model to ask for: the turn's own, else the run's.
func modelOf(t *dataset.Turn, o *Options) string {
	if t.Model != "" {
		return t.Model
	}
	return o.Model
}

// promptOf is lastTurn for an API that takes one text: the first of the turn. A
// turn that is a whole body already needs none.
func promptOf(api string, r *Request) (t *dataset.Turn, prompt string, err error) {
	if t, err = lastTurn(api, r); err != nil || t.Body != nil {
		return t, "", err
	}
	if len(t.Texts) == 0 {
		return nil, "", encodeError(api, errors.New("it has no text for a prompt"))
	}
	return t, t.Texts[0].Content, nil
}
