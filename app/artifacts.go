package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/export/aiperf"
	"tacho/profiles"
	"tacho/views/figure"
)

// artifacts is the directory of one run and what is streamed into it.
type artifacts struct {
	dir   string
	names export.Names
	log   *slog.Logger
	file  *os.File // of the log
	queue *export.Queue

	mu     sync.Mutex // guards events
	events *os.File   // nil before the first
}

// Rough sizes of one request in the streamed files, in bytes, measured at about
// 20 output tokens; longer answers take more.
const (
	recordBytes = 3 << 10
	rawBytes    = 9 << 10
	traceBytes  = 5 << 8
	answerBytes = 3 << 9 // in the scratch file and in outputs.json
)

// queueDepth is how many rows may wait for the disk.
const queueDepth = 16 << 10

// openArtifacts makes the directory, refuses one that cannot be written or has
// too little room, sets the files of an earlier run aside, and opens the log.
func openArtifacts(p *profiles.Profile) (*artifacts, error) {
	a := &artifacts{dir: p.Artifacts.Dir.V, names: export.NewNames(p.Artifacts.Prefix.V)}
	if err := os.MkdirAll(filepath.Join(a.dir, "logs"), 0o755); err != nil {
		return nil, withHint(fmt.Errorf("the artifact directory cannot be made: %w", bare(err)), "choose another with --artifact-dir")
	}
	a.setAside()
	if err := a.reserve(); err != nil {
		a.putBack()
		return nil, err
	}
	var err error
	a.file, err = os.Create(a.at(export.Log))
	if err != nil {
		a.putBack()
		return nil, fmt.Errorf("open the log: %w", bare(err))
	}
	a.log = slog.New(slog.NewTextHandler(a.file, &slog.HandlerOptions{Level: logLevel(p)}))
	return a, nil
}

// reserveBytes is room for the summaries of a run, taken before it begins: a
// disk that its records fill still takes them.
const reserveBytes = 1 << 20

func (a *artifacts) reserved() string { return filepath.Join(a.dir, ".tacho-reserve") }

// reserve takes the room, which finds out whether there is any.
func (a *artifacts) reserve() error {
	f, err := os.Create(a.reserved())
	if err != nil {
		return withHint(fmt.Errorf("the artifact directory cannot be written: %w", bare(err)), "choose another with --artifact-dir")
	}
	_, err = f.Write(make([]byte, reserveBytes))
	if err = errors.Join(err, f.Close()); err != nil {
		a.release()
		return withHint(fmt.Errorf("the artifact directory cannot take files: %w", bare(err)), "free some space, or choose another with --artifact-dir")
	}
	return nil
}

// release gives the room back. It may be called more than once.
func (a *artifacts) release() { os.Remove(a.reserved()) }

// abandon says what is left of a run that ends before its results are saved. A
// disk that does not answer must not keep the program.
func (a *artifacts) abandon(w io.Writer) {
	fmt.Fprintf(w, "tacho: left before the results were saved; %s has what was written until now\n", a.dir)
	gone := make(chan struct{})
	go func() {
		a.release()
		a.putBack()
		close(gone)
	}()
	select {
	case <-gone:
	case <-time.After(200 * time.Millisecond):
	}
}

// logLevel is --log-level, whose words are those of AIPerf's logger.
func logLevel(p *profiles.Profile) slog.Level {
	switch p.Logging.Level.V {
	case "TRACE", "DEBUG":
		return slog.LevelDebug
	case "WARNING":
		return slog.LevelWarn
	case "ERROR", "CRITICAL":
		return slog.LevelError
	}
	return slog.LevelInfo
}

// bare drops the operation from a path error, whose path the user needs and
// whose system call he does not.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", e.Path, e.Err)
	}
	return err
}

// clear removes what an earlier run left: its time slices beside this run's
// summary would lie.
func (a *artifacts) clear() {
	if _, err := os.Stat(a.at(export.PhaseManifest)); err == nil {
		os.RemoveAll(filepath.Join(a.dir, "phases")) // this name alone might be anyone's
	}
	for _, f := range export.Files {
		os.Remove(a.at(f.Kind))
	}
}

// needed estimates the bytes that a run writes, 0 when its length is not known.
func needed(p *profiles.Profile) int64 {
	var requests int64
	for i := range p.Phases {
		n := requestLimit(p, &p.Phases[i])
		if n == 0 {
			return 0
		}
		requests += n
	}
	var each int64
	level := p.ExportLevel()
	if level != "summary" {
		each += recordBytes
		if p.Artifacts.Trace.V {
			each += traceBytes
		}
	}
	if level == "raw" {
		each += rawBytes
	}
	if p.Artifacts.ExportOutputsJSON.V {
		each += answerBytes
	}
	return requests * each
}

// room warns of a disk that the run would fill.
func (a *artifacts) room(p *profiles.Profile) string {
	free, ok := freeBytes(a.dir)
	if want := needed(p); ok && want > free {
		return fmt.Sprintf("the run will write about %s and %s has %s free; --export-level summary writes little", figure.Bytes(want), a.dir, figure.Bytes(free))
	}
	return ""
}

// stream opens the files that are written while the run goes on; more get the
// same rows.
func (a *artifacts) stream(p *profiles.Profile, reg *metric.Registry, more ...export.RowSink) error {
	sinks := slices.Clone(more)
	var failed error
	add := func(wanted bool, open func() (export.RowSink, error)) {
		if !wanted || failed != nil {
			return
		}
		s, err := open()
		if err != nil {
			failed = err
			return
		}
		sinks = append(sinks, s)
	}
	level := p.ExportLevel()
	add(level != "summary", func() (export.RowSink, error) { return aiperf.NewRecordSink(a.dir, a.names, reg) })
	add(level != "summary", func() (export.RowSink, error) { return export.NewRequestsSink(a.dir, a.names.Of(export.Requests), reg) })
	add(level == "raw", func() (export.RowSink, error) { return aiperf.NewRawSink(a.dir, a.names) })
	add(p.Artifacts.ExportOutputsJSON.V, func() (export.RowSink, error) { return aiperf.NewOutputsSink(a.dir, a.names, reg) })
	if failed != nil {
		for _, s := range sinks {
			s.Close()
		}
		return failed
	}
	if len(sinks) > 0 {
		a.queue = export.NewQueue(queueDepth, sinks...)
	}
	return nil
}

// rowSink is the queue as the engine sees it.
type rowSink struct{ *export.Queue }

// Trouble is the first thing wrong with the streamed files.
func (s rowSink) Trouble() string {
	for _, st := range s.Status() {
		if st.Err != nil {
			return st.Err.Error()
		}
	}
	if n := s.Dropped(); n > 0 {
		return fmt.Sprintf("the files cannot keep up, %d rows were dropped", n)
	}
	return ""
}

// event adds a line to events.jsonl, which is there only when something was done
// to the run. Any goroutine may call it.
func (a *artifacts) event(atNS int64, m snap.Mark) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.events == nil {
		f, err := os.Create(filepath.Join(a.dir, a.names.Of(export.Events)))
		if err != nil {
			a.log.Error("events", "error", err)
			return
		}
		a.events = f
	}
	line := export.RunEvent{AtNS: atNS, Kind: m.Kind, Text: m.Text}.Append(nil)
	if _, err := a.events.Write(line); err != nil {
		a.log.Error("events", "error", err)
	}
	a.log.Info("event", "kind", string(m.Kind), "text", m.Text)
}

// closeStreams writes what waits and reports what was lost.
func (a *artifacts) closeStreams() (lost []export.SinkReport, errs []error) {
	if a.queue == nil {
		return nil, nil
	}
	errs = a.queue.Close()
	return sinkReports(a.queue.Status()), errs
}

// sinkReports are the end states of streamed files.
func sinkReports(list []export.SinkStatus) (out []export.SinkReport) {
	for _, s := range list {
		if s.Name == "" { // no file
			continue
		}
		r := export.SinkReport{Name: s.Name, Rows: s.Rows, Lost: s.Lost}
		if s.Err != nil {
			r.Error = s.Err.Error()
		}
		out = append(out, r)
	}
	return out
}

func (a *artifacts) close() {
	a.release()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.events != nil {
		a.events.Close()
	}
	a.file.Close()
}
