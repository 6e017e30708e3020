package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// style is the shape that an API gives to the parts of a message.
type style struct {
	text string // the part's type
	// image appends an image part.
	image func(dst []byte, m *dataset.Media) []byte
	// uuids: an image may be but the name of one that was sent before.
	uuids bool
	// noAudio and noVideo are the errors for media that the API has not.
	noAudio, noVideo error
	// last ends a message, before its brace.
	last string
	// keep returns the items of a ready-made array, without its brackets, that
	// may be sent; nil sends all. inner is what stands between the brackets.
	keep func(array json.RawMessage, inner []byte) []byte
}

var (
	chatStyle      = style{text: "text", image: chatImage, uuids: true}
	responsesStyle = style{
		text: "input_text", image: responsesImage, last: `,"type":"message"`, keep: replayable,
		noVideo: errors.New("the Responses API takes no video: use chat, or leave the video out"),
	}
	anthropicStyle = style{
		text: "text", image: anthropicImage,
		noAudio: errors.New("the Messages API takes no audio: use another endpoint, or leave the audio out"),
		noVideo: errors.New("the Messages API takes no video: use another endpoint, or leave the video out"),
	}
)

// isPlain says that a turn is one text, which is sent as a string.
func isPlain(t *dataset.Turn, o *Options) bool {
	return len(t.Texts) == 1 && !o.ForceParts && len(t.Images)+len(t.Audios)+len(t.Videos) == 0
}

// appendTurn appends a turn as one message.
func appendTurn(dst []byte, t *dataset.Turn, o *Options, st style) ([]byte, error) {
	role := t.Role
	if role == "" {
		role = "user"
	}
	dst = append(pytext.AppendString(append(dst, `{"role":`...), role), `,"content":`...)
	if isPlain(t, o) {
		dst = pytext.AppendString(dst, t.Texts[0].Content)
	} else {
		var err error
		if dst, err = appendParts(dst, "", t, st); err != nil {
			return dst, err
		}
	}
	return append(append(dst, st.last...), '}'), nil
}

// appendParts appends the list of content parts, a lead text first if there
// is one. A list without parts is refused by servers, so it becomes "".
func appendParts(dst []byte, lead string, t *dataset.Turn, st style) ([]byte, error) {
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
			open(`{"type":"`)
			dst = append(append(dst, st.text...), `","text":`...)
			dst = append(pytext.AppendString(dst, s), '}')
		}
	}
	text(lead)
	for _, x := range t.Texts {
		text(x.Content)
	}
	for i := range t.Images {
		m := &t.Images[i]
		if m.Content == "" && (m.UUID == "" || !st.uuids) {
			continue
		}
		open("")
		dst = st.image(dst, m)
	}
	for _, m := range t.Audios {
		if m.Content == "" {
			continue
		}
		if st.noAudio != nil {
			return dst, st.noAudio
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
		if st.noVideo != nil {
			return dst, st.noVideo
		}
		open(`{"type":"video_url","video_url":{"url":`)
		dst = append(pytext.AppendString(dst, m.Content), "}}"...)
	}
	if len(dst) == start {
		return append(dst, `""`...), nil
	}
	return append(dst, ']'), nil
}

func chatImage(dst []byte, m *dataset.Media) []byte {
	dst = append(dst, `{"type":"image_url","image_url":{"url":`...)
	dst = append(pytext.AppendString(dst, m.Content), '}')
	if m.UUID != "" {
		dst = pytext.AppendString(append(dst, `,"uuid":`...), m.UUID)
	}
	return append(dst, '}')
}

func responsesImage(dst []byte, m *dataset.Media) []byte {
	dst = append(dst, `{"type":"input_image","image_url":`...)
	return append(pytext.AppendString(dst, m.Content), '}')
}

// anthropicImage takes a data URI apart, and names any other address.
func anthropicImage(dst []byte, m *dataset.Media) []byte {
	uri, isData := strings.CutPrefix(m.Content, "data:")
	if !isData {
		dst = append(dst, `{"type":"image","source":{"type":"url","url":`...)
		return append(pytext.AppendString(dst, m.Content), "}}"...)
	}
	head, data, _ := strings.Cut(uri, ",")
	mime, _, _ := strings.Cut(head, ";")
	if mime == "" {
		mime = "image/png"
	}
	dst = append(dst, `{"type":"image","source":{"type":"base64","media_type":`...)
	dst = append(pytext.AppendString(dst, mime), `,"data":`...)
	return append(pytext.AppendString(dst, data), "}}"...)
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
