package transport

import (
	"bytes"
	"strconv"
)

// Parser cuts a byte stream into events. It reads nothing itself: fill the slice
// that Space returns, tell Advance how much, and call Next until it has no more.
// How the stream is cut into reads changes nothing but the stamps.
//
// Lines end in LF, CRLF or CR. As in AIPerf, and unlike in the standard, names
// and values lose white space at both ends, blocks without data are events too,
// and so is an unterminated block at the end. After an unfinished JSON object a
// line that begins with no known field is glued to it with a literal \n: some
// servers send raw newlines inside of strings.
type Parser struct {
	buf   []byte
	start int // of the block
	line  int // of the line, in buf
	scan  int // there is no line end in buf[line:scan]
	end   int // of what was read
	max   int

	lines  int  // fields and comments in the block
	text   int  // end of the last line of the block, from start
	skipLF bool // the line before ended in CR: a LF belongs to it
	begun  bool // past the first line, where a byte order mark may be

	name, id, data, comment part
	nData, nComment         int
	inData                  bool // the last field was data
	retry                   int64
	joined, joinedComment   []byte // used when there are several
}

// part is a slice of the block as offsets from its start, which survive a move
// of the buffer.
type part struct{ from, to int }

// NewParser returns a parser that refuses events above maxEvent bytes. It begins
// with a buffer of size bytes and grows it as events need.
func NewParser(size, maxEvent int) *Parser {
	return &Parser{buf: make([]byte, size), max: maxEvent}
}

// Reset makes the parser ready for another stream and keeps its buffer.
func (p *Parser) Reset() {
	*p = Parser{buf: p.buf, max: p.max, joined: p.joined[:0], joinedComment: p.joinedComment[:0]}
}

// Space returns room for the next read. Slices of events given out before are
// no longer valid.
func (p *Parser) Space() []byte {
	if p.start == p.end {
		p.shift()
	} else if len(p.buf)-p.end < len(p.buf)/4 {
		if p.start >= len(p.buf)/2 {
			p.shift()
		} else {
			p.buf = append(p.buf, make([]byte, len(p.buf))...)
		}
	}
	return p.buf[p.end:]
}

func (p *Parser) shift() {
	copy(p.buf, p.buf[p.start:p.end])
	p.line -= p.start
	p.scan -= p.start
	p.end -= p.start
	p.start = 0
}

// Advance says that n bytes of Space were filled.
func (p *Parser) Advance(n int) { p.end += n }

// Next fills in the next complete event and reports whether there was one. It
// leaves the stamps alone.
func (p *Parser) Next(e *Event) (bool, error) {
	for {
		if p.skipLF && p.line < p.end {
			p.skipLF = false
			if p.buf[p.line] == '\n' {
				p.line++
				p.scan = max(p.scan, p.line)
				if p.lines == 0 {
					p.start = p.line
				}
			}
		}
		line, next, ok := p.cutLine()
		if !ok {
			if p.end-p.start > p.max {
				return false, ErrEventTooLarge
			}
			return false, nil
		}
		from := p.line
		p.line, p.scan = next, next
		if !p.begun {
			p.begun = true
			if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(line, mark) {
				line = line[len(mark):]
				from += len(mark)
				p.start = from
			}
		}
		if len(line) > 0 {
			p.field(line, from-p.start)
			continue
		}
		if p.lines > 0 {
			p.emit(e)
			return true, nil
		}
		p.start = next
	}
}

// Whole fills in the event that b is, where b stands alone and is one line of
// data and the blank line after it, as nearly all pieces of a stream are. It
// reports false, and does nothing, where b is anything else: then it is to go
// through Space and Next, which would find the same.
func (p *Parser) Whole(b []byte, e *Event) bool {
	const name = "data: "
	end := len(b) - 2
	if p.start != p.end || p.lines > 0 || p.skipLF || end <= len(name) || len(b) > p.max ||
		string(b[:len(name)]) != name || b[end+1] != '\n' || bytes.IndexByte(b, '\n') != end ||
		space(b[len(name)]) || space(b[end-1]) || bytes.IndexByte(b, '\r') >= 0 {
		return false
	}
	p.begun = true
	*e = Event{Data: b[len(name):end], Raw: b[:end], AtNS: e.AtNS, UserNS: e.UserNS, Kernel: e.Kernel}
	return true
}

// Tail fills in the event that the end of the stream left unterminated, and
// reports whether there was one. Call it once, after Next had no more.
func (p *Parser) Tail(e *Event) bool {
	if line := p.buf[p.line:p.end]; len(line) > 0 {
		if !p.begun {
			cut := bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
			p.start += len(line) - len(cut)
			p.line, line = p.start, cut
		}
		if len(line) > 0 {
			p.field(line, p.line-p.start)
		}
	}
	p.line, p.scan = p.end, p.end
	if p.lines == 0 {
		return false
	}
	p.emit(e)
	return true
}

// cutLine finds the end of the line and the start of the next.
func (p *Parser) cutLine() (line []byte, next int, ok bool) {
	rest := p.buf[p.scan:p.end]
	lf := bytes.IndexByte(rest, '\n')
	if lf >= 0 {
		rest = rest[:lf]
	}
	if cr := bytes.IndexByte(rest, '\r'); cr >= 0 {
		at := p.scan + cr
		if cr+1 == lf {
			return p.buf[p.line:at], at + 2, true
		}
		p.skipLF = at+1 == p.end
		return p.buf[p.line:at], at + 1, true
	}
	if lf < 0 {
		p.scan = p.end
		return nil, 0, false
	}
	at := p.scan + lf
	return p.buf[p.line:at], at + 1, true
}

// field takes one line, which is not empty and begins at offset off in the block.
func (p *Parser) field(line []byte, off int) {
	p.lines++
	p.text = off + len(line)
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		colon = len(line)
	}
	name := trim(line[:colon])
	value := part{min(off+colon+1, p.text), p.text}
	value = p.trimmed(value)
	inData := false
	switch string(name) { // compared without a copy
	case "data":
		inData = true
		p.addData(value)
	case "event":
		p.name = value
	case "id":
		p.id = value
	case "retry":
		if ms, err := strconv.ParseInt(string(p.bytes(value)), 10, 64); err == nil && ms >= 0 {
			p.retry = ms
		}
	case "":
		if colon == 0 {
			p.addComment(value)
		}
	default:
		if p.inData && p.unfinished() {
			inData = true
			p.joinData()
			p.joined = append(append(p.joined, `\n`...), line...)
		}
	}
	p.inData = inData
}

func (p *Parser) addData(v part) {
	if p.nData++; p.nData == 1 {
		p.data = v
		return
	}
	p.joinData()
	p.joined = append(append(p.joined, '\n'), p.bytes(v)...)
}

// joinData moves the data so far to where more can follow.
func (p *Parser) joinData() {
	if len(p.joined) == 0 {
		p.joined = append(p.joined, p.bytes(p.data)...)
	}
}

func (p *Parser) addComment(v part) {
	if p.nComment++; p.nComment == 1 {
		p.comment = v
		return
	}
	if p.nComment == 2 {
		p.joinedComment = append(p.joinedComment, p.bytes(p.comment)...)
	}
	p.joinedComment = append(append(p.joinedComment, '\n'), p.bytes(v)...)
}

// unfinished reports whether the data so far looks like the first part of a JSON
// object.
func (p *Parser) unfinished() bool {
	d := p.dataBytes()
	return len(d) > 0 && d[0] == '{' && d[len(d)-1] != '}'
}

func (p *Parser) dataBytes() []byte {
	if len(p.joined) > 0 {
		return p.joined
	}
	return p.bytes(p.data)
}

func (p *Parser) emit(e *Event) {
	e.Name, e.ID, e.Data, e.Comment = p.bytes(p.name), p.bytes(p.id), p.dataBytes(), p.bytes(p.comment)
	if p.nComment > 1 {
		e.Comment = p.joinedComment
	}
	e.RetryMS, e.Raw, e.Content, e.Last = p.retry, p.buf[p.start:p.start+p.text], false, false
	p.start, p.lines, p.text = p.line, 0, 0
	p.name, p.id, p.data, p.comment = part{}, part{}, part{}, part{}
	p.nData, p.nComment, p.inData, p.retry = 0, 0, false, 0
	p.joined, p.joinedComment = p.joined[:0], p.joinedComment[:0]
}

// pending is what was read and not yet cut into events; without Next, all of it.
func (p *Parser) pending() []byte { return p.buf[p.start:p.end] }

func (p *Parser) bytes(s part) []byte { return p.buf[p.start+s.from : p.start+s.to] }

func (p *Parser) trimmed(s part) part {
	for s.from < s.to && space(p.buf[p.start+s.from]) {
		s.from++
	}
	for s.from < s.to && space(p.buf[p.start+s.to-1]) {
		s.to--
	}
	return s
}

func trim(b []byte) []byte {
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && space(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func space(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
