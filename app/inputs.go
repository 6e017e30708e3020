package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/export"
	"tacho/export/aiperf"
)

// maxInputs is the largest data set whose bodies are written to inputs.json. A
// larger one would take longer to write than to send.
const maxInputs = 100_000

// writeInputs makes the prompts and writes inputs.json, before the run.
func (s *session) writeInputs(ctx context.Context, e endpoint.Endpoint, o *endpoint.Options, data dataset.Dataset) error {
	switch n, all := dataset.Known(data); {
	case !all:
		s.notices = append(s.notices, "inputs.json is left out: the data set is read as the run goes on, and lies in its file")
		return nil
	case n > maxInputs:
		s.notices = append(s.notices, fmt.Sprintf("inputs.json is left out: the data set has %d entries, more than %d; manifest.json says how it is made again", n, maxInputs))
		return nil
	}
	made := s.progress("making the prompts", data.Len())
	err := dataset.Prepare(ctx, data, data.Len(), runtime.GOMAXPROCS(0), made)
	if err != nil {
		return err
	}
	written := s.progress("writing inputs.json", data.Len())
	bodies := func(yield func(export.Conversation, error) bool) {
		for i := range data.Len() {
			written(i)
			c, err := data.At(i)
			if err = cmp.Or(ctx.Err(), err); err != nil {
				yield(export.Conversation{}, err)
				return
			}
			// Each turn alone: the answers between them are not known yet.
			payloads := make([]json.RawMessage, len(c.Turns))
			for j := range c.Turns {
				if payloads[j], err = e.Encode(nil, o, &endpoint.Request{System: c.System, UserContext: c.UserContext, Turns: []*dataset.Turn{&c.Turns[j]}}); err != nil {
					err = &unfit{fmt.Errorf("turn %d of conversation %s cannot be sent: %w", j+1, c.ID, err)}
					break
				}
			}
			if !yield(export.Conversation{SessionID: c.ID, Payloads: payloads}, err) {
				return
			}
		}
	}
	_, err = aiperf.WriteInputs(s.files.dir, s.files.names, bodies)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, new(*unfit)):
		return withHint(usagef("%w", err), "--endpoint-type says what the server takes")
	case err != nil:
		return withHint(fmt.Errorf("the artifact directory does not take inputs.json: %w", bare(err)), "free some space, or choose another with --artifact-dir")
	}
	return nil
}

// unfit is a turn that the API cannot carry.
type unfit struct{ error }

func (u *unfit) Unwrap() error { return u.error }

// progressEvery is how often a long preparation says how far it is.
const progressEvery = 2 * time.Second

// progress returns a function that any goroutine may call with how much of total
// is done; now and then it tells the screen.
func (s *session) progress(what string, total int) func(done int) {
	var next atomic.Int64
	next.Store(int64(time.Since(s.started) + progressEvery))
	return func(done int) {
		now, due := int64(time.Since(s.started)), next.Load()
		if now < due || !next.CompareAndSwap(due, now+int64(progressEvery)) {
			return
		}
		s.say(fmt.Sprintf("%s: %d of %d", what, done, total))
	}
}

// downloading tells how much of a file has come.
func (s *session) downloading(file string, have, total int64) {
	const mb = 1e6
	if total > 0 {
		s.say(fmt.Sprintf("downloading %s: %.0f of %.0f MB", file, float64(have)/mb, float64(total)/mb))
		return
	}
	s.say(fmt.Sprintf("downloading %s: %.0f MB", file, float64(have)/mb))
}

// closeData gives back what the data set holds open.
func (s *session) closeData() {
	if s.inline != "" {
		defer os.RemoveAll(s.inline)
	}
	if s.data == nil {
		return
	}
	if err := dataset.Close(s.data); err != nil {
		s.files.log.Warn("data set", "error", err)
	}
}
