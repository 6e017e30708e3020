package ledger

import (
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/secret"
	"tacho/export"
	"tacho/export/aiperf"
	"tacho/profiles"
)

// reader reads directories, for one goroutine.
type reader struct{ reg *metric.Registry }

func newReader() *reader { return &reader{reg: metric.Builtin()} }

// runIn finds out whether a directory holds a run, and the names of its files. A
// lone file of lines is none: data sets look like that.
func runIn(list []fs.DirEntry) (export.Names, bool) {
	var names []string
	have := map[string]bool{}
	for _, e := range list {
		if !e.IsDir() {
			names = append(names, e.Name())
			have[e.Name()] = true
		}
	}
	n, ok := export.DetectNames(names)
	if ok && (n.Prefix() == "" || have[n.Of(export.ProfileJSON)]) {
		return n, true
	}
	return export.Names{}, have[export.Names{}.Of(export.ManifestJSON)]
}

// read reads what is quick to read of a run.
func (r *reader) read(dir string, n export.Names) (Entry, error) {
	nan := math.NaN()
	e := Entry{
		Dir: dir, Length: -1, Requests: -1, Errors: -1, Outcome: outcomeEmpty,
		TTFT50: nan, TTFT99: nan, ITL50: nan, ITL99: nan, Latency50: nan, ReqSec: nan, TokSec: nan, GoodShare: nan,
	}
	path := func(k export.Kind) string { return filepath.Join(dir, filepath.FromSlash(n.Of(k))) }
	ours := false
	if b, err := os.ReadFile(path(export.ManifestJSON)); err == nil {
		m, err := export.DecodeManifest(b)
		if err == nil {
			ours = m.TachoVersion != "" || m.ManifestVersion > 0
		}
		if !ours { // a file of that name may be anyone's
			if _, none := os.Stat(path(export.ProfileJSON)); none != nil {
				return e, fmt.Errorf("%s: not a manifest of a run: %w", dir, err)
			}
		} else {
			e.manifest(m)
		}
	}
	if b, err := os.ReadFile(path(export.ProfileJSON)); err == nil {
		run, err := aiperf.DecodeProfileJSON(b, r.reg)
		if err != nil {
			return e, fmt.Errorf("%s: %w", dir, err)
		}
		e.summary(run, ours)
	}
	if e.When.IsZero() {
		if st, err := os.Stat(dir); err == nil {
			e.When = st.ModTime()
		}
	}
	e.Trend = trend(path(export.Records))
	if e.Outcome == outcomeEmpty && len(e.Trend) > 0 {
		e.Outcome, e.Reason = outcomeUnsummed, cmp.Or(e.Reason, "there are records, but no summary")
	}
	e.judge()
	return e, nil
}

// The outcomes.
const (
	outcomeComplete  = "complete"
	outcomeCancelled = "cancelled"
	outcomeEmpty     = "empty"
	outcomeUnsummed  = "no summary" // but records of requests that were answered
)

// manifest takes what ours says of a run.
func (e *Entry) manifest(m *export.Manifest) {
	e.When, e.Length, e.Simulated, e.Outcome = m.Start, m.End.Sub(m.Start), m.Simulated, m.Outcome
	if m.Window != nil {
		e.Length = time.Duration(m.Window.EndNS - m.Window.StartNS)
	}
	e.Origin = "tacho " + m.TachoVersion
	e.Reason = m.Cause
	if m.Outcome == outcomeComplete && m.Client != nil && m.Client.Verdict != "OK" {
		e.Verdict, e.Reason = m.Client.Verdict, m.Client.Reason
	}
	e.Command = strings.Join(m.Args, " ")
	e.Tag = tagOf(e.Command)
	if p, _, err := profiles.DecodeInputConfig(m.Profile); err == nil {
		e.config(p)
	}
}

// tagOf finds the tag in a command line, which is the one place that has it.
func tagOf(command string) string {
	_, rest, ok := strings.Cut(command, "--tag ")
	if !ok {
		return ""
	}
	if quoted, ok := strings.CutPrefix(rest, "'"); ok {
		tag, _, _ := strings.Cut(quoted, "'")
		return tag
	}
	tag, _, _ := strings.Cut(rest, " ")
	return tag
}

// config takes model and load of a run's configuration.
func (e *Entry) config(p *profiles.Profile) {
	e.Model, e.Endpoint = strings.Join(p.ModelNames(), ", "), p.Endpoint.Type.V
	if len(p.Endpoint.URLs.V) > 0 {
		e.URL = secret.RedactURL(p.Endpoint.URLs.V[0])
	}
	e.Load = p.Profiling().Describe()
}

// summary takes the figures of a run.
func (e *Entry) summary(run *export.Run, ours bool) {
	if !ours {
		e.Origin, e.Command = "AIPerf "+run.FormatVersion, run.Info.CLICommand
		if p, _, err := profiles.DecodeInputConfig(run.InputConfig); err == nil {
			e.config(p)
		}
		e.Outcome = outcomeComplete
		if run.Cancelled {
			e.Outcome = outcomeCancelled
		}
		if s := run.Summary; s.EndNS > s.StartNS {
			e.When, e.Length = time.Unix(0, s.StartNS), time.Duration(s.EndNS-s.StartNS)
		}
	}
	get := func(tag metric.Tag) (avg, p50, p99 float64) {
		if st, ok := run.Summary.Get(tag); ok {
			return st.Avg, st.P[4], st.P[8] // of stats.Percentiles
		}
		return math.NaN(), math.NaN(), math.NaN()
	}
	_, e.TTFT50, e.TTFT99 = get(metric.TTFT)
	_, e.ITL50, e.ITL99 = get(metric.ITL)
	_, e.Latency50, _ = get(metric.RequestLatency)
	e.ReqSec, _, _ = get(metric.RequestThroughput)
	e.TokSec, _, _ = get(metric.OutputTokenThroughput)
	if v, _, _ := get(metric.RequestCount); v >= 0 {
		e.Requests, e.Errors = int64(v), 0
	}
	if v, _, _ := get(metric.ErrorRequestCount); v >= 0 {
		e.Errors = int64(v)
	}
	if good, _, _ := get(metric.GoodRequestCount); good >= 0 && e.Requests > 0 {
		e.GoodShare = good / float64(e.Requests+e.Errors)
	}
}

// judge fills in the verdict where nothing worse is known.
func (e *Entry) judge() {
	switch {
	case e.Outcome != outcomeComplete:
		e.Verdict = e.Outcome
		if e.Outcome == outcomeEmpty && e.Reason == "" {
			e.Reason = "there is no summary"
		}
	case e.Verdict != "":
	case e.GoodShare >= PassShare:
		e.Verdict, e.Reason = "PASS", goodText(e.GoodShare)
	case e.GoodShare < PassShare:
		e.Verdict, e.Reason = "FAIL", goodText(e.GoodShare)
	}
}

func goodText(share float64) string {
	return fmt.Sprintf("%.4g %% of the requests met every objective; %g %% pass", 100*share, 100*PassShare)
}
