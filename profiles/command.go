package profiles

import (
	"fmt"
	"strings"

	"tacho/engine/secret"
)

// CLICommand returns the command line as AIPerf records it in
// run_info.cli_command: words that are not numbers, switches or options in
// single quotes, none as None, true as True; in the order typed, without
// secrets. args are those given to ParseArgs.
func CLICommand(args []string) string {
	words := []string{"tacho", "profile"}
	var f *Field // the option whose values are being read
	for _, a := range args {
		if isOption(a) {
			name, value, inline := strings.Cut(a, "=")
			f = Lookup(name)
			if inline {
				a = name + "=" + hideValue(f, value)
			}
			words = append(words, a)
			continue
		}
		hidden := hideValue(f, a)
		switch v := coerce(hidden).(type) {
		case string:
			words = append(words, "'"+v+"'")
		case nil:
			words = append(words, "None")
		case bool:
			words = append(words, map[bool]string{true: "True", false: "False"}[v])
		case float64:
			words = append(words, Float(v))
		default:
			words = append(words, fmt.Sprint(v))
		}
	}
	return strings.Join(words, " ")
}

// hideValue returns a value of an option without the secrets in it.
func hideValue(f *Field, value string) string {
	switch {
	case f == nil:
		return secret.RedactURL(value)
	case f.Type == "URL" || f.Type == "source":
		return secret.RedactURL(value)
	case f.Flag == "header":
		return hideHeaders(value)
	case f.Secret && value != "":
		return secret.Redacted
	}
	return value
}

// hideHeaders rewrites one value of --header; what cannot be read may hold
// anything and is hidden as a whole.
func hideHeaders(value string) string {
	if strings.HasPrefix(strings.TrimSpace(value), "{") {
		o, err := readObject(value)
		if err != nil {
			return secret.Redacted
		}
		for i, m := range o {
			if secret.Header(m.Key) {
				o[i].Value = secret.Redacted
			}
		}
		return string(AppendJSON(nil, o, "", 0))
	}
	items := splitHeaderItems(value)
	for i, item := range items {
		name, _, ok := strings.Cut(item, ":")
		switch {
		case !ok:
			return secret.Redacted
		case secret.Header(name):
			items[i] = name + ":" + secret.Redacted
		}
	}
	return strings.Join(items, ",")
}

// Args returns a command line that makes the profile: what was set, one option
// each, in table order. It holds secrets; show it through CLICommand. Settings
// that only a file can hold are not in it.
func Args(p *Profile) []string {
	var args []string
	for _, f := range Fields {
		if f.Flag == "" || f.Refuse != "" || !f.IsSet(p) || f.Flag == "output-artifact-dir" && p.ownDir {
			continue
		}
		values := f.Values(p)
		if f.List == Comma && len(values) > 1 {
			values = []string{strings.Join(values, ",")}
		}
		switch {
		case len(values) == 0, f.IsSwitch() && f.isDefault(values[0]):
		case f.IsSwitch() && norm(values[0]) == "false":
			if f.Default != "" { // else off is what it is by itself
				args = append(args, "--"+f.Negative)
			}
		case f.IsSwitch():
			args = append(args, "--"+f.shortest())
		case len(values) == 1 && (values[0] == "" || isOption(values[0])):
			args = append(args, "--"+f.shortest()+"="+values[0])
		default:
			args = append(append(args, "--"+f.shortest()), values...)
		}
	}
	if ph, d := p.Profiling(), p.Dataset(); (ph.Requests.Set || ph.Sessions.Set) && !d.Entries.Set {
		args = append(args, "--num-prompts", show(d.Entries.V)) // else it would follow from those
	}
	return args
}

// shortest is the long name people type.
func (f *Field) shortest() string {
	name := f.Flag
	for _, a := range f.Aliases {
		if len(a) < len(name) {
			name = a
		}
	}
	return name
}
