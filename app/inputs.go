package app

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/export"
	"tacho/export/aiperf"
)

// maxInputs is the largest data set whose bodies are written to inputs.json. A
// larger one would take longer to write than to send.
const maxInputs = 100_000

// writeInputs makes the prompts and writes inputs.json, before the run.
func (s *session) writeInputs(ctx context.Context, e endpoint.Endpoint, o *endpoint.Options, data *dataset.Synthetic) error {
	if data.Len() > maxInputs {
		s.notices = append(s.notices, fmt.Sprintf("inputs.json is left out: the data set has %d entries, more than %d; the seed in manifest.json makes it again", data.Len(), maxInputs))
		return nil
	}
	err := data.Prepare(ctx, data.Len(), runtime.GOMAXPROCS(0), nil)
	if err != nil {
		return err
	}
	bodies := func(yield func(export.Conversation, error) bool) {
		for i := range data.Len() {
			c, err := data.At(i)
			if err != nil {
				yield(export.Conversation{}, err)
				return
			}
			// Each turn alone: the answers between them are not known yet.
			payloads := make([]json.RawMessage, len(c.Turns))
			for j := range c.Turns {
				if payloads[j], err = e.Encode(nil, o, &endpoint.Request{System: c.System, UserContext: c.UserContext, Turns: []*dataset.Turn{&c.Turns[j]}}); err != nil {
					break
				}
			}
			if !yield(export.Conversation{SessionID: c.ID, Payloads: payloads}, err) {
				return
			}
		}
	}
	_, err = aiperf.WriteInputs(s.files.dir, s.files.names, bodies)
	return err
}
