package app

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tacho/engine"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/export/aiperf"
	"tacho/profiles"
)

// The outcomes in manifest.json.
const (
	outcomeComplete  = "complete"
	outcomeCancelled = "cancelled"
	outcomeFailed    = "failed"
)

// finish writes the files of a run that was driven, tells the screens, and
// returns the run's error.
func (s *session) finish(plan *engine.Plan, res *engine.Result, statErr error) error {
	last := *s.live.Latest()
	exporting := last
	exporting.State, exporting.Doing = snap.Exporting, "reading the server's metrics a last time"
	reading := exporting // what is published is not written to any more
	s.live.Publish(&reading)
	s.awaitServers(res, exporting)
	if m := s.sensors.monitor; m != nil { // the last readings are more than the screen had
		st := m.Latest()
		last.GPUs, last.GPUNote, last.Servers = st.GPUs, st.GPUNote, st.Servers
		last.Sensors, last.SensorWidth = st.Sensors, st.SensorWidth
	}
	exporting.Doing = "writing the files"
	next := exporting
	s.live.Publish(&next)

	run, err := s.exportRun(plan, res)
	if err != nil {
		return err
	}
	more := s.attach(run)
	run.Manifest.Cost = s.cost(run, res)
	sinks, errs := s.files.closeStreams()
	if f := s.sensors.files; f != nil {
		sinks = append(sinks, sinkReports(f.Status())...)
		errs = append(errs, s.sensors.err)
	}
	handshakes, err := s.reportNetwork(run)
	sinks, errs = append(sinks, sinkReports(handshakes)...), append(errs, err)
	s.files.release()
	_, err = export.Write(run, s.files.names, s.files.dir, slices.Concat(aiperf.Exporters(), more))
	if statErr != nil {
		statErr = fmt.Errorf("there is no summary: %w", statErr)
	}
	errs = append(errs, err, statErr)
	failed := s.outcome(run, res)
	run.Manifest.Sinks = sinks
	for _, sink := range sinks {
		if sink.Lost > 0 {
			errs = append(errs, fmt.Errorf("%s lacks %d of %d rows; the summary has them all", sink.Name, sink.Lost, sink.Lost+sink.Rows))
		}
	}
	wrote := errors.Join(errs...)
	if wrote != nil {
		s.files.log.Error("files", "error", wrote)
		run.Manifest.Notices = append(run.Manifest.Notices, wrote.Error())
	}
	run.Manifest.Client.MaxRSS = engine.PeakRSS() // with the peak of the summary
	s.files.log.Info("run ends", "outcome", run.Manifest.Outcome, "cause", run.Manifest.Cause)
	if _, err := export.WriteManifest(run.Manifest, s.files.names, s.files.dir); err != nil {
		wrote = errors.Join(wrote, err)
	}
	if run.Valid() > 0 {
		if _, err := aiperf.WriteReady(run, s.files.names, s.files.dir); err != nil {
			wrote = errors.Join(wrote, err)
		}
		if s.profile.Artifacts.AutoPlot.V {
			drawing := exporting
			drawing.Doing = "drawing the pictures"
			s.live.Publish(&drawing)
		}
		wrote = errors.Join(wrote, s.plot(s.live.stops.ctx))
	}
	last.At = time.Since(s.started)
	last.State, last.Final, last.Client = snap.Done, run.Summary, res.Client
	last.InFlight, last.Queued = 0, 0
	last.Files = listed(s.files.dir)
	last.Verdict = verdict(run, res)
	if failed != nil {
		last.State = snap.Failed
	}
	s.live.Publish(&last)
	s.result = run
	for _, p := range res.Phases {
		s.cutOff += p.CutOff
	}
	if failed != nil {
		return failed
	}
	return wrote
}

// outcome fills in how the run ended and returns the error that it ends the
// program with.
func (s *session) outcome(run *export.Run, res *engine.Result) error {
	m := run.Manifest
	switch {
	case valid(res) == 0 && !(res.Cancelled && len(run.Errors) == 0):
		m.Outcome = outcomeFailed
		err := s.allFailed(run, res)
		m.Cause = err.Error()
		return err
	case res.Aborted != nil:
		m.Outcome, m.Cause = outcomeFailed, res.Aborted.Error()
		return withHint(fmt.Errorf("the run ended itself: %w", res.Aborted), "--failed-request-threshold says how many failures are too many")
	case res.Cancelled:
		m.Outcome, m.Cause = outcomeCancelled, cmp.Or(s.dropped, "stopped by the user")
	default:
		m.Outcome = outcomeComplete
	}
	return nil
}

// allFailed says in one line why no request was valid.
func (s *session) allFailed(run *export.Run, res *engine.Result) error {
	if len(run.Errors) == 0 {
		return noneCameBack(res)
	}
	worst := run.Errors[0]
	var total int64
	for _, e := range run.Errors {
		total += e.Count
		if e.Count > worst.Count {
			worst = e
		}
	}
	f := worst.Failure
	cause, hint := describeFailure(&f, s.info.Host, s.recordsFile())
	cause, hint = aboutProxy(s.env.Getenv, f.Kind, s.info.Host, cause, hint)
	err := fmt.Errorf("all %d requests failed: %s", total, cause)
	return withHint(err, hint)
}

// noneCameBack says why there is neither an answer nor a failure.
func noneCameBack(res *engine.Result) error {
	var cut int64
	for i := range res.Phases {
		if res.Phases[i].Kind == record.Profiling {
			cut += res.Phases[i].CutOff
		}
	}
	if cut == 0 {
		return errors.New("no request was sent before the end")
	}
	err := fmt.Errorf("no answer was complete before the end: all %d requests under way were cut", cut)
	return withHint(err, "--benchmark-grace-period gives answers under way more time, --benchmark-duration the whole run")
}

// recordsFile is the name of the file with the requests, empty if there is none.
func (s *session) recordsFile() string {
	if s.files.queue == nil {
		return ""
	}
	return s.files.names.Of(export.Records)
}

// tlsHint says what to try when TLS failed.
func tlsHint(cause string) string {
	switch {
	case strings.Contains(cause, "no application protocol"):
		return "the server wants HTTP/2: --http2 auto speaks it"
	case strings.Contains(cause, "certificate"):
		return "--ca-file FILE trusts its certificate, --insecure accepts any"
	}
	return "check the scheme and the port of --url"
}

// describeFailure says in words what went wrong and what to try. records is
// the file with the requests, if there is one.
func describeFailure(f *record.Failure, host, records string) (cause, hint string) {
	if records != "" {
		hint = "each failure is in " + records
	}
	switch f.Kind {
	case record.ErrRefused:
		return "connection refused by " + host, "is the server up?  --url sets the address, --wait-for-model-timeout waits for it"
	case record.ErrDNS:
		return "the name of " + host + " does not resolve", "check --url"
	case record.ErrTLS:
		return "TLS failed: " + record.OneLine(cmp.Or(f.Cause, f.Message), 160), tlsHint(cmp.Or(f.Cause, f.Message))
	case record.ErrTimeout:
		return "timed out", "--request-timeout-seconds gives each request longer"
	case record.ErrHTTP4xx, record.ErrHTTP5xx, record.ErrHTTPOther:
		switch f.Code {
		case 401, 403:
			hint = "--api-key sends a key"
		case 301, 302, 303, 307, 308:
			hint = "the server redirects: --url must name the address it redirects to, which curl -i shows"
		case 404:
			hint = "check --model, --endpoint-type and --custom-endpoint"
		}
		cause := fmt.Sprintf("HTTP %d %s: %s", f.Code, record.OneLine(f.Type, 60), record.OneLine(f.Message, 160))
		return strings.TrimRight(cause, ": "), hint
	case record.ErrNoContent:
		return "the answers had no content", "check --endpoint-type and --model"
	}
	return record.OneLine(f.Message, 200), hint
}

// finishEmpty ends a run that never began: the manifest and the log say why.
func (s *session) finishEmpty(cause error) {
	s.files.closeStreams()
	s.files.release()
	m := s.manifest(nil)
	m.Outcome, m.End = outcomeFailed, time.Now()
	if errors.Is(cause, errStoppedEarly) || s.live.stops.exitCode() != 0 {
		m.Outcome = outcomeCancelled
	}
	if cause != nil {
		m.Cause = cause.Error()
	}
	s.files.log.Error("the run did not begin", "cause", cause)
	var files []snap.File
	if s.member == nil && s.files.putBack() { // a member's place is in its series
		s.notices = append(s.notices, "this run did not begin, and so "+s.files.dir+" keeps the results of the earlier run")
	} else {
		s.files.forget()
		if _, err := export.WriteManifest(m, s.files.names, s.files.dir); err != nil {
			s.files.log.Error("manifest", "error", err)
		}
		files = listed(s.files.dir)
	}
	s.live.Publish(&snap.Snapshot{
		State: snap.Failed, Run: s.info, At: time.Since(s.started), Verdict: m.Cause, Files: files,
	})
}

// exportRun gathers what the exporters need.
func (s *session) exportRun(plan *engine.Plan, res *engine.Result) (*export.Run, error) {
	id := newBenchmarkID()
	if s.member != nil {
		id = s.member.id
	}
	r := &export.Run{
		Registry: s.reg, SchemaVersion: export.SchemaVersion, FormatVersion: export.AIPerfVersion, BenchmarkID: id,
		InputConfig: s.inputConfig(), SliceNS: int64(plan.SliceWidth),
		Info:      export.Info{BenchmarkID: id, CLICommand: profiles.CLICommand(s.args)},
		Cancelled: res.Cancelled, Complete: !res.Cancelled && res.Aborted == nil,
		Title: s.spec.Title, ShowTrace: s.profile.Artifacts.ShowTraceTiming.V,
	}
	s.member.describe(&r.Info)
	if seed, ok := s.profile.Seed(); ok {
		n := int64(seed)
		r.Info.RandomSeed = &n
	}
	if res.Cancelled {
		r.Reason = export.CancelledReason
	} else if res.Aborted != nil {
		r.Reason = res.Aborted.Error()
	}
	for i := range res.Phases {
		p := &res.Phases[i]
		r.Phases = append(r.Phases, export.PhaseResult{
			Phase: p.Phase, StartNS: p.StartNS, EndNS: p.EndNS, Valid: p.Valid, Failed: p.Failed,
			Errors: p.Errors, Cancelled: p.Cancelled, Summary: p.Summary,
		})
	}
	r.Manifest = s.manifest(res)
	if p := res.Warmup; p != nil {
		r.Warmup = p.Summary
	}
	if p := res.Measured; p != nil {
		r.Summary, r.Slices, r.Errors = p.Summary, p.Slices, p.Errors
		r.Manifest.Window = &export.Window{StartNS: p.StartNS, EndNS: p.EndNS}
	}
	r.Manifest.BenchmarkID = id
	return r, nil
}

// inputConfig is the profile as AIPerf writes it, without secrets.
func inputConfig(p *profiles.Profile) json.RawMessage {
	return profiles.AppendJSON(nil, profiles.InputConfig(p), "", 0)
}

// inputConfig is that of the run; one of several has it in full.
func (s *session) inputConfig() json.RawMessage {
	if s.member != nil {
		return profiles.AppendJSON(nil, profiles.CellConfig(s.profile), "", 0)
	}
	return inputConfig(s.profile)
}

// newBenchmarkID is 12 random hex digits, as AIPerf's.
func newBenchmarkID() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// valid is how many requests of the measured phases succeeded, which is known
// even when the statistics are lost.
func valid(res *engine.Result) int64 {
	var n int64
	for i := range res.Phases {
		if res.Phases[i].Kind == record.Profiling {
			n += res.Phases[i].Valid
		}
	}
	return n
}

// verdict is one line on how the run went.
func verdict(run *export.Run, res *engine.Result) string {
	var failed int64
	for _, e := range run.Errors {
		failed += e.Count
	}
	line := fmt.Sprintf("%s: %d requests ok, %d failed", run.Manifest.Outcome, valid(res), failed)
	for _, p := range res.Phases {
		if p.Kind == record.Profiling && p.CutOff > 0 {
			line += fmt.Sprintf(", %d cut in flight", p.CutOff)
		}
		if p.Kind == record.Profiling && p.Unsent > 0 {
			line += fmt.Sprintf(", %d due but not sent", p.Unsent)
		}
	}
	line += "; client " + res.Client.Verdict
	if res.Client.Reason != "" {
		line += " (" + res.Client.Reason + ")"
	}
	return line
}
