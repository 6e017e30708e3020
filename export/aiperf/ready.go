package aiperf

import (
	"encoding/json"
	"fmt"

	"tacho/engine/snap"
	"tacho/export"
)

// ReadyMark is .aiperf_results_ready.json, which says that the directory is
// complete: it is written last, after every other file.
type ReadyMark struct {
	Ready     bool `json:"ready"`
	Cancelled bool `json:"was_cancelled"`
	Partial   bool `json:"partial"`
}

// Encode prints the mark on one line without an end.
func (m ReadyMark) Encode() []byte {
	w := jsonWriter{}
	w.open('{')
	w.bool("ready", m.Ready)
	w.bool("was_cancelled", m.Cancelled)
	w.bool("partial", m.Partial)
	w.close('}')
	return w.buf
}

// DecodeReady reads the mark.
func DecodeReady(data []byte) (ReadyMark, error) {
	var m ReadyMark
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("ready mark: %w", err)
	}
	return m, nil
}

// WriteReady writes the mark, readable by its owner only as AIPerf's is.
func WriteReady(run *export.Run, names export.Names, dir string) (snap.File, error) {
	m := ReadyMark{Ready: true, Cancelled: run.Cancelled}
	return export.WriteFile(dir, names.Of(export.Ready), m.Encode(), 0o600)
}
