package endpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// systemJoin stands between a system prompt from the user and the data set's
// own, as in AIPerf.
const systemJoin = "\n\n"

// appendMessages appends the message array of a chat request: the system
// message, the user context, then every turn.
func appendMessages(dst []byte, o *Options, r *Request) ([]byte, error) {
	dst = append(dst, '[')
	start := len(dst)
	sep := func() {
		if len(dst) > start {
			dst = append(dst, ',')
		}
	}
	system := r.System
	turns := r.Turns
	if system != "" && startsWithSystem(turns[0]) {
		// Two system messages in a row are mishandled by many servers.
		var err error
		if dst, err = appendMergedSystem(dst, system, turns[0], r.UserContext, o); err != nil {
			return dst, err
		}
		turns = turns[1:]
	} else {
		if system != "" {
			dst = appendSimple(dst, "system", system)
		}
		if r.UserContext != "" {
			sep()
			dst = appendSimple(dst, "user", r.UserContext)
		}
	}
	for _, t := range turns {
		if t.Messages != nil {
			inner, err := arrayInner(t.Messages)
			if err != nil {
				return dst, err
			}
			if len(inner) > 0 {
				sep()
				dst = append(dst, inner...)
			}
			continue
		}
		sep()
		var err error
		if dst, err = appendTurn(dst, t, o); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendSimple(dst []byte, role, content string) []byte {
	dst = append(dst, `{"role":`...)
	dst = pytext.AppendString(dst, role)
	dst = append(dst, `,"content":`...)
	return append(pytext.AppendString(dst, content), '}')
}

// appendTurn appends a turn as one message.
func appendTurn(dst []byte, t *dataset.Turn, o *Options) ([]byte, error) {
	role := t.Role
	if role == "" {
		role = "user"
	}
	if len(t.Texts) == 1 && !o.ForceParts && len(t.Images)+len(t.Audios)+len(t.Videos) == 0 {
		return appendSimple(dst, role, t.Texts[0].Content), nil
	}
	dst = append(pytext.AppendString(append(dst, `{"role":`...), role), `,"content":`...)
	dst, err := appendParts(dst, "", t)
	return append(dst, '}'), err
}

// appendParts appends the list of content parts, a lead text first if there
// is one. A list without parts is refused by servers, so it becomes "".
func appendParts(dst []byte, lead string, t *dataset.Turn) ([]byte, error) {
	start := len(dst)
	open := func(s string) {
		if len(dst) == start {
			dst = append(dst, '[')
		} else {
			dst = append(dst, ',')
		}
		dst = append(dst, s...)
	}
	text := func(s string) {
		if s != "" {
			open(`{"type":"text","text":`)
			dst = append(pytext.AppendString(dst, s), '}')
		}
	}
	text(lead)
	for _, x := range t.Texts {
		text(x.Content)
	}
	for _, m := range t.Images {
		if m.Content == "" && m.UUID == "" {
			continue
		}
		open(`{"type":"image_url","image_url":{"url":`)
		dst = append(pytext.AppendString(dst, m.Content), '}')
		if m.UUID != "" {
			dst = pytext.AppendString(append(dst, `,"uuid":`...), m.UUID)
		}
		dst = append(dst, '}')
	}
	for _, m := range t.Audios {
		if m.Content == "" {
			continue
		}
		format, data, err := splitAudio(m.Content)
		if err != nil {
			return dst, err
		}
		open(`{"type":"input_audio","input_audio":{"data":`)
		dst = append(pytext.AppendString(dst, data), `,"format":`...)
		dst = append(pytext.AppendString(dst, format), "}}"...)
	}
	for _, m := range t.Videos {
		if m.Content == "" {
			continue
		}
		open(`{"type":"video_url","video_url":{"url":`)
		dst = append(pytext.AppendString(dst, m.Content), "}}"...)
	}
	if len(dst) == start {
		return append(dst, `""`...), nil
	}
	return append(dst, ']'), nil
}

// splitAudio splits "wav,<base64>" or "data:audio/wav;base64,<base64>".
func splitAudio(s string) (format, data string, err error) {
	head, data, ok := strings.Cut(s, ",")
	if !ok {
		return "", "", fmt.Errorf(`audio %.40q has no comma: it must be "wav,<base64>" or a data URI`, s)
	}
	if mime, isURI := strings.CutPrefix(head, "data:audio/"); isURI {
		head, _, _ = strings.Cut(mime, ";")
		if head == "" {
			head = "wav"
		}
	}
	return head, data, nil
}

// arrayInner returns what stands between the brackets of a JSON array.
func arrayInner(raw json.RawMessage) ([]byte, error) {
	b := bytes.TrimSpace(raw)
	if len(b) < 2 || b[0] != '[' || b[len(b)-1] != ']' {
		return nil, fmt.Errorf("messages %.40q are not a JSON array", b)
	}
	return bytes.TrimSpace(b[1 : len(b)-1]), nil
}

// startsWithSystem says that the first message of a turn is a system message.
func startsWithSystem(t *dataset.Turn) bool {
	if t.Messages == nil {
		return t.Role == "system"
	}
	var msgs []struct {
		Role string `json:"role"`
	}
	return json.Unmarshal(t.Messages, &msgs) == nil && len(msgs) > 0 && msgs[0].Role == "system"
}

// appendMergedSystem appends the first turn with a system prompt put in front
// of its own system message, and the user context after that message.
func appendMergedSystem(dst []byte, system string, t *dataset.Turn, context string, o *Options) ([]byte, error) {
	var rest []json.RawMessage
	if t.Messages == nil {
		if len(t.Texts) == 1 && !o.ForceParts && len(t.Images)+len(t.Audios)+len(t.Videos) == 0 {
			if own := t.Texts[0].Content; own != "" {
				system += systemJoin + own
			}
			dst = appendSimple(dst, "system", system)
		} else {
			var err error
			dst = append(dst, `{"role":"system","content":`...)
			if dst, err = appendParts(dst, system, t); err != nil {
				return dst, err
			}
			dst = append(dst, '}')
		}
	} else {
		if err := json.Unmarshal(t.Messages, &rest); err != nil {
			return dst, fmt.Errorf("read messages: %w", err)
		}
		kvs, err := dataset.ParseKVs(rest[0])
		if err != nil {
			return dst, fmt.Errorf("read messages: %w", err)
		}
		dst = appendPrefixed(dst, system, kvs)
		rest = rest[1:]
	}
	if context != "" {
		dst = appendSimple(append(dst, ','), "user", context)
	}
	for _, m := range rest {
		dst = append(append(dst, ','), m...)
	}
	return dst, nil
}

// appendPrefixed appends a message with text put in front of its content,
// which keeps its shape: a string or a list of parts.
func appendPrefixed(dst []byte, text string, msg []dataset.KV) []byte {
	dst = append(dst, '{')
	done := false
	content := func(old json.RawMessage) {
		done = true
		dst = append(dst, `"content":`...)
		var s string
		switch {
		case len(old) > 0 && old[0] == '[':
			dst = pytext.AppendString(append(dst, `[{"type":"text","text":`...), text)
			dst = append(dst, '}')
			if len(old) > 2 {
				dst = append(dst, ',')
			}
			dst = append(dst, old[1:]...)
		case json.Unmarshal(old, &s) == nil && s != "":
			dst = pytext.AppendString(dst, text+systemJoin+s)
		default:
			dst = pytext.AppendString(dst, text)
		}
	}
	for i, kv := range msg {
		if i > 0 {
			dst = append(dst, ',')
		}
		if kv.Key == "content" {
			content(kv.Value)
			continue
		}
		dst = append(append(pytext.AppendString(dst, kv.Key), ':'), kv.Value...)
	}
	if !done {
		dst = append(dst, ',')
		content(nil)
	}
	return append(dst, '}')
}
