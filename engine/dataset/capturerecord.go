package dataset

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

func parseCapture(r *reading, in rec) (row, error) {
	var t struct {
		CaptureData struct {
			EndpointInput  *capturePart `json:"endpointInput"`
			EndpointOutput *capturePart `json:"endpointOutput"`
		} `json:"captureData"`
		EventMetadata struct {
			InferenceTime *string `json:"inferenceTime"`
		} `json:"eventMetadata"`
	}
	if err := decodeRecord(in.raw, &t); err != nil {
		return row{}, err
	}
	if t.EventMetadata.InferenceTime == nil {
		return row{}, errors.New("it has no eventMetadata.inferenceTime: expected a time such as 2026-01-05T10:00:00Z")
	}
	at, err := parseTime(*t.EventMetadata.InferenceTime)
	if err != nil {
		return row{}, fmt.Errorf("eventMetadata.inferenceTime is %.40q: expected a time such as 2026-01-05T10:00:00Z", *t.EventMetadata.InferenceTime)
	}
	input := t.CaptureData.EndpointInput
	if input == nil || input.Data == nil {
		return row{}, errors.New("it has no captureData.endpointInput.data: expected the request's body as a string")
	}
	body, err := input.decode()
	if err != nil {
		return row{}, fmt.Errorf("captureData.endpointInput: %w", err)
	}
	var req struct {
		Messages            json.RawMessage `json:"messages"`
		Tools               json.RawMessage `json:"tools"`
		MaxTokens           whole           `json:"max_tokens"`
		MaxCompletionTokens whole           `json:"max_completion_tokens"`
	}
	if err := decodeRecord(body, &req); err != nil {
		return row{}, fmt.Errorf("captureData.endpointInput.data: %w", err)
	}
	if isNull(req.Messages) {
		return row{}, errors.New("the captured request has no messages: only chat requests are replayed")
	}
	if !req.MaxTokens.set {
		req.MaxTokens = req.MaxCompletionTokens
	}
	out := row{alone: true, order: at, input: t.CaptureData.EndpointOutput.promptTokens(), turns: []Turn{{MaxTokens: clampOutput(req.MaxTokens)}}}
	to := &out.turns[0]
	if err = objectsOf("messages", req.Messages, "role"); err == nil {
		to.Messages, err = compact(req.Messages)
	}
	if err == nil && !isNull(req.Tools) {
		if err = objectsOf("tools", req.Tools, ""); err == nil {
			to.Tools, err = compact(req.Tools)
		}
	}
	if err != nil {
		return row{}, fmt.Errorf("the captured request: %w", err)
	}
	if err := r.times(to, number{at, true}, number{}); err != nil {
		return row{}, err
	}
	return r.limit(out), nil
}

// capturePart is a captured request or answer.
type capturePart struct {
	Data     *string `json:"data"`
	Encoding *string `json:"encoding"`
}

func (p *capturePart) decode() ([]byte, error) {
	b := []byte(*p.Data)
	switch {
	case p.Encoding == nil || *p.Encoding == "BASE64":
		var err error
		if b, err = base64.StdEncoding.DecodeString(*p.Data); err != nil {
			return nil, fmt.Errorf("data is no BASE64: %w", err)
		}
	case *p.Encoding != "JSON":
		return nil, fmt.Errorf("encoding is %q: expected JSON or BASE64", *p.Encoding)
	}
	return bytes.TrimSpace(b), nil
}

// promptTokens is the prompt length that a captured answer names, or 0.
func (p *capturePart) promptTokens() int {
	if p == nil || p.Data == nil {
		return 0
	}
	b, err := p.decode()
	var answer struct {
		Usage struct {
			PromptTokens int `json:"prompt_tokens"`
		} `json:"usage"`
	}
	if err != nil || json.Unmarshal(b, &answer) != nil {
		return 0
	}
	return answer.Usage.PromptTokens
}

// parseTime reads an ISO 8601 time as ms since 1970. One without a zone is
// local time, as Python reads it.
func parseTime(s string) (float64, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return float64(t.UnixMicro()) / 1000, nil
		}
	}
	return 0, errors.New("no time")
}
