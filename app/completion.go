package app

import (
	"fmt"
	"slices"
	"strings"

	"tacho/profiles"
)

// completionScripts hand the words typed so far to "tacho __complete", which
// knows what may follow: the scripts never go stale.
var completionScripts = map[string]string{
	"bash": `_tacho() {
	local IFS=$'\n' found
	found=$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
	if [ "$found" = ":files" ]; then
		compopt -o filenames
		COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
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
	last := words[len(words)-1]
	if len(words) == 1 {
		var names []string
		for _, c := range commands() {
			names = append(names, c.name)
		}
		return withPrefix(names, last)
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

// completeOption completes an option of tacho profile, or its value. before are
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
	if strings.HasPrefix(last, "-") {
		var names []string
		for _, f := range profiles.Fields {
			if f.Refuse == "" {
				names = append(names, f.Names()...)
			}
		}
		return withPrefix(names, last)
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
