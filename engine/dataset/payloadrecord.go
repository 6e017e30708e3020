package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

func parsePayload(_ *reading, in rec) (row, error) {
	var p struct {
		Messages json.RawMessage `json:"messages"`
	}
	if err := decodeRecord(in.raw, &p); err != nil {
		return row{}, err
	}
	var list []json.RawMessage
	if isNull(p.Messages) || json.Unmarshal(p.Messages, &list) != nil {
		return row{}, fmt.Errorf("it has %s, but no list messages: expected a complete request body", keysOf(in.raw))
	}
	body, err := compact(in.raw)
	return row{turns: []Turn{{Body: body, MaxTokens: askedFor(body)}}, alone: true}, err
}

// askedFor is the length that a ready-made body asks for, under whichever name
// its API has for it; 0 is none.
func askedFor(body json.RawMessage) int {
	var names [3]any
	if json.Unmarshal(body, &struct {
		A *any `json:"max_tokens"`
		B *any `json:"max_completion_tokens"`
		C *any `json:"max_output_tokens"`
	}{&names[0], &names[1], &names[2]}) != nil {
		return 0
	}
	for _, v := range names {
		if n, ok := v.(float64); ok && n >= 1 && n == math.Trunc(n) && n <= math.MaxInt32 {
			return int(n)
		}
	}
	return 0
}

func parseInputs(_ *reading, in rec) (row, error) {
	var s struct {
		SessionID *string           `json:"session_id"`
		Payloads  []json.RawMessage `json:"payloads"`
	}
	if err := decodeRecord(in.raw, &s); err != nil {
		return row{}, err
	}
	switch {
	case s.SessionID == nil || *s.SessionID == "":
		return row{}, fmt.Errorf("it has %s, but no session_id", keysOf(in.raw))
	case len(s.Payloads) == 0:
		return row{}, errors.New("it has no payloads: expected a list of request bodies")
	}
	out := row{id: *s.SessionID, alone: true}
	for i, raw := range s.Payloads {
		body, err := bodyOf(fmt.Sprintf("payload %d", i+1), raw)
		if err != nil {
			return row{}, err
		}
		out.turns = append(out.turns, Turn{Body: body, MaxTokens: askedFor(body)})
	}
	return out, nil
}
