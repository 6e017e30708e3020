package simserver

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// appendChunk appends b as one chunk of an HTTP/1.1 chunked body, or plainly
// if chunked is false.
func appendChunk(dst, b []byte, chunked bool) []byte {
	if !chunked {
		return append(dst, b...)
	}
	dst = strconv.AppendInt(dst, int64(len(b)), 16)
	dst = append(dst, '\r', '\n')
	dst = append(dst, b...)
	return append(dst, '\r', '\n')
}

// lines rewrites the line ends of an event as the stream's faults ask.
func (s *stream) lines(ev []byte) []byte {
	if s.multi {
		// Between two JSON members, where a newline is white space.
		ev = bytes.Replace(ev, []byte(`,"`), []byte(",\ndata: \""), 2)
	}
	if s.crlf {
		ev = bytes.ReplaceAll(ev, []byte("\n"), []byte("\r\n"))
	}
	return ev
}

// appendJSON appends v as JSON without HTML escapes. v is made of plain values
// and cannot fail to encode.
func appendJSON(dst []byte, v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("simserver: encode " + err.Error())
	}
	return append(dst, bytes.TrimRight(b.Bytes(), "\n")...)
}
