package app

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/search"
	"tacho/profiles"
)

const findUsage = `usage: tacho find --max concurrency|rate LIMITS [options of tacho profile]

Finds the largest concurrency or request rate at which the limits hold: doubles
until they do not, halves what lies between, and repeats the probes at the edge.
A probe that cannot hold any more is dropped early. A rate a little above what
the server can do fills its queue slowly and may hold for the length of a probe:
--benchmark-duration 60 or more makes an answer that lasts.

Limits, at least one:  --goodput "METRIC:LIMIT ..." with --share, or --slo

Each probe lasts as long as the options of tacho profile say, 20 s if they do
not, and has a folder of its own; find.json has the answer and all probes. A
search that was cut off goes on when the same command is given again with the
same --artifact-dir; --resume keeps the probes of a finished one, --no-resume
makes all again.
Exit code: 0 found, 3 not even the lowest load holds, 6 inconclusive.
`

// The loads that are looked at when nobody says.
const (
	mostConcurrency = 1024
	leastRate       = 0.5
	mostRate        = 10000
	rateStep        = 0.05 // how close a rate is found, as a share of it
	probeSeconds    = "20"
	probeGrace      = "10"
)

// readFind takes the search's own options out of the arguments; the others are
// those of tacho profile.
func readFind(env Env, args []string) (*finder, []string, error) {
	f := &finder{}
	fs := newFlags("find", findUsage)
	fs.StringVar(&f.what, "max", "concurrency", "`WHAT` to find: concurrency or rate")
	fs.Func("slo", "`METRIC:pNN<LIMIT`: NN % of the requests below the limit; may be repeated", func(v string) error {
		a, err := readSLO(v)
		f.aims = append(f.aims, a)
		return err
	})
	share := fs.Float64("share", 95, "`PERCENT` of the requests that --goodput must call good")
	from := fs.Float64("from", 0, "`N`, the lowest load: 1, or a rate of 0.5 if not given")
	to := fs.Float64("to", 0, "`N`, the highest load: 1024, or a rate of 10000 if not given")
	fs.Func("budget", "`TIME` after which no probe begins, as 10m", func(v string) error {
		n, err := profiles.ReadSeconds(v)
		f.budget = seconds(n)
		return err
	})
	repeats := fs.Int("repeats", 3, "`N` probes at the edge that must agree")
	var own, rest []string
	for i := 0; i < len(args); i++ {
		name, _, inline := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		switch {
		case args[i] == "-h" || args[i] == "--help":
			own = append(own, args[i])
		case !strings.HasPrefix(args[i], "--") || fs.Lookup(name) == nil:
			rest = append(rest, args[i])
		case inline || i+1 == len(args):
			own = append(own, args[i])
		default:
			own = append(own, args[i], args[i+1])
			i++
		}
	}
	if _, err := fs.read(env, own); err != nil {
		return nil, nil, err
	}
	switch {
	case f.what != "concurrency" && f.what != "rate":
		return nil, nil, usagef("--max %s: must be concurrency or rate", f.what)
	case !(*share > 0 && *share < 100):
		return nil, nil, usagef("--share %g: must be above 0 and below 100", *share)
	case *repeats < 1 || *repeats > 20:
		return nil, nil, usagef("--repeats %d: must be from 1 to 20", *repeats)
	case *from < 0 || *to < 0:
		return nil, nil, usagef("--from and --to must be above 0")
	}
	f.cfg = search.Config{Share: *share / 100, Repeats: *repeats}
	low := *from
	if f.what == "rate" {
		f.cfg.Low, f.cfg.High, f.cfg.Step = cmp.Or(low, leastRate), cmp.Or(*to, mostRate), rateStep
		f.cfg.Start = cmp.Or(low, 1)
		rest = with(rest, "--request-rate", strconv.FormatFloat(f.cfg.Start, 'g', -1, 64))
	} else {
		f.cfg.Low, f.cfg.High, f.cfg.Whole = max(1, float64(int(low))), cmp.Or(float64(int(*to)), mostConcurrency), true
		rest = with(rest, "--concurrency", fmt.Sprint(int(f.cfg.Low)))
	}
	if f.cfg.High < f.cfg.Low {
		return nil, nil, usagef("--from %g is above --to %g", f.cfg.Low, f.cfg.High)
	}
	ends := slices.ContainsFunc([]string{"--request-count", "--benchmark-duration", "--num-sessions", "--config"}, func(o string) bool { return given(rest, o) })
	if !ends && !slices.ContainsFunc(rest, func(a string) bool { return strings.HasPrefix(a, "@") }) {
		rest = append(rest, "--benchmark-duration", probeSeconds, "--benchmark-grace-period", probeGrace)
	}
	return f, rest, nil
}

// with adds an option unless it is there.
func with(args []string, name, value string) []string {
	if given(args, name) {
		return args
	}
	return append(args, name, value)
}
