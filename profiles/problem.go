package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// ErrHelp is returned by ParseArgs when --help or -h is among the arguments.
var ErrHelp = errors.New("help requested")

// Kind classes a Problem for callers that can do something about it.
type Kind int

// Kinds of problems.
const (
	BadValue      Kind = iota // a value breaks a rule
	Unknown                   // no such option, key or choice
	Conflict                  // two settings do not go together
	Unsupported               // AIPerf has it, this program does not
	Syntax                    // the arguments or the file cannot be read
	MissingModel              // no model named; the server may know one
	MissingValue              // an option without its value
	UnexpectedArg             // a word that belongs to no option
)

// Problem is one thing wrong with a configuration, in one line. Its text never
// holds a secret.
type Problem struct {
	Kind Kind
	// Where is the option as typed (--isl) or, from a file, the key path.
	Where string
	// Line and Col locate a problem in a YAML file, from 1; 0 elsewhere.
	File      string
	Line, Col int
	// Value is what was given; empty when that says nothing or is a secret.
	Value string
	// Rule says what is wrong and what would be right.
	Rule string
}

// Error returns "--concurrency 0: must be at least 1".
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Where)
	if p.Value != "" {
		b.WriteString(" " + quoteValue(p.Value))
	}
	if b.Len() > 0 && p.Where != "" {
		b.WriteString(": ")
	}
	b.WriteString(p.Rule)
	return oneLine(strings.Map(printable, b.String()))
}

// printable keeps what a name or value could do to a terminal out of a problem.
func printable(r rune) rune {
	if unicode.IsPrint(r) || r == '\n' || r == '\t' {
		return r
	}
	return unicode.ReplacementChar
}

// quoteValue shows a value as one word of at most 80 characters.
func quoteValue(s string) string {
	if r := []rune(s); len(r) > 80 {
		s = string(r[:77]) + "..."
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f || r == 0xFFFD }) {
		return fmt.Sprintf("%q", s)
	}
	return s
}

// Problems is everything wrong with a configuration at once.
type Problems []Problem

// Error returns one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Only reports whether there are problems and all are of one kind.
func (ps Problems) Only(k Kind) bool {
	for _, p := range ps {
		if p.Kind != k {
			return false
		}
	}
	return len(ps) > 0
}

// err is nil for no problems: an empty Problems must not become an error. A
// missing model is told only alone: beside others it is not the user's to mend,
// for the server may name one once they are gone.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	if !ps.Only(MissingModel) {
		return slices.DeleteFunc(ps, func(p Problem) bool { return p.Kind == MissingModel })
	}
	return ps
}
