package aiperf

import (
	"errors"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/telemetry"
	"tacho/export"
)

// TelemetryFiles writes gpu_telemetry_export.jsonl, server_metrics_export.jsonl and
// server_states.jsonl while a run goes on. A file is made with its first
// line, so a run that nothing was read for has none.
type TelemetryFiles struct {
	gpus, scrapes, states lines
	roles                 telemetry.RoleReader
}

var _ telemetry.Sink = (*TelemetryFiles)(nil)

// NewTelemetryFiles makes the sink of a Monitor that writes below dir under the
// given names; an empty name is no file.
func NewTelemetryFiles(dir, gpuName, serverName, stateName string) *TelemetryFiles {
	return &TelemetryFiles{gpus: lines{dir: dir, name: gpuName}, scrapes: lines{dir: dir, name: serverName}, states: lines{dir: dir, name: stateName}}
}

// lines is one file, made when it is needed.
type lines struct {
	dir, name string
	sink      *export.FileSink
	next      func(dst []byte) []byte // prints the line at hand
	err       error
	lost      int64 // lines before there was a file
	tried     bool
}

// write adds a line.
func (l *lines) write(print func(dst []byte) []byte) {
	if l.name == "" {
		return
	}
	l.next = print
	if !l.tried {
		l.tried = true
		l.sink, l.err = export.NewFileSink(l.dir, l.name, "", func(dst []byte, _ *metric.Row, _ *record.Raw) []byte { return l.next(dst) })
	}
	if l.sink == nil {
		l.lost++
		return
	}
	l.sink.WriteRow(nil, nil)
}

func (l *lines) flush() {
	if l.sink != nil {
		l.sink.Flush()
	}
}

func (l *lines) close() error {
	if l.sink != nil {
		return l.sink.Close()
	}
	return l.err
}

func (l *lines) status() export.SinkStatus {
	if l.sink != nil {
		return l.sink.Status()
	}
	return export.SinkStatus{Name: l.name, Lost: l.lost, Err: l.err}
}

// WriteGPUs implements telemetry.Sink.
func (f *TelemetryFiles) WriteGPUs(list []telemetry.GPUSample) {
	for i := range list {
		f.gpus.write(func(dst []byte) []byte { return AppendGPU(dst, &list[i]) })
	}
}

// WriteScrape implements telemetry.Sink.
func (f *TelemetryFiles) WriteScrape(s *telemetry.Scrape) {
	f.scrapes.write(func(dst []byte) []byte { return AppendScrape(dst, s) })
	if f.states.name == "" {
		return
	}
	if r := f.roles.Read(s); r.Make != "" { // of no known make there is nothing to keep
		f.states.write(func(dst []byte) []byte { return AppendServerState(dst, &r) })
	}
}

// Flush implements telemetry.Sink.
func (f *TelemetryFiles) Flush() {
	f.gpus.flush()
	f.scrapes.flush()
	f.states.flush()
}

// Close implements telemetry.Sink.
func (f *TelemetryFiles) Close() error {
	return errors.Join(f.gpus.close(), f.scrapes.close(), f.states.close())
}

// Status is how the files that were asked for are doing, once closed.
func (f *TelemetryFiles) Status() (out []export.SinkStatus) {
	for _, l := range []*lines{&f.gpus, &f.scrapes, &f.states} {
		if l.name != "" && l.tried {
			out = append(out, l.status())
		}
	}
	return out
}
