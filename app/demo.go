package app

import (
	"fmt"
	"slices"
	"strings"

	"tacho/engine/simserver"
)

// demoOptions are what demo adds in front of the user's own options: a load
// that shows what a screen can show, in about half a minute.
var demoOptions = []string{
	"--endpoint-type", "chat", "--streaming", "--tokenizer", "builtin",
	"--concurrency", "16", "--benchmark-duration", "30", "--benchmark-grace-period", "10",
	"--isl", "512", "--isl-stddev", "128", "--osl", "96", "--osl-stddev", "32",
	"--num-dataset-entries", "200", "--random-seed", "7", "--slice-duration", "5",
	"--goodput", "time_to_first_token:400 inter_token_latency:30",
}

// demo runs a profile against a server simulated inside this program.
func demo(env Env, args []string) error {
	if slices.ContainsFunc(args, func(a string) bool { return a == "-h" || a == "--help" }) {
		fmt.Fprintln(env.Stdout, "usage: tacho demo [options of tacho profile]\n\nStarts a simulated inference server on loopback and benchmarks it with\n\n  tacho profile "+
			strings.Join(quoted(demoOptions), " ")+"\n\nOptions given here replace these.")
		return errHelpShown
	}
	s, model, err := startDemoServer()
	if err != nil {
		return err
	}
	defer s.Close()
	ours := slices.Concat([]string{"--model", model, "--url", s.URL()}, demoOptions)
	if !given(args, "--no-gpu-telemetry") {
		ours = append(ours, "--gpu-telemetry", s.URL()+"/gpu/metrics") // of the simulated GPUs
	}
	all := slices.Concat(withoutReplaced(ours, args), args)
	p, o, err := readProfile(env, nil, all)
	if err != nil {
		return err
	}
	return runProfile(env, p, o)
}

// startDemoServer starts the simulated server of a demo, the same each time.
func startDemoServer() (s *simserver.Server, model string, err error) {
	cfg := simserver.Demo()
	cfg.Seed = 7
	s, err = simserver.Start(cfg)
	return s, cfg.Models[0], err
}

// withoutReplaced drops from ours what the user's options make void: the same
// option, the spread of a length they set, the duration when a number of requests is given, and what sizes
// prompts when they are read from a file.
func withoutReplaced(ours, users []string) []string {
	counted := given(users, "--request-count") || given(users, "--num-sessions")
	read := given(users, "--input-file") || given(users, "--public-dataset")
	sizes := []string{"--isl", "--isl-stddev", "--osl", "--osl-stddev", "--num-dataset-entries"}
	if given(users, "--config") { // that says what the load is
		ours = ours[:len(ours)-len(demoOptions)]
		if !given(users, "--tokenizer") { // the model is nobody's
			ours = append(slices.Clip(ours), "--tokenizer", "builtin")
		}
		return ours
	}
	var out []string
	for i := 0; i < len(ours); i++ {
		name := ours[i]
		j := i + 1
		for j < len(ours) && !strings.HasPrefix(ours[j], "--") {
			j++
		}
		of, isSpread := strings.CutSuffix(name, "-stddev")
		drop := given(users, name) || isSpread && given(users, of)
		if counted && !given(users, "--benchmark-duration") {
			drop = drop || name == "--benchmark-duration" || name == "--benchmark-grace-period"
		}
		if !drop && !(read && slices.Contains(sizes, name)) {
			out = append(out, ours[i:j]...)
		}
		i = j - 1
	}
	return out
}

func quoted(args []string) []string {
	out := slices.Clone(args)
	for i, a := range out {
		if strings.ContainsRune(a, ' ') {
			out[i] = "'" + a + "'"
		}
	}
	return out
}
