package simserver

import (
	"net/http"
	"strings"
)

// transcription serves POST /v1/audio/transcriptions, which takes a form. The
// transcript is as long as any other answer; the sound is not looked into.
func transcription(x *exchange) {
	var f form
	defer x.end()
	if !x.beginForm(&f) {
		return
	}
	size := f.files["file"].size
	if size == 0 {
		x.refuse(http.StatusBadRequest, "Bad Request", "file", "1 validation error:\n  file: a sound is required")
		return
	}
	p := params{Model: f.fields["model"]}
	seconds := float64(size) / 32000 // as if it were 16 kHz of 16 bits
	// Half a second of speech is as much to compute as a token or so.
	sound := strings.Repeat("a", min(int(seconds*2+1), 1<<12)*bytesPerToken)
	prompt := max(1, x.srv.cfg.Count(sound))
	if !x.check(&p, prompt) {
		return
	}
	a := &answer{params: &p, prompt: prompt, text: sound}
	a.n, a.finish = x.length(&p, prompt)
	w := whole{render: func(dst []byte, u usage) []byte {
		_, text := a.said(mix(x.srv.cfg.Seed, uint64(x.index), saltText))
		text = strings.TrimSpace(text)
		duration := map[string]any{"type": "duration", "seconds": int(seconds + 1)}
		switch f.fields["response_format"] {
		case "text":
			return append(append(dst, text...), '\n')
		case "verbose_json":
			return appendJSON(dst, map[string]any{
				"task": "transcribe", "language": "english", "duration": seconds, "text": text, "usage": duration,
				"segments": []any{map[string]any{"id": 0, "start": 0.0, "end": seconds, "text": text}},
			})
		}
		return appendJSON(dst, map[string]any{"text": text, "usage": duration})
	}}
	if f.fields["response_format"] == "text" {
		w.ctype = "text/plain; charset=utf-8"
	}
	a.dialect = w
	x.respond(a)
}
