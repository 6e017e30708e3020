package endpoint

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// mould is the last unit that scan read, kept as the frame for the next: the
// chunks of a stream differ in little but their one text. A unit with the same
// bytes before and after the text says the same but for the text, since scan
// sees the same all the way, so reading it takes two comparisons.
type mould struct {
	data     []byte // a copy of the unit; empty when there is no frame
	from, to int    // the text in it, between its quotes
	of       mouldText
	unit     unit // what the unit says; its slices alias data
}

// mouldText says which text of a unit changes.
type mouldText uint8

const (
	mouldContent mouldText = iota
	mouldReasoning
	mouldChoiceText
)

// take makes the unit that scan read from data the frame of the next, if it has
// exactly one text and that one without escapes. Units with tool calls change
// in too much to be worth it.
func (m *mould) take(u *unit, data []byte) {
	m.data = m.data[:0]
	if len(u.buf) > 0 || len(u.calls) > 0 {
		return
	}
	var text []byte
	for i, t := range [...][]byte{mouldContent: u.content, mouldReasoning: u.reasoning, mouldChoiceText: u.text} {
		if len(t) == 0 {
			continue
		}
		if text != nil {
			return
		}
		text, m.of = t, mouldText(i)
	}
	if text == nil {
		return
	}
	// Slices that scan makes end where data's memory ends, so their capacity
	// tells where they begin.
	at := func(b []byte) int { return cap(data) - cap(b) }
	m.data = append(m.data, data...)
	m.from = at(text)
	m.to = m.from + len(text)
	m.unit = unit{
		isObject: true, part: u.part, hasText: u.hasText, usage: u.usage, hasUsage: u.hasUsage,
	}
	if len(u.object) > 0 {
		o := at(u.object)
		m.unit.object = m.data[o : o+len(u.object)]
	}
}

// fill reads data by the frame. It returns nil if data does not fit it.
func (m *mould) fill(data []byte) *unit {
	end := len(data) - (len(m.data) - m.to) // of the text
	if len(m.data) == 0 || end <= m.from ||
		!bytes.Equal(data[:m.from], m.data[:m.from]) || !bytes.Equal(data[end:], m.data[m.to:]) {
		return nil
	}
	text := data[m.from:end]
	if !plain(text) {
		return nil
	}
	switch m.of {
	case mouldContent:
		m.unit.content = text
	case mouldReasoning:
		m.unit.reasoning = text
	default:
		m.unit.text = text
	}
	return &m.unit
}

// plain says that b can stand between the quotes of a JSON string as it is.
func plain(b []byte) bool {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if special(binary.LittleEndian.Uint64(b[i:])) != 0 {
			return false
		}
	}
	for ; i < len(b); i++ {
		if b[i] < ' ' || b[i] == '"' || b[i] == '\\' {
			return false
		}
	}
	return utf8.Valid(b)
}
