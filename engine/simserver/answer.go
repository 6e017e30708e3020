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
	ps := make([]piece, 0, a.n+5)
	if a.role {
		ps = append(ps, piece{kind: kindRole})
	}
	if a.tool != nil {
		ps = append(ps, a.tool...)
	} else {
		for i := range a.n {
			k := kindText
			if i < a.reasoning {
				k = kindReasoning
			}
			ps = append(ps, piece{kind: k, ticks: 1, tokens: 1, text: word(seed, i)})
		}
	}
	return append(ps, a.tail(ps)...)
}

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
