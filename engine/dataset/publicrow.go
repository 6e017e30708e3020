package dataset

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// publicReading is what the converters of public data sets need.
type publicReading struct {
	set *publicSet
	tok Tokenizer
	// anyOutput: answers may be of any length, since --osl sets what is asked for.
	anyOutput bool
	columns   []string // of a CSV file; nil for JSON
}

// fields is one row of a public data set, by column.
type fields map[string]json.RawMessage

// parsePublic reads one row and converts it.
func parsePublic(r *reading, in rec) (row, error) {
	p := r.public
	var f fields
	if p.columns != nil {
		values, err := csvFields(in.raw)
		if err != nil {
			return row{}, err
		}
		f = fields{}
		for i, name := range p.columns {
			if i < len(values) {
				f[name], _ = json.Marshal(values[i])
			}
		}
	} else if err := decodeRecord(in.raw, &f); err != nil {
		return row{}, err
	}
	for _, c := range p.set.columns {
		if _, ok := f[c]; !ok {
			return row{}, fmt.Errorf("it has no column %s: expected %s, as %s has them", c, strings.Join(p.set.columns, ", "), p.set.source())
		}
	}
	out, err := p.set.convert(r, f)
	if err == nil && len(out.turns) == 0 && out.skip == "" {
		out.skip = skipInvalid
	}
	return out, err
}

// text is a column as a text, without white space around it; "" when it is
// absent or null.
func (f fields) text(column string) string { return strings.TrimSpace(f.verbatim(column)) }

// verbatim is a column as a text, with the white space that it has.
func (f fields) verbatim(column string) string {
	var s string
	if json.Unmarshal(f[column], &s) == nil {
		return s
	}
	if raw := string(f[column]); raw != "null" {
		return raw
	}
	return ""
}

// into decodes a column; a text that holds JSON, as CSV files have it, too.
func (f fields) into(column string, v any) error {
	raw := f[column]
	var s string
	if json.Unmarshal(raw, &s) == nil && s != "" && (s[0] == '[' || s[0] == '{') {
		raw = json.RawMessage(s)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s is %s: expected JSON of another form", column, shorten(raw))
	}
	return nil
}

// texts is a column that holds a list of texts.
func (f fields) texts(column string) ([]string, error) {
	var list []*string
	if err := f.into(column, &list); err != nil {
		return nil, err
	}
	var out []string
	for _, s := range list {
		if s != nil {
			if t := strings.TrimSpace(*s); t != "" {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// media is the first medium of a column: a URL, a data URI or the path of a
// file; an object with "bytes" in base64, or with "src" or "path"; or a list
// of these. ok is false when there is none.
func (f fields) media(r *reading, kind mediaKind, column string) (m Media, ok bool, err error) {
	raw := f[column]
	var list []json.RawMessage
	if f.into(column, &list) == nil {
		if len(list) == 0 {
			return m, false, nil
		}
		raw = list[0]
	}
	if isNull(raw) {
		return m, false, nil
	}
	var s string
	if json.Unmarshal(raw, &s) != nil || strings.HasPrefix(s, "{") {
		if s != "" {
			raw = json.RawMessage(s)
		}
		var o struct{ Bytes, Path, Src *string }
		if err := json.Unmarshal(raw, &o); err != nil {
			return m, false, fmt.Errorf("%s is %s: expected a URL, a data URI, a file or {bytes, path}", column, shorten(raw))
		}
		switch {
		case o.Bytes != nil && *o.Bytes != "":
			m.Content, err = fromBytes(kind, *o.Bytes, r.media.look)
			if err != nil {
				err = fmt.Errorf("%s: %w", column, err)
			}
			return m, err == nil, err
		case o.Src != nil:
			s = *o.Src
		case o.Path != nil:
			s = *o.Path
		}
	}
	if s == "" {
		return m, false, nil
	}
	m.Content, err = r.media.load(kind, s, false)
	return m, err == nil, err
}

// fromBytes makes what is sent of a medium's bytes in base64. Sound in FLAC is
// only unpacked when it is sent, not while looking.
func fromBytes(kind mediaKind, b64 string, look bool) (string, error) {
	head, err := base64.StdEncoding.DecodeString(b64[:min(len(b64), 1024)/4*4])
	if err != nil {
		return "", errors.New("bytes are no base64")
	}
	mime := http.DetectContentType(head)
	switch {
	case kind == audioMedia && bytes.HasPrefix(head, []byte(flacMagic)):
		if look {
			return "flac," + b64, nil
		}
		data, err := base64.StdEncoding.DecodeString(b64)
		if err != nil {
			return "", errors.New("bytes are no base64")
		}
		if data, err = flacToWAV(data); err != nil {
			return "", err
		}
		return "wav," + base64.StdEncoding.EncodeToString(data), nil
	case kind == imageMedia && strings.HasPrefix(mime, "image/"), kind == videoMedia && strings.HasPrefix(mime, "video/"):
		return "data:" + mime + ";base64," + b64, nil
	case kind == audioMedia && mime == "audio/wave":
		return "wav," + b64, nil
	case kind == audioMedia && mime == "audio/mpeg":
		return "mp3," + b64, nil
	}
	return "", fmt.Errorf("the bytes are %s: expected %s", mime, map[mediaKind]string{imageMedia: "a picture", videoMedia: "a video", audioMedia: "WAV, FLAC or MP3 sound"}[kind])
}
