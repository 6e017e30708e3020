package simserver

import "strings"

// answer is what the server will say to one request.
type answer struct {
	dialect   dialect
	params    *params
	prompt    int // tokens
	text      string
	role      bool    // begin a stream with a role chunk
	reasoning int     // leading tokens that are reasoning
	n         int     // output tokens
	finish    string  // finish_reason
	tool      []piece // replaces the text if set
	whole     bool    // the finish reason always rides on the last content event
	// lay lays a streamed answer out in the API's own way; nil as chat does.
	lay func(a *answer, seed uint64) []piece
	// pooled: the answer is not made of tokens but comes at once, n steps after
	// the prompt was computed.
	pooled bool
}

// word returns the text of output token i. All words are common enough to be a
// single token, with their leading space, for the usual vocabularies, so that
// a client that counts the text itself arrives at the number of tokens sent.
func word(seed uint64, i int) string {
	return words[(uint64(i)*7+seed)%uint64(len(words))]
}

var words = func() []string {
	ws := strings.Fields(`the quick brown fox will run over a small green field while seven people watch from
		an old house near the river that never sleeps and many little boats of paper float by
		until night comes down with stars and the town is still for one more long summer day`)
	for i := range ws {
		ws[i] = " " + ws[i]
	}
	return ws
}()

// thinks returns how many of n tokens are reasoning.
func (x *exchange) thinks(model string, n int) int {
	share := x.srv.cfg.Reasoning.Share
	if share == 0 && strings.Contains(model, "reason") {
		share = 1.0 / 3
	}
	return int(share * float64(n))
}

// pieces lays a streamed answer out.
func (a *answer) pieces(seed uint64) []piece {
	if a.lay != nil {
		return a.lay(a, seed)
	}
	ps := make([]piece, 0, a.n+5)
	if a.role {
		ps = append(ps, piece{kind: kindRole})
	}
	if a.tool != nil {
		ps = append(ps, a.tool...)
	} else {
		ps = append(ps, a.words(seed, 0, a.reasoning, kindReasoning)...)
		ps = append(ps, a.words(seed, a.reasoning, a.n, kindText)...)
	}
	return append(ps, a.tail(ps)...)
}

// words returns the pieces of output tokens from to to-1.
func (a *answer) words(seed uint64, from, to int, k kind) []piece {
	ps := make([]piece, 0, max(0, to-from))
	for i := from; i < to; i++ {
		ps = append(ps, piece{kind: k, ticks: 1, tokens: 1, text: word(seed, i)})
	}
	return ps
}

// said returns the thinking and the text of the answer in full.
func (a *answer) said(seed uint64) (thinking, text string) {
	var think, say strings.Builder
	for i := range a.n {
		if i < a.reasoning {
			think.WriteString(word(seed, i))
		} else {
			say.WriteString(word(seed, i))
		}
	}
	return think.String(), say.String()
}

// sections lays out thinking, text and calls as stretches with a beginning and
// an end each, between the pieces given.
func (a *answer) sections(seed uint64, before, after []piece) []piece {
	ps := before
	stretch := func(of string, content []piece) {
		ps = append(ps, piece{kind: kindOpen, text: of, hold: true}) // leaves with what it opens
		ps = append(ps, content...)
		ps = append(ps, piece{kind: kindClose, text: of})
	}
	if a.tool != nil {
		stretch(ofCall, a.tool)
		return append(ps, after...)
	}
	if a.reasoning > 0 {
		stretch(ofThinking, a.words(seed, 0, a.reasoning, kindReasoning))
	}
	if a.n > a.reasoning {
		stretch(ofText, a.words(seed, a.reasoning, a.n, kindText))
	}
	return append(ps, after...)
}

// What a stretch holds.
const (
	ofThinking = "thinking"
	ofText     = "text"
	ofCall     = "call"
)

// tail returns what follows the content. A length-limited answer carries its
// finish_reason on the last content event and a stopped one on an event of its
// own, as vLLM does (the stop token has no text).
func (a *answer) tail(content []piece) []piece {
	var ps []piece
	if (a.whole || a.finish == "length") && len(content) > 0 && content[len(content)-1].tokens > 0 {
		content[len(content)-1].finish = a.finish
	} else {
		ps = append(ps, piece{kind: kindFinish, finish: a.finish})
	}
	if a.params.options().IncludeUsage && !strings.Contains(a.params.Model, "nousage") {
		ps = append(ps, piece{kind: kindUsage})
	}
	return append(ps, piece{kind: kindDone, hold: true}, piece{kind: kindEnd})
}
