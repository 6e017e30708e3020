package telemetry

import "bytes"

var crlf = []byte("\r\n")

// plainLines ends every line with a line feed alone, the last one too, as the
// parser wants it.
func plainLines(text []byte) []byte {
	if bytes.Contains(text, crlf) {
		text = bytes.ReplaceAll(text, crlf, crlf[1:])
	}
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text[:n:n], '\n')
	}
	return text
}

// pageReader reads the pages of one source one after another.
type pageReader struct {
	limit    int
	template *template // nil: read the next page from scratch
	last     []byte
	parsed   *parsed // of last
}

// read parses a page. same says that it is byte for byte the one before.
func (r *pageReader) read(text []byte, openMetrics bool) (p *parsed, same bool, err error) {
	text = plainLines(text)
	if r.parsed != nil && bytes.Equal(text, r.last) {
		return r.parsed, true, nil
	}
	ok := false
	if r.template != nil {
		p, ok = r.template.read(text)
	}
	if !ok {
		if p, err = parsePage(text, r.limit, openMetrics); err != nil {
			return nil, false, err
		}
		r.template = newTemplate(text, p)
	}
	r.last, r.parsed = append(r.last[:0], text...), p
	return p, false, nil
}
