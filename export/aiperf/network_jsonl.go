package aiperf

import (
	"tacho/engine/telemetry"
	"tacho/export"
)

// AppendRTT prints one line of profile_export_network_latency.jsonl: a handshake.
func AppendRTT(dst []byte, s *telemetry.RTTSample) []byte {
	w := jsonWriter{buf: dst}
	w.open('{')
	w.int("timestamp_ns", s.AtNS)
	w.str("target_url", s.URL)
	w.str("target_host", s.Host)
	w.int("target_port", int64(s.Port))
	w.str("probe_type", "tcp_connect")
	if s.Err == nil {
		w.int("rtt_ns", s.RTTNS)
	}
	w.bool("success", s.Err == nil)
	if s.Err != nil {
		w.key("error")
		w.failure(s.Err)
	}
	w.close('}')
	return append(w.buf, '\n')
}

// RTTFile writes that file while a run goes on.
type RTTFile struct{ lines lines }

// NewRTTFile makes one below dir, with its first line.
func NewRTTFile(dir, name string) *RTTFile { return &RTTFile{lines{dir: dir, name: name}} }

// Write adds a handshake.
func (f *RTTFile) Write(s telemetry.RTTSample) {
	f.lines.write(func(dst []byte) []byte { return AppendRTT(dst, &s) })
	f.lines.flush()
}

// Close ends the file.
func (f *RTTFile) Close() error { return f.lines.close() }

// Status is how it is doing, once closed; empty when there was no line.
func (f *RTTFile) Status() []export.SinkStatus {
	if !f.lines.tried {
		return nil
	}
	return []export.SinkStatus{f.lines.status()}
}
