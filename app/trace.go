package app

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"text/tabwriter"

	"tacho/engine/dataset"
	"tacho/engine/stats"
	"tacho/profiles"
)

const analyzeTraceUsage = `usage: tacho analyze-trace FILE [--block-size N] [--output-file FILE]

Tells what a mooncake trace holds: the lengths of its prompts and answers, what
its rows have in common, and how much of it a prefix cache without limit would
save.

  --block-size N      tokens of one hash block (512 if not given)
  --output-file FILE  also write the figures as JSON
`

const validateUsage = `usage: tacho validate mooncake-trace FILE [--block-size N]

Checks every row of a trace and names each that is wrong, with its line. Exits 0
when all are right, 1 when some are not.

  --block-size N  tokens of one hash block (512 if not given)
`

// traceArgs reads a file name and options, in any order.
func traceArgs(env Env, fs *cmdFlags, args []string) (string, error) {
	files, err := fs.read(env, args)
	if err != nil {
		return "", err
	}
	if len(files) != 1 {
		return "", withHint(usagef("%s takes one file, not %d", fs.Name(), len(files)), "tacho "+fs.Name()+" -h explains it")
	}
	return files[0], nil
}

// blockSize adds the option that both commands have.
func blockSize(fs *cmdFlags) *int { return fs.Int("block-size", 0, "") }

func checkBlockSize(size int) error {
	if size < 0 {
		return usagef("--block-size %d: must be at least 1", size)
	}
	return nil
}

// maxBadRows is how many wrong rows validate names.
const maxBadRows = 100

// validateCommand checks files against their formats.
func validateCommand(env Env, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprint(env.Stdout, validateUsage)
		if len(args) == 0 {
			return &silentError{exitUsage}
		}
		return errHelpShown
	}
	if args[0] != "mooncake-trace" && args[0] != "mooncake_trace" {
		return usagef("validate %q: there is mooncake-trace", args[0])
	}
	fs := newFlags("validate", validateUsage)
	size := blockSize(fs)
	path, err := traceArgs(env, fs, args[1:])
	if err == nil {
		err = checkBlockSize(*size)
	}
	if err != nil {
		return err
	}
	rows, problems := dataset.ScanTrace(context.Background(), path, *size, maxBadRows, func(dataset.TraceRow) {})
	if len(problems) == 0 {
		fmt.Fprintf(env.Stdout, "%s: all %d rows are right\n", path, rows)
		return nil
	}
	for _, p := range problems {
		fmt.Fprintln(env.Stdout, p)
	}
	fmt.Fprintf(env.Stderr, "tacho: %s: %s of %d\n", path, plural(len(problems), "row is", "rows are")+" wrong", rows)
	return &silentError{exitFailed}
}

func plural(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// analyzeTrace prints what a trace holds.
func analyzeTrace(env Env, args []string) error {
	fs := newFlags("analyze-trace", analyzeTraceUsage)
	size, out := blockSize(fs), fs.String("output-file", "", "")
	path, err := traceArgs(env, fs, args)
	if err == nil {
		err = checkBlockSize(*size)
	}
	if err != nil {
		return err
	}
	a, err := dataset.AnalyzeTrace(context.Background(), path, *size)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%s: %d requests, %d different prefixes, %d groups of rows with a first block in common\n\n", path, a.Requests, a.Prefixes, a.Groups)
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\tmean\tstd\tmin\tp25\tp50\tp75\tmax\t\n")
	for _, row := range traceLists(a) {
		if len(row.values) == 0 {
			continue
		}
		fmt.Fprintf(w, "%s\t", row.title)
		for _, v := range spreadOf(row.values) {
			fmt.Fprintf(w, "%.*f\t", row.decimals, v.Value)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	if *out == "" {
		return nil
	}
	if err := os.WriteFile(*out, append(profiles.AppendJSON(nil, traceReport(a), "  ", 0), '\n'), 0o644); err != nil {
		return fmt.Errorf("--output-file %s: %w", *out, bare(err))
	}
	fmt.Fprintf(env.Stdout, "\nwritten to %s\n", *out)
	return nil
}

// traceList is one list of a trace's analysis.
type traceList struct {
	title, key string
	decimals   int
	values     []float64
}

func traceLists(a *dataset.TraceAnalysis) []traceList {
	return []traceList{
		{"prompt (tokens)", "isl_stats", 1, a.Input},
		{"answer (tokens)", "osl_stats", 1, a.Output},
		{"shared with other rows (tokens)", "context_length_stats", 1, a.Context},
		{"the row's own (tokens)", "unique_prompt_length_stats", 1, a.Own},
		{"share an endless cache would save", "hit_rate_stats", 3, a.HitRates},
	}
}

// spreadOf are the statistics of a list that is not empty.
func spreadOf(values []float64) []spreadStat {
	sorted := slices.Sorted(slices.Values(values))
	mean := meanOf(values)
	square := 0.0
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	q := func(p float64) float64 { return stats.Quantile(sorted, p) }
	return []spreadStat{
		{"mean", mean}, {"std_dev", math.Sqrt(square / float64(len(values)))}, {"min", sorted[0]},
		{"p25", q(0.25)}, {"median", q(0.5)}, {"p75", q(0.75)}, {"max", sorted[len(sorted)-1]},
	}
}

type spreadStat struct {
	Key   string
	Value float64
}

func meanOf(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// traceReport is the analysis with AIPerf's keys.
func traceReport(a *dataset.TraceAnalysis) profiles.Object {
	ends := func(values []float64) (lo, hi int) {
		if len(values) == 0 {
			return 0, 0
		}
		return int(slices.Min(values)), int(slices.Max(values))
	}
	minISL, maxISL := ends(a.Input)
	minOSL, maxOSL := ends(a.Output)
	o := profiles.Object{
		{Key: "total_requests", Value: a.Requests}, {Key: "unique_prefixes", Value: a.Prefixes}, {Key: "num_prefix_groups", Value: a.Groups},
		{Key: "cache_hit_rate", Value: meanOf(a.HitRates)},
		{Key: "min_isl", Value: minISL}, {Key: "max_isl", Value: maxISL}, {Key: "avg_isl", Value: meanOf(a.Input)},
		{Key: "min_osl", Value: minOSL}, {Key: "max_osl", Value: maxOSL}, {Key: "avg_osl", Value: meanOf(a.Output)},
		{Key: "prefix_reuse_ratio", Value: a.Reuse},
	}
	for _, list := range traceLists(a) {
		if len(list.values) == 0 {
			o = append(o, profiles.Member{Key: list.key})
			continue
		}
		var sub profiles.Object
		for _, s := range spreadOf(list.values) {
			sub = append(sub, profiles.Member{Key: s.Key, Value: s.Value})
		}
		o = append(o, profiles.Member{Key: list.key, Value: sub})
	}
	return o
}
