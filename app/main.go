// Package app is the program: its commands, its exit codes, and the road from
// a profile to a run and its files.
package app

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"tacho/profiles"
)

// command is one word after tacho.
type command struct {
	name, args, doc string
	run             func(env Env, args []string) error
}

// commands returns all commands in the order of the usage text. It is a
// function because help, which is one of them, lists them all.
func commands() []command {
	return []command{
		{"profile", "[@NAME] --model M --url URL [options]", "benchmark an endpoint", profile},
		{"find", "--max concurrency|rate --goodput LIMITS [options]", "the largest concurrency or rate at which the limits hold", find},
		{"profiles", "[list|show|save|edit|rm|validate|expand]", "saved profiles and presets, which run as tacho profile @NAME", profilesCommand},
		{"demo", "[options]", "the same against a server simulated inside this program", demo},
		{"simulate", "[options]", "run that simulated server on its own", simulate},
		{"rerun", "DIR [options]", "repeat the run that left DIR", rerun},
		{"attach", "[ID]", "bring back the screen of a run that goes on without one, or watch one", attachCommand},
		{"selfcheck", "[options]", "measure the error of this program's own times on this machine", selfcheck},
		{"replay", "DIR... [--speed X] [--at 00:30]", "play recorded runs, tacho's or AIPerf's, on the live screen", replayCommand},
		{"plot", "[DIR...] [--output DIR] [--theme light|dark]", "pictures of runs, tacho's or AIPerf's, as PNG", plotCommand},
		{"verify", "DIR...", "recompute the summaries of artifact directories from their records", verify},
		{"analyze-trace", "FILE [--block-size N] [--output-file FILE]", "what a trace holds, and what a prefix cache could save of it", analyzeTrace},
		{"validate", "mooncake-trace FILE", "check every row of a trace", validateCommand},
		{"help", "[options|metrics|files|keys]", "this text, or a reference table", help},
		{"completion", "bash|zsh|fish", "print a script that completes commands, options and values", completion},
		{"version", "", "print the version", version},
	}
}

// errHelpShown ends a command that printed its help: no error to the user.
var errHelpShown = errors.New("help shown")

// Main runs the program and returns its exit code.
func Main(env Env) int {
	if code, ok := holdLeash(env); ok {
		return code
	}
	defer env.Leash.close()
	err := dispatch(env)
	if err == nil || errors.Is(err, errHelpShown) {
		return exitOK
	}
	report(env.Stderr, err)
	return code(err)
}

func dispatch(env Env) error {
	if len(env.Args) == 0 {
		if env.Terminal {
			return home(env, nil)
		}
		usage(env.Stdout)
		return nil
	}
	word := env.Args[0]
	switch word {
	case "-h", "--help":
		word = "help"
	case "-V", "--version":
		word = "version"
	case completeCommand:
		for _, w := range complete(env, env.Args[1:]) {
			fmt.Fprintln(env.Stdout, w)
		}
		return nil
	}
	if word == homeCommand {
		return home(env, env.Args[1:])
	}
	if strings.HasPrefix(word, "-") {
		return home(env, env.Args)
	}
	var names []string
	for _, c := range commands() {
		if c.name == word {
			return c.run(env, env.Args[1:])
		}
		names = append(names, c.name)
	}
	if near := profiles.Nearest(word, names); near != "" {
		return withHint(usagef("%q is no command; did you mean %q?", word, near), "tacho help lists the commands")
	}
	return withHint(usagef("%q is no command", word), "tacho help lists the commands")
}

// report prints an error: each problem on its own line, then the hint.
func report(w io.Writer, err error) {
	var silent *silentError
	if errors.As(err, &silent) {
		return
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(w, "tacho:", strings.TrimRight(line, "\n"))
	}
	var e *exitError
	if errors.As(err, &e) && e.hint != "" {
		fmt.Fprintln(w, e.hint)
	}
}

// silentError is an outcome that was already told to the user.
type silentError struct{ code int }

func (e *silentError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// usageWidth is where the second column of the usage begins.
const usageWidth = 40

func usage(w io.Writer) {
	fmt.Fprint(w, "tacho benchmarks generative-AI inference endpoints and shows the run while it happens.\n\n")
	for _, c := range commands() {
		left := "tacho " + strings.TrimSpace(c.name+" "+c.args)
		if len(left) > usageWidth {
			fmt.Fprintf(w, "  %s\n", left)
			left = ""
		}
		fmt.Fprintf(w, "  %-*s  %s\n", usageWidth, left, c.doc)
	}
	fmt.Fprint(w, "\nStart with:  tacho demo\nOptions:     tacho profile -h\n")
}
