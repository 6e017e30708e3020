package app

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tacho/export"
	"tacho/export/replay"
)

// verify recomputes the summaries of artifact directories from their records.
func verify(env Env, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprintln(env.Stdout, "usage: tacho verify DIR...\n\nRecomputes the summaries of artifact directories, ours or AIPerf's, from their\nrecords; in the folder of a sweep, of repeats or of a search, those of every run.\nExits 0 when all values agree, 1 when some do not, and lists those.")
		if len(args) == 0 {
			return &silentError{exitUsage}
		}
		return errHelpShown
	}
	bad := false
	var dirs []string
	for _, dir := range args {
		if strings.HasPrefix(dir, "-") {
			return withHint(usagef("verify: %s: unknown option", dir), "tacho verify -h explains the command")
		}
		dirs = append(dirs, eachRun(dir)...)
	}
	for _, dir := range dirs {
		prefix := ""
		if len(dirs) > 1 {
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

// eachRun are the folders of the runs that dir holds, dir itself when it is
// that of one run.
func eachRun(dir string) []string {
	ready := export.Names{}.Of(export.Ready)
	if _, err := os.Stat(filepath.Join(dir, ready)); err == nil {
		return []string{dir}
	}
	var list []string
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ready {
			list = append(list, filepath.Dir(path))
		}
		return nil
	})
	if len(list) == 0 {
		return []string{dir}
	}
	return list
}
