package app

import (
	"strings"
	"testing"
)

// What is wrong with an option is one line in our words, and help lists them.
func TestOptionsOfCommands(t *testing.T) {
	for line, want := range map[string]string{
		"simulate --lissten :0":                  "tacho: simulate: --lissten: unknown option; did you mean --listen?",
		"simulate --max-running x":               "tacho: simulate: --max-running x: must be a whole number",
		"simulate --ttft soon":                   "tacho: simulate: --ttft soon: must be a time such as 200ms or 2s",
		"simulate --listen":                      "tacho: simulate: --listen: needs a value",
		"simulate --tls=maybe":                   "tacho: simulate: --tls maybe: must be true or false",
		"simulate --fault nonsense=1":            "--list-faults shows them",
		"simulate now":                           `tacho: simulate: "now": this command takes options only`,
		"replay . --speed fast":                  "tacho: replay: --speed fast: must be a number",
		"verify --all":                           "tacho: verify: --all: unknown option",
		"rerun --isl 3 .":                        "tacho: rerun: --isl: the directory comes first",
		"version --short":                        `tacho: version: takes no options, but was given "--short"`,
		"profile @nope":                          `there is no profile "nope" (tacho profiles lists them)`,
		"attach a b":                             "tacho: attach: one run at a time, not a and b",
		"selfcheck --rounds 9999999999999999999": "tacho: selfcheck: --rounds 9999999999999999999: must be a whole number",
	} {
		r := tacho(t, strings.Fields(line)...)
		if r.code != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit %d, %q, want %q", line, r.code, r.stderr, want)
		}
	}
	r := tacho(t, "simulate", "--help")
	for _, want := range []string{"--listen HOST:PORT", "address to serve on, HOST:PORT (default 127.0.0.1:8000)", "--tls "} {
		if r.code != exitOK || !strings.Contains(r.stdout, want) {
			t.Errorf("help: exit %d, lacks %q:\n%s", r.code, want, r.stdout)
		}
	}
}
