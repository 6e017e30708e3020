package app

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tacho/profiles"
)

// completionScripts hand the words typed so far to "tacho __complete", which
// knows what may follow: the scripts never go stale.
var completionScripts = map[string]string{
	"bash": `_tacho() {
	local IFS=$'\n' found typed=${COMP_WORDS[COMP_CWORD]}
	[ "$typed" = "=" ] && typed=
	found=$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
	if [ "$found" = ":files" ]; then
		compopt -o filenames
		COMPREPLY=($(compgen -f -- "$typed"))
	else
		COMPREPLY=($found)
	fi
}
complete -F _tacho tacho
`,
	"zsh": `#compdef tacho
_tacho() {
	local -a found
	found=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
	if [[ "${found[1]}" == ":files" ]]; then
		_files
	elif [[ -n "${found[1]}" ]]; then
		compadd -a found
	fi
}
if [[ "${funcstack[1]}" == "_tacho" ]]; then
	_tacho
else
	compdef _tacho tacho
fi
`,
	"fish": `function __tacho_complete
	set -l typed (commandline -opc) (commandline -ct)
	set -l found ($typed[1] __complete $typed[2..-1] 2>/dev/null)
	if test "$found" = ":files"
		__fish_complete_path (commandline -ct)
	else
		printf '%s\n' $found
	end
end
complete -c tacho -f -a '(__tacho_complete)'
`,
}

const completionUsage = `usage: tacho completion bash|zsh|fish

Prints a script that completes commands, options and their values:

  bash   source <(tacho completion bash)              in ~/.bashrc
  zsh    source <(tacho completion zsh)               in ~/.zshrc, after compinit
  fish   tacho completion fish | source               in ~/.config/fish/config.fish
`

func completion(env Env, args []string) error {
	if len(args) == 1 && completionScripts[args[0]] != "" {
		_, err := fmt.Fprint(env.Stdout, completionScripts[args[0]])
		return err
	}
	if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
		fmt.Fprint(env.Stdout, completionUsage)
		return errHelpShown
	}
	return withHint(usagef("completion takes the name of a shell: bash, zsh or fish"), "tacho completion -h says where the script goes")
}

// completeCommand is the hidden command that the scripts call.
const completeCommand = "__complete"

// takesOptions are the commands that take the options of tacho profile.
var takesOptions = []string{"profile", "find", "demo", "rerun"}

// complete lists what may stand in the place of the last of some words; the
// first is the command. ":files" alone is for the shell to complete a path.
func complete(env Env, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	words = uncut(words)
	last := words[len(words)-1]
	if len(words) == 1 {
		var names []string
		for _, c := range commands() {
			names = append(names, c.name)
		}
		return withPrefix(names, last)
	}
	own := ownOptions(env, words[0])
	if strings.HasPrefix(last, "-") && !strings.Contains(last, "=") {
		names := slices.Sorted(maps.Keys(own))
		if slices.Contains(takesOptions, words[0]) {
			names = append(names, optionNames()...)
		}
		return withPrefix(names, last)
	}
	if value, ok := own[words[len(words)-2]]; ok && value != "" {
		if value == "FILE" || value == "DIR" {
			return []string{":files"}
		}
		return nil
	}
	if slices.Contains(takesOptions, words[0]) {
		return completeOption(env, words[0], words[1:len(words)-1], last)
	}
	for _, c := range commands() {
		switch first, _, _ := strings.Cut(c.args, " "); {
		case c.name != words[0]:
		case strings.Contains(first, "|") && len(words) == 2:
			return withPrefix(strings.Split(strings.Trim(first, "[]"), "|"), last)
		case strings.Contains(c.args, "DIR"), strings.Contains(c.args, "FILE"):
			return []string{":files"}
		}
	}
	return nil
}

// uncut undoes what bash does to the last word: it cuts --ui=si into three at
// the sign. Only the part behind it is for the shell to complete.
func uncut(words []string) []string {
	n := len(words)
	switch {
	case n > 1 && words[n-1] == "=":
		return append(slices.Clone(words[:n-1]), "")
	case n > 2 && words[n-2] == "=":
		return append(slices.Clone(words[:n-2]), words[n-1])
	}
	return words
}

var helpOption = regexp.MustCompile(`(?m)^  (--[a-z][a-z0-9-]*)(?: ([A-Z]+\b))?`)

// ownOptions are the options that the help of a command lists, each with the
// name of its value; empty for a switch. Those of tacho profile have a table.
func ownOptions(env Env, name string) map[string]string {
	own := map[string]string{}
	if name == "profile" || name == "demo" {
		return own
	}
	for _, c := range commands() {
		if c.name == name {
			var text strings.Builder
			env.Stdout, env.Stderr = &text, io.Discard
			if err := c.run(env, []string{"-h"}); errors.Is(err, errHelpShown) {
				for _, m := range helpOption.FindAllStringSubmatch(text.String(), -1) {
					own[m[1]] = m[2]
				}
			}
		}
	}
	return own
}

// optionNames are the names of the options of tacho profile.
func optionNames() []string {
	var names []string
	for _, f := range profiles.Fields {
		if f.Refuse == "" {
			names = append(names, f.Names()...)
		}
	}
	return names
}

// completeOption completes the value of an option of tacho profile. before are
// the words that stand behind the command.
func completeOption(env Env, command string, before []string, last string) []string {
	if name, value, ok := strings.Cut(last, "="); ok && strings.HasPrefix(name, "-") {
		var out []string
		for _, v := range valuesOf(profiles.Lookup(name), value) {
			if v != ":files" {
				out = append(out, name+"="+v)
			}
		}
		return out
	}
	if command == "profile" && len(before) == 0 {
		var names []string
		for _, p := range newProfileStore(env.Getenv).list() {
			names = append(names, "@"+p.name)
		}
		return withPrefix(names, last)
	}
	// The option whose values are being typed: the last one that was.
	for i, w := range slices.Backward(before) {
		if !strings.HasPrefix(w, "-") {
			continue
		}
		f := profiles.Lookup(w)
		if f == nil || f.IsSwitch() || f.List != profiles.Words && i != len(before)-1 {
			break
		}
		return valuesOf(f, last)
	}
	if command == "rerun" && len(before) == 0 {
		return []string{":files"}
	}
	return nil
}

// valuesOf are the values of an option that begin with what is typed.
func valuesOf(f *profiles.Field, typed string) []string {
	switch {
	case f == nil:
		return nil
	case f.IsPath():
		return []string{":files"}
	}
	return withPrefix(slices.Concat(f.Choices, f.Ours), typed)
}

func withPrefix(words []string, prefix string) []string {
	var out []string
	for _, w := range words {
		if strings.HasPrefix(w, prefix) {
			out = append(out, w)
		}
	}
	return out
}
