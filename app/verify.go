package app

import (
	"fmt"

	"tacho/export/replay"
)

// verify recomputes the summaries of artifact directories from their records.
func verify(env Env, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprintln(env.Stdout, "usage: tacho verify DIR...\n\nRecomputes the summaries of artifact directories, ours or AIPerf's, from their\nrecords. Exits 0 when all values agree, 1 when some do not, and lists those.")
		if len(args) == 0 {
			return &silentError{exitUsage}
		}
		return errHelpShown
	}
	bad := false
	for _, dir := range args {
		prefix := ""
		if len(args) > 1 {
			prefix = dir + ": "
		}
		report, err := replay.Verify(dir)
		if err != nil {
			fmt.Fprintf(env.Stderr, "tacho: %v\n", err)
			bad = true
			continue
		}
		fmt.Fprintf(env.Stdout, "%s%s\n", prefix, report)
		bad = bad || !report.OK()
	}
	if bad {
		return &silentError{exitFailed}
	}
	return nil
}
