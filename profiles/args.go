package profiles

import (
	"strings"

	"tacho/engine/secret"
)

// given is one option as it stands among the arguments.
type given struct {
	field  *Field
	name   string   // as typed, with dashes
	values []string // a switch has "true" or "false"
}

// isOption tells an option from a value: values may be negative numbers or a
// single dash.
func isOption(a string) bool {
	if len(a) < 2 || a[0] != '-' {
		return false
	}
	return a[1] == '-' && len(a) > 2 || isLetter(a[1])
}

// readArgs cuts arguments into options with their values. It knows from the
// table which option takes how many; it does not look at what they mean.
func readArgs(args []string) (out []given, help bool, problems Problems) {
	for i := 0; i < len(args); {
		a := args[i]
		i++
		if a == "-h" || a == "--help" {
			help = true
			continue
		}
		if !isOption(a) {
			problems = append(problems, stray(a, out))
			continue
		}
		name, value, inline := strings.Cut(a, "=")
		f := Lookup(name)
		if f == nil {
			problems = append(problems, unknownOption(name))
			for i < len(args) && !isOption(args[i]) { // its values are not to blame
				i++
			}
			continue
		}
		g := given{field: f, name: name}
		switch {
		case f.IsSwitch():
			if !inline {
				value = "true"
			}
			if f.Negative != "" && norm(name) == "--"+f.Negative {
				if on, err := readBool(value); err == nil {
					value = map[bool]string{true: "false", false: "true"}[on]
				}
			}
			g.values = []string{value}
		case inline:
			g.values = []string{value}
		default:
			n := i
			for n < len(args) && !isOption(args[n]) && (n == i || f.List == Words) {
				n++
			}
			g.values = args[i:n]
			i = n
		}
		if len(g.values) == 0 && f.Bare {
			continue
		}
		if len(g.values) == 0 {
			problems = append(problems, Problem{Kind: MissingValue, Where: name, Rule: "needs a value: " + placeholder(f)})
			continue
		}
		out = append(out, g)
	}
	return out, help, problems
}

func unknownOption(name string) Problem {
	if len(name) == 2 {
		return Problem{Kind: Unknown, Where: name, Rule: "unknown option; --help lists them"}
	}
	return Problem{Kind: Unknown, Where: name, Rule: "unknown option" + didYouMean(name, longNames())}
}

// stray explains a word that no option takes.
func stray(a string, before []given) Problem {
	p := Problem{Kind: UnexpectedArg, Where: quoteValue(secret.RedactURL(a)), Rule: "belongs to no option"}
	if n := len(before); n > 0 {
		last := before[n-1]
		switch _, err := readBool(a); {
		case last.field.IsSwitch() && err == nil:
			p.Where, p.Rule = last.name+" "+a, "is a switch; write "+last.name+"="+strings.ToLower(a)
			return p
		case last.field.Secret: // the word may be the rest of the secret
			p.Where, p.Rule = last.name, "takes one value; quote it if it holds blanks"
			return p
		case !last.field.IsSwitch() && last.field.List != Words && Lookup("--"+a) == nil:
			p.Rule += "; " + last.name + " takes one value"
			return p
		}
	}
	if len(a) >= 3 && isLetter(a[0]) {
		p.Rule += didYouMean("--"+a, longNames())
	}
	return p
}

// merge joins the occurrences of an option that may be repeated, in order of
// first appearance, and reports repetitions of one that may not.
func merge(all []given) (out []given, problems Problems) {
	at := map[*Field]int{}
	for _, g := range all {
		i, seen := at[g.field]
		switch {
		case !seen:
			at[g.field] = len(out)
			out = append(out, g)
		case g.field.List != Single:
			out[i].values = append(append([]string(nil), out[i].values...), g.values...)
		case len(g.values) == 1 && out[i].values[0] == g.values[0]:
		case g.field.Refuse != "": // said once already
		default:
			problems = append(problems, Problem{Kind: Conflict, Where: g.name, Rule: "is given twice with different values"})
		}
	}
	return out, problems
}
