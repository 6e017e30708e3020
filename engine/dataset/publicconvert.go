package dataset

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
)

// converter makes a conversation of one row. Rows without a usable prompt
// give none, and are left out.
type converter func(*reading, fields) (row, error)

// said is a conversation of one turn.
func said(text string) row {
	if strings.TrimSpace(text) == "" {
		return row{}
	}
	return row{turns: []Turn{{Texts: []Text{{Content: text}}}}}
}

// prompt takes the text of one column as it stands.
func prompt(column string) converter {
	return func(_ *reading, f fields) (row, error) { return said(f.verbatim(column)), nil }
}

// promptWith adds the medium of another column.
func promptWith(column string, kind mediaKind, mediaColumn string) converter {
	return func(r *reading, f fields) (row, error) {
		out := said(f.verbatim(column))
		if len(out.turns) == 0 {
			return out, nil
		}
		m, ok, err := f.media(r, kind, mediaColumn)
		if ok {
			out.turns[0].Images = []Media{m}
		}
		return out, err
	}
}

// mmvu is a question with its choices and a video.
func mmvu(r *reading, f fields) (row, error) {
	parts := []string{}
	if q := f.text("question"); q != "" {
		parts = append(parts, q)
	}
	if raw := f["choices"]; !isNull(raw) {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			raw = json.RawMessage(s)
		}
		if kvs, err := ParseKVs(raw); err == nil {
			for _, kv := range kvs {
				var v string
				if json.Unmarshal(kv.Value, &v) == nil && v != "" {
					parts = append(parts, kv.Key+"."+v)
				}
			}
		}
	}
	out := said(strings.Join(parts, " "))
	m, ok, err := f.media(r, videoMedia, "video")
	if err != nil || !ok {
		return row{}, err
	}
	if len(out.turns) > 0 {
		out.turns[0].Videos = []Media{m}
	}
	return out, nil
}

// message is one entry of a recorded conversation. Datasets name the roles and
// the text in two ways.
type message struct {
	From, Role     string
	Value, Content *string
}

func (m *message) who() string {
	switch who := strings.ToLower(m.From + m.Role); who {
	case "human":
		return "user"
	case "gpt":
		return "assistant"
	default:
		return who
	}
}

func (m *message) text() string {
	s := m.Value
	if s == nil {
		s = m.Content
	}
	if s == nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(*s, "<image>", ""))
}

// firstMessage takes the first message of the user, and a picture.
func firstMessage(column, imageColumn string) converter {
	return func(r *reading, f fields) (row, error) {
		var raw []json.RawMessage
		if err := f.into(column, &raw); err != nil {
			return row{}, err
		}
		var list []message
		for _, item := range raw {
			var wrapped []json.RawMessage // some wrap each message in a list
			if json.Unmarshal(item, &wrapped) == nil && len(wrapped) > 0 {
				item = wrapped[0]
			}
			var m message
			if json.Unmarshal(item, &m) == nil {
				list = append(list, m)
			}
		}
		if len(list) == 0 {
			return row{}, nil
		}
		text := list[0].text()
		for _, m := range list {
			if m.who() == "user" {
				text = m.text()
				break
			}
		}
		out := said(text)
		m, ok, err := f.media(r, imageMedia, imageColumn)
		if ok && len(out.turns) > 0 {
			out.turns[0].Images = []Media{m}
		}
		return out, err
	}
}

// firstOf takes the first text of a list.
func firstOf(column string) converter {
	return func(_ *reading, f fields) (row, error) {
		list, err := f.texts(column)
		if err != nil || len(list) == 0 {
			return row{}, err
		}
		return said(list[0]), nil
	}
}

// allOf makes a turn of each text of a list.
func allOf(column string) converter {
	return func(_ *reading, f fields) (row, error) {
		list, err := f.texts(column)
		var out row
		for _, text := range list {
			out.turns = append(out.turns, Turn{Texts: []Text{{Content: text}}})
		}
		return out, err
	}
}

// edit asks for a change of a file of code.
func edit(_ *reading, f fields) (row, error) {
	code, change := f.verbatim("code"), f.verbatim("change_request")
	if code == "" || change == "" {
		return row{}, nil
	}
	return said(fmt.Sprintf("Apply the change request to the code file and write the new file in full.\n\nCode file:\n```python\n%s\n```\n\nChange request:\n%s\n\nNew file:", code, change)), nil
}

// maxSpeech is the longest clip, in seconds, that speech recognition gets.
const maxSpeech = 30

// speech is a clip to be written down.
func speech(r *reading, f fields) (row, error) {
	m, ok, err := f.media(r, audioMedia, "audio")
	if err != nil || !ok {
		return row{}, err
	}
	seconds := soundSeconds(m.Content)
	if seconds > maxSpeech && r.media.look {
		return row{}, nil
	}
	out := said("Transcribe this audio.")
	out.turns[0].Audios, out.turns[0].AudioSeconds = []Media{m}, seconds
	return out, nil
}

// soundSeconds is the length of a clip, "wav,<base64>" or FLAC alike; 0 if it
// cannot be told.
func soundSeconds(content string) float64 {
	if b64, ok := strings.CutPrefix(content, "flac,"); ok {
		return flacSeconds(b64)
	}
	b64, ok := strings.CutPrefix(content, "wav,")
	if !ok || len(b64) < 64 {
		return 0
	}
	head, err := base64.StdEncoding.DecodeString(b64[:64])
	if err != nil || string(head[:4]) != "RIFF" || string(head[12:16]) != "fmt " {
		return 0
	}
	perSecond := binary.LittleEndian.Uint32(head[28:32])
	if perSecond == 0 {
		return 0
	}
	size := len(b64)/4*3 - strings.Count(b64[len(b64)-2:], "=")
	return float64(size-wavHeader) / float64(perSecond)
}

// The lengths that ShareGPT conversations may have, in tokens: those of vllm's
// benchmark.
const (
	minShared      = 4
	maxShared      = 1024
	maxSharedTotal = 2048
)

// shareGPT makes a turn of every question that an answer follows at once. The
// length of that answer is what is asked for. A conversation is left out
// unless all of its turns are neither too short nor too long.
func shareGPT(r *reading, f fields) (row, error) {
	var list []message
	if err := f.into("conversations", &list); err != nil {
		return row{}, err
	}
	var out row
	for _, p := range sharePairs(list) {
		in, answer := r.public.tok.Count(p[0]), r.public.tok.Count(p[1])
		if in < minShared || in > maxShared || in+answer > maxSharedTotal || answer < minShared && !r.public.anyOutput {
			return row{}, nil
		}
		out.turns = append(out.turns, Turn{Texts: []Text{{Content: p[0]}}, MaxTokens: max(1, answer), InputTokens: in})
	}
	return out, nil
}

// sharePairs are the questions and the answers that follow them. Without
// roles the first two messages are taken for such a pair.
func sharePairs(list []message) (pairs [][2]string) {
	value := func(m *message) string {
		if m.Value == nil {
			return ""
		}
		return *m.Value
	}
	var known []message
	for _, m := range list {
		if m.From == "human" || m.From == "gpt" {
			known = append(known, m)
		}
	}
	if len(known) == 0 && len(list) >= 2 {
		known = []message{{From: "human", Value: list[0].Value}, {From: "gpt", Value: list[1].Value}}
	}
	if len(list) < 2 {
		return nil
	}
	for i := 0; i+1 < len(known); i++ {
		if known[i].From != "human" || known[i+1].From != "gpt" {
			continue
		}
		if q, a := value(&known[i]), value(&known[i+1]); q != "" && a != "" {
			pairs = append(pairs, [2]string{q, a})
		}
		i++
	}
	return pairs
}
