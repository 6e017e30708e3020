package endpoint

import (
	"bytes"
	"encoding/json"
	"fmt"

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
			dst = appendSimple(separate(dst, start), "user", r.UserContext)
		}
	}
	dst, err := appendTurns(dst, start, turns, o, chatStyle)
	if err != nil {
		return dst, err
	}
	return append(dst, ']'), nil
}

func appendSimple(dst []byte, role, content string) []byte {
	dst = append(dst, `{"role":`...)
	dst = pytext.AppendString(dst, role)
	dst = append(dst, `,"content":`...)
	return append(pytext.AppendString(dst, content), '}')
}

// appendTurns appends every turn, separated from what stands after start. What
// is ready-made is taken as it is, but for the items that the style leaves out.
func appendTurns(dst []byte, start int, turns []*dataset.Turn, o *Options, st style) ([]byte, error) {
	for _, t := range turns {
		if t.Messages == nil {
			var err error
			if dst, err = appendTurn(separate(dst, start), t, o, st); err != nil {
				return dst, err
			}
			continue
		}
		inner, err := arrayInner(t.Messages)
		if err != nil {
			return dst, err
		}
		if st.keep != nil {
			inner = st.keep(t.Messages, inner)
		}
		if len(inner) > 0 {
			dst = append(separate(dst, start), inner...)
		}
	}
	return dst, nil
}

// separate appends a comma if anything stands after start.
func separate(dst []byte, start int) []byte {
	if len(dst) > start {
		return append(dst, ',')
	}
	return dst
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
		if isPlain(t, o) {
			if own := t.Texts[0].Content; own != "" {
				system += systemJoin + own
			}
			dst = appendSimple(dst, "system", system)
		} else {
			var err error
			dst = append(dst, `{"role":"system","content":`...)
			if dst, err = appendParts(dst, system, t, chatStyle); err != nil {
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
