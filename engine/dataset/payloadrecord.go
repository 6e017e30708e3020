package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
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
	return row{turns: []Turn{{Body: body}}, alone: true}, err
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
		out.turns = append(out.turns, Turn{Body: body})
	}
	return out, nil
}
