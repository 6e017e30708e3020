// Package ledger finds the artifact directories of past runs, ours and AIPerf's,
// and says in a few figures how each went.
package ledger

import (
	"cmp"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/secret"
	"tacho/export"
	"tacho/export/aiperf"
	"tacho/profiles"
)

// Entry is one run. Times are ms; NaN and -1 are not known.
type Entry struct {
	Dir                              string
	When                             time.Time
	Length                           time.Duration
	Tag, Model, Endpoint, URL        string
	Load                             string
	TTFT50, TTFT99, ITL50, Latency50 float64
	ReqSec, TokSec, GoodShare        float64
	Requests, Errors                 int64
	// Verdict is cancelled, failed, or the client's WARN or SATURATED; empty
	// when there is nothing to say. Reason says why.
	Verdict, Reason string
	// Trend is the TTFT p50 of each time slice; nil without slices.
	Trend     []float64
	Origin    string // "tacho 0.1.0", "AIPerf 0.13.0"
	Command   string
	Simulated bool
}

// How deep below a root directories are looked into, and how many are read.
const (
	maxDepth = 5
	maxRuns  = 2000
)

// Scan reads the runs below the roots, newest first. Directories that cannot be
// read are counted, not told one by one. It ends early when ctx does.
func Scan(ctx context.Context, roots ...string) (runs []Entry, unreadable int) {
	seen := map[string]bool{}
	for _, root := range roots {
		filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil, len(runs) >= maxRuns:
				return filepath.SkipAll
			case err != nil:
				if d != nil && d.IsDir() {
					return filepath.SkipDir
				}
				return nil
			case !d.IsDir():
				return nil
			}
			rel, _ := filepath.Rel(root, path)
			if name := d.Name(); rel != "." && (strings.HasPrefix(name, ".") || name == "phases" || name == "logs" || strings.Count(rel, string(filepath.Separator)) >= maxDepth) {
				return filepath.SkipDir
			}
			abs, err := filepath.Abs(path)
			if err != nil || seen[abs] {
				return nil
			}
			seen[abs] = true
			e, found, err := Read(abs)
			switch {
			case err != nil:
				unreadable++
			case found:
				runs = append(runs, e)
			}
			return nil
		})
	}
	slices.SortStableFunc(runs, func(a, b Entry) int { return cmp.Compare(b.When.UnixNano(), a.When.UnixNano()) })
	return runs, unreadable
}

// Read reads one directory; found is false when it holds no run.
func Read(dir string) (e Entry, found bool, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return e, false, err
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name())
	}
	n, ok := export.DetectNames(names)
	if !ok && !slices.Contains(names, export.Names{}.Of(export.ManifestJSON)) {
		return e, false, nil
	}
	e = Entry{
		Dir: dir, Length: -1, Requests: -1, Errors: -1,
		TTFT50: math.NaN(), TTFT99: math.NaN(), ITL50: math.NaN(), Latency50: math.NaN(),
		ReqSec: math.NaN(), TokSec: math.NaN(), GoodShare: math.NaN(),
	}
	if info, err := os.Stat(dir); err == nil {
		e.When = info.ModTime()
	}
	read := func(k export.Kind) ([]byte, bool) {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(n.Of(k))))
		return b, err == nil
	}
	if b, ok := read(export.ManifestJSON); ok {
		m, err := export.DecodeManifest(b)
		if err != nil {
			return e, true, err
		}
		e.manifest(m)
	}
	if b, ok := read(export.ProfileJSON); ok {
		run, err := aiperf.DecodeProfileJSON(b, metric.Builtin())
		if err != nil {
			return e, true, err
		}
		e.summary(run)
	} else if e.Verdict == "" {
		e.Verdict, e.Reason = "empty", "there is no summary"
	}
	if b, ok := read(export.SlicesCSV); ok {
		e.trend(b)
	}
	return e, true, nil
}

// manifest takes what ours says of a run.
func (e *Entry) manifest(m *export.Manifest) {
	e.When, e.Length, e.Simulated = m.Start, m.End.Sub(m.Start), m.Simulated
	e.Origin = "tacho " + m.TachoVersion
	if m.Outcome != "complete" {
		e.Verdict, e.Reason = m.Outcome, m.Cause
	} else if m.Client != nil && m.Client.Verdict != "OK" {
		e.Verdict, e.Reason = m.Client.Verdict, m.Client.Reason
	}
	if len(m.Args) > 0 {
		e.Command = strings.Join(m.Args, " ")
	}
	if p, _, err := profiles.DecodeInputConfig(m.Profile); err == nil {
		e.config(p)
	}
}

// config takes model and load of a run's configuration.
func (e *Entry) config(p *profiles.Profile) {
	e.Model, e.Endpoint, e.Tag = strings.Join(p.ModelNames(), ", "), p.Endpoint.Type.V, p.Console.Tag.V
	if len(p.Endpoint.URLs.V) > 0 {
		e.URL = secret.RedactURL(p.Endpoint.URLs.V[0])
	}
	e.Load = p.Profiling().Describe()
}

// summary takes the figures of a run.
func (e *Entry) summary(run *export.Run) {
	if e.Origin == "" {
		e.Origin = "AIPerf " + run.FormatVersion
		e.Command = run.Info.CLICommand
		if p, _, err := profiles.DecodeInputConfig(run.InputConfig); err == nil {
			e.config(p)
		}
		if run.Cancelled {
			e.Verdict = "cancelled"
		}
	}
	s := run.Summary
	if e.Length < 0 && s.EndNS > s.StartNS {
		e.When, e.Length = time.Unix(0, s.StartNS), time.Duration(s.EndNS-s.StartNS)
	}
	p := func(tag metric.Tag, i int) float64 {
		if st, ok := s.Get(tag); ok {
			return st.P[i]
		}
		return math.NaN()
	}
	avg := func(tag metric.Tag) float64 {
		if st, ok := s.Get(tag); ok {
			return st.Avg
		}
		return math.NaN()
	}
	const p50, p99 = 4, 8 // in stats.Percentiles
	e.TTFT50, e.TTFT99, e.ITL50 = p(metric.TTFT, p50), p(metric.TTFT, p99), p(metric.ITL, p50)
	e.Latency50 = p(metric.RequestLatency, p50)
	e.ReqSec, e.TokSec, e.GoodShare = avg(metric.RequestThroughput), avg(metric.OutputTokenThroughput), avg(metric.GoodRequestFraction)
	if v := avg(metric.RequestCount); v >= 0 {
		e.Requests, e.Errors = int64(v), 0
	}
	if v := avg(metric.ErrorRequestCount); v >= 0 {
		e.Errors = int64(v)
	}
}

// trend takes the TTFT of each slice.
func (e *Entry) trend(csv []byte) {
	slices, err := aiperf.DecodeSlicesCSV(csv, metric.Builtin())
	if err != nil {
		return
	}
	for i := range slices {
		v := math.NaN()
		if st, ok := slices[i].Get(metric.TTFT); ok {
			v = st.P[4]
		}
		e.Trend = append(e.Trend, v)
	}
}
