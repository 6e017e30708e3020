package endpoint

import (
	"encoding/json"
	"errors"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// errNoQuery is the error for a turn without a query.
var errNoQuery = errors.New(`it has no text named "query"`)

// ranking is what a ranking request asks, taken from the names of the texts.
type ranking struct {
	turn     *dataset.Turn
	query    string
	passages []string
}

// rankingOf reads the only turn of a request: the first text named "query" or
// "queries", and all those named "passages". Other texts are left out.
func rankingOf(api string, r *Request) (ranking, error) {
	t, err := onlyTurn(api, r)
	if err != nil {
		return ranking{}, err
	}
	q := ranking{turn: t}
	if t.Body != nil {
		return q, nil
	}
	found := false
	for _, x := range t.Texts {
		switch x.Name {
		case "passages":
			q.passages = append(q.passages, x.Content)
		case "query", "queries":
			if !found {
				q.query, found = x.Content, true
			}
		}
	}
	if !found {
		return q, encodeError(api, errNoQuery)
	}
	return q, nil
}

// passageList appends the passages as a JSON array, each between two strings.
func (q *ranking) passageList(dst []byte, before, after string) []byte {
	dst = append(dst, '[')
	start := len(dst)
	for _, p := range q.passages {
		dst = pytext.AppendString(append(separate(dst, start), before...), p)
		dst = append(dst, after...)
	}
	return append(dst, ']')
}

var rankingNames = []string{"rankings", "results", "error", "object", "message"}

// Places in rankingNames.
const (
	rankRankings = iota
	rankResults
)

// ranked reads an answer with a list of ranks under a name. Usage is not read,
// as in AIPerf.
func (d *Delta) ranked(data []byte, at int) error {
	m, ok := d.members(data, rankingNames)
	if !ok {
		return nil
	}
	d.fail(m[2], m[3], m[4])
	d.ranks(m[at])
	return nil
}

func (d *Delta) ranks(list json.RawMessage) {
	if isArray(list) && truthy(list) {
		d.Kind = RankingUnit
	} else {
		d.Foreign = !d.Failed
	}
}
