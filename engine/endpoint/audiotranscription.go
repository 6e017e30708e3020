package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// AudioTranscription is OpenAI's API for writing down speech.
type AudioTranscription struct{}

// Spec describes the API. Neither the sound nor the transcript is counted in
// tokens.
func (AudioTranscription) Spec() Spec {
	return Spec{
		Type: "audio-transcription", Title: "Audio Transcription Metrics", Path: "/v1/audio/transcriptions",
		Audio: true, Form: true, Needs: NeedsAudio,
	}
}

// errNoAudio is the error for a turn without a sound.
var errNoAudio = errors.New("it has no audio")

// Encode appends a request payload: the sound, a file of the form (see Form),
// and the model.
func (AudioTranscription) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := lastTurn("audio-transcription", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	if len(t.Audios) == 0 || t.Audios[0].Content == "" {
		return dst, encodeError("audio-transcription", errNoAudio)
	}
	f, err := audioFile(t.Audios[0].Content)
	if err != nil {
		return dst, encodeError("audio-transcription", err)
	}
	b := newBody(dst, o, t)
	b.reserved = []string{"file"}
	if b.key("file") {
		b.dst = f.append(b.dst)
	}
	b.str("model", modelOf(t, o))
	return b.end(), nil
}

// audioMIME are the formats whose MIME type is not audio/<format>.
var audioMIME = map[string]string{
	"mp3": "audio/mpeg", "mpga": "audio/mpeg", "mpeg": "audio/mpeg", "m4a": "audio/mp4",
}

// audioFile makes a file of "wav,<base64>" or of a data URI.
func audioFile(s string) (formFile, error) {
	format, data, err := splitAudio(s)
	if err != nil {
		return formFile{}, err
	}
	if strings.ContainsAny(format, "/;: ") {
		return formFile{}, fmt.Errorf(`audio format %.40q: it must be a name such as wav`, format)
	}
	format = strings.ToLower(format)
	mime, ok := audioMIME[format]
	if !ok {
		mime = "audio/" + format
	}
	return formFile{data: data, name: "audio." + format, mime: mime}, nil
}

var transcriptNames = []string{"text", "usage", "error", "object", "message"}

// Decode reads an answer: the text in a JSON object, or a body that is no JSON
// as it is.
func (AudioTranscription) Decode(data []byte, d *Delta) error {
	trimmed := bytes.TrimSpace(data)
	if isObject(trimmed) {
		if m, ok := d.members(data, transcriptNames); ok {
			d.fail(m[2], m[3], m[4])
			if d.Text = d.words(m[0]); d.Text != nil {
				d.Kind = TextUnit
				d.account(m[1])
			} else {
				d.Foreign = !d.Failed
			}
			return nil
		}
		if !d.NotJSON {
			return nil
		}
	}
	d.reset()
	if string(trimmed) != "null" && json.Valid(data) {
		return errors.New("the answer is JSON, but no object with a text")
	}
	d.whole(data)
	return nil
}

// whole takes data as it is for text.
func (d *Delta) whole(data []byte) {
	if d.Text = data; len(data) > 0 {
		d.Kind = TextUnit
	}
}
