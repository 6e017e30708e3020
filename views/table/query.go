package table

import (
	"slices"
	"strconv"
	"strings"
)

// Query is a filter that a person typed: words that must all be found, and
// comparisons such as ttft>300.
type Query struct {
	words   []string
	compare []comparison
}

type comparison struct {
	name  string
	op    string
	value float64
}

// operators, longer ones first.
var operators = []string{">=", "<=", "!=", ">", "<", "="}

// ParseQuery reads a filter. Numbers is the names that comparisons may use; a
// term with another name, or without a number, is a word like any other.
func ParseQuery(text string, numbers []string) Query {
	var q Query
	for term := range strings.FieldsSeq(strings.ToLower(text)) {
		if c, ok := parseComparison(term, numbers); ok {
			q.compare = append(q.compare, c)
			continue
		}
		q.words = append(q.words, term)
	}
	return q
}

func parseComparison(term string, numbers []string) (comparison, bool) {
	for _, op := range operators {
		name, rest, ok := strings.Cut(term, op)
		if !ok || !slices.Contains(numbers, name) {
			continue
		}
		v, err := strconv.ParseFloat(rest, 64)
		return comparison{name, op, v}, err == nil
	}
	return comparison{}, false
}

// Empty reports a filter that lets everything through.
func (q Query) Empty() bool { return len(q.words) == 0 && len(q.compare) == 0 }

// Match tells whether a row passes: text is all its words, num its numbers, NaN
// where one is not known, which no comparison finds.
func (q Query) Match(text string, num func(name string) float64) bool {
	text = strings.ToLower(text)
	for _, w := range q.words {
		if not, ok := strings.CutPrefix(w, "!"); ok && not != "" {
			if strings.Contains(text, not) {
				return false
			}
			continue
		}
		if !strings.Contains(text, w) {
			return false
		}
	}
	for _, c := range q.compare {
		if !c.holds(num(c.name)) {
			return false
		}
	}
	return true
}

func (c comparison) holds(v float64) bool {
	switch c.op {
	case ">=":
		return v >= c.value
	case "<=":
		return v <= c.value
	case ">":
		return v > c.value
	case "<":
		return v < c.value
	case "=":
		return v == c.value
	}
	return v == v && v != c.value
}
