package endpoint

import (
	"slices"

	"tacho/engine/pytext"
)

// keepBytes is the largest text buffer that an Answer keeps for the next
// request, so that one huge answer does not stay in memory for the whole run.
const keepBytes = 1 << 20

// Answer is what the units of one answer add up to. A worker owns one and
// calls Reset before each request; it allocates nothing in the steady state.
type Answer struct {
	// Capture keeps what AppendMessage needs: set it where another turn
	// follows. Reset leaves it as it is.
	Capture bool

	// Units counts all units, Chunks those with content. Blank is for the caller
	// to count what came without data and was not added: comments, pings.
	Units, Chunks, Blank int
	// Usage is the last account that was not empty.
	Usage    Usage
	HasUsage bool
	// FirstChunkTokens is the completion count in the first content unit that
	// had an account; 0 if none had. It means something only when the server
	// was asked for usage with every chunk.
	FirstChunkTokens int
	// Done says that the stream was closed by [DONE].
	Done bool
	// NotJSON, Foreign and Loose count the units marked so (see Delta).
	NotJSON, Foreign, Loose int
	// Failed counts error objects inside the answer and FirstError is the
	// message of the first. AIPerf does not see them: if content came before,
	// the request is valid, with fewer tokens than it should have had.
	Failed     int
	FirstError string

	text, reasoning, content []byte
	calls                    []toolCall
}

// toolCall is one call of a tool, put together from its pieces.
type toolCall struct {
	index               int
	id, kind, name, arg []byte
}

// Reset prepares for the next answer.
func (a *Answer) Reset() {
	trim := func(b []byte) []byte {
		if cap(b) > keepBytes {
			return nil
		}
		return b[:0]
	}
	*a = Answer{
		Capture: a.Capture, Usage: NoUsage,
		text: trim(a.text), reasoning: trim(a.reasoning), content: trim(a.content),
		calls: a.calls[:0],
	}
}

// Add takes in the next unit. It copies what it keeps.
func (a *Answer) Add(d *Delta) {
	if a.Units == 0 && !a.HasUsage {
		a.Usage = NoUsage // also in an Answer that was never Reset
	}
	a.Units++
	a.Done = a.Done || d.Done
	if d.NotJSON {
		a.NotJSON++
	}
	if d.Foreign {
		a.Foreign++
	}
	if d.Loose {
		a.Loose++
	}
	if d.Failed {
		if a.Failed == 0 {
			a.FirstError = string(d.Error)
		}
		a.Failed++
	}
	if d.HasUsage {
		a.Usage, a.HasUsage = d.Usage, true
	}
	a.capture(d)
	if !d.Content() {
		return
	}
	a.Chunks++
	if a.FirstChunkTokens == 0 && d.HasUsage {
		a.FirstChunkTokens = max(0, d.Usage.Completion)
	}
	a.text = append(a.text, d.Counted()...)
	a.reasoning = append(a.reasoning, d.Reasoning...)
}

// capture keeps what is not counted but belongs into the message.
func (a *Answer) capture(d *Delta) {
	if !a.Capture {
		return
	}
	a.content = append(a.content, d.Text...)
	for i := range d.Calls {
		a.call(&d.Calls[i])
	}
}

// call merges one piece of a tool call, by AIPerf's rules: a piece without an
// index is a call of its own, except in the old form, which has one call; a
// name replaces, arguments add up.
func (a *Answer) call(p *ToolPiece) {
	index := p.Index
	switch {
	case index >= 0:
	case p.Legacy && !p.Whole:
		index = 0
	default:
		index = len(a.calls)
	}
	at := slices.IndexFunc(a.calls, func(c toolCall) bool { return c.index == index })
	if at < 0 {
		at = len(a.calls)
		if at < cap(a.calls) { // take the buffers of an earlier answer
			a.calls = a.calls[:at+1]
		} else {
			a.calls = append(a.calls, toolCall{})
		}
		c := &a.calls[at]
		*c = toolCall{index: index, id: c.id[:0], kind: c.kind[:0], name: c.name[:0], arg: c.arg[:0]}
	}
	c := &a.calls[at]
	if p.Whole {
		c.arg = c.arg[:0]
	}
	replace := func(to *[]byte, with []byte) {
		if len(with) > 0 {
			*to = append((*to)[:0], with...)
		}
	}
	replace(&c.id, p.ID)
	replace(&c.kind, p.Type)
	if p.Legacy {
		c.kind = append(c.kind[:0], "function"...)
		c.name = append(c.name, p.Name...)
	} else {
		replace(&c.name, p.Name)
	}
	c.arg = append(c.arg, p.Arguments...)
}

// Text is what counts as output: the message text, and of tool calls their
// names and arguments. It ends with the next Add or Reset.
func (a *Answer) Text() []byte { return a.text }

// Reasoning is the thinking. It ends with the next Add or Reset.
func (a *Answer) Reasoning() []byte { return a.reasoning }

// Valid says that the answer has content, which is all that AIPerf asks of a
// 2xx answer that arrived in full.
func (a *Answer) Valid() bool { return a.Chunks > 0 }

// AppendMessage appends the answer as a JSON array with one assistant message,
// the form of dataset.Turn.Messages, for the turns that follow: the text, and
// tool calls by their index. An answer that has neither gives its reasoning as
// the text. It appends nothing if there is nothing to repeat. Capture must
// have been set.
func (a *Answer) AppendMessage(dst []byte) []byte {
	text := a.content
	if len(text) == 0 && len(a.calls) == 0 {
		if text = a.reasoning; len(text) == 0 {
			return dst
		}
	}
	dst = append(dst, `[{"role":"assistant","content":`...)
	if len(text) == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = pytext.AppendString(dst, string(text))
	}
	if len(a.calls) > 0 {
		slices.SortStableFunc(a.calls, func(x, y toolCall) int { return x.index - y.index })
		dst = append(dst, `,"tool_calls":[`...)
		for i, c := range a.calls {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '{')
			if len(c.id) > 0 {
				dst = append(pytext.AppendString(append(dst, `"id":`...), string(c.id)), ',')
			}
			if len(c.kind) > 0 {
				dst = append(pytext.AppendString(append(dst, `"type":`...), string(c.kind)), ',')
			}
			dst = pytext.AppendString(append(dst, `"function":{"name":`...), string(c.name))
			dst = append(pytext.AppendString(append(dst, `,"arguments":`...), string(c.arg)), "}}"...)
		}
		dst = append(dst, ']')
	}
	return append(dst, "}]"...)
}
