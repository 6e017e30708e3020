package endpoint

import (
	"maps"
	"slices"
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
	// Video is the last account of the making of a video.
	Video Video

	text, reasoning, content []byte
	hasText                  bool
	calls                    []toolCall
	parts                    []partID
	folded                   map[string]any // usage said so far, the first word on each key
	history                  history
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
	a.history.reset(trim)
	*a = Answer{
		Capture: a.Capture, Usage: NoUsage, Video: NoVideo,
		text: trim(a.text), reasoning: trim(a.reasoning), content: trim(a.content),
		calls: a.calls[:0], parts: a.parts[:0], history: a.history,
	}
}

// Add takes in the next unit. It copies what it keeps. What only the units
// before can tell it writes into d: a text that repeats them is emptied, and
// usage is completed from theirs.
func (a *Answer) Add(d *Delta) {
	if a.Units == 0 && !a.HasUsage {
		a.Usage, a.Video = NoUsage, NoVideo // also in an Answer that was never Reset
	}
	a.dedupe(d)
	a.fold(d)
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
	if d.Kind == VideoUnit {
		a.Video = d.Video
	}
	a.hasText = a.hasText || d.Output()
	if a.FirstChunkTokens == 0 && d.HasUsage {
		a.FirstChunkTokens = max(0, d.Usage.Completion)
	}
	a.text = append(a.text, d.Counted()...)
	a.reasoning = append(a.reasoning, d.Reasoning...)
}

// dedupe handles a whole text that comes after its pieces: its time counts, as
// content, but its text has been counted.
func (a *Answer) dedupe(d *Delta) {
	if d.role == noPart {
		return
	}
	known := slices.Contains(a.parts, d.part)
	switch {
	case d.role == wholePart && known:
		d.Kind, d.Text = TextUnit, nil
	case d.role == pieceOfPart && d.Content() && !known:
		a.parts = append(a.parts, d.part)
	}
}

// fold completes a usage object that says only part of the account with the
// keys of those before it.
func (a *Answer) fold(d *Delta) {
	if d.folds == nil {
		return
	}
	m, ok := decodeMap(d.folds)
	if !ok {
		return
	}
	if a.folded == nil {
		a.folded = map[string]any{}
	}
	last := maps.Clone(m)
	for k, v := range a.folded {
		if _, ok := last[k]; !ok {
			last[k] = v
		}
	}
	for k, v := range m {
		if _, ok := a.folded[k]; !ok {
			a.folded[k] = v
		}
	}
	d.Usage, d.HasUsage = usageOf(last), true
}

// capture keeps what is not counted but belongs into the message.
func (a *Answer) capture(d *Delta) {
	a.history.identify(d.replay)
	if !a.Capture {
		return
	}
	a.history.add(d)
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

// HasText says that some unit gave a text to count, be it empty, as embeddings
// and images do for AIPerf. An answer of nothing but thinking has none, and so
// no output token count.
func (a *Answer) HasText() bool { return a.hasText }

// ResponseID is the id under which the server keeps the answer, for
// Request.Previous; empty if it has none or the answer failed there. Whether it
// is kept at all the request decides ("store").
func (a *Answer) ResponseID() string {
	if a.history.noID {
		return ""
	}
	return string(a.history.id)
}
