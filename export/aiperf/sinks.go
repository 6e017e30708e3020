package aiperf

import (
	"iter"
	"os"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export"
)

// NewRecordSink returns the sink of profile_export.jsonl.
func NewRecordSink(dir string, names export.Names, reg *metric.Registry) (*export.FileSink, error) {
	enc := NewRecordEncoder(reg, true)
	return export.NewFileSink(dir, names.Of(export.Records), "", func(dst []byte, row *metric.Row, raw *record.Raw) []byte {
		if raw == nil {
			return enc.Append(dst, row)
		}
		return enc.AppendTraced(dst, row, raw.Trace)
	})
}

// NewRawSink returns the sink of profile_export_raw.jsonl.
func NewRawSink(dir string, names export.Names) (*export.FileSink, error) {
	return export.NewFileSink(dir, names.Of(export.Raw), "", AppendRaw)
}

// WriteInputs writes inputs.json, which is there before the run starts. An
// error among the conversations leaves no file and is returned.
func WriteInputs(dir string, names export.Names, conversations iter.Seq2[export.Conversation, error]) (snap.File, error) {
	var failed error
	good := func(yield func(export.Conversation) bool) {
		for c, err := range conversations {
			if err != nil {
				failed = err
				return
			}
			if !yield(c) {
				return
			}
		}
	}
	return export.Replace(dir, names.Of(export.InputsJSON), fileMode, func(f *os.File) error {
		if err := EncodeInputs(f, good); err != nil {
			return err
		}
		return failed
	})
}
