package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/profiles"
)

// waitReady probes the server until it is ready, as --wait-for-model-* say, and
// reports each try on the screen.
func (s *server) waitReady(ctx context.Context, run *session, e endpoint.Endpoint, o endpoint.Options, target string) error {
	p := run.profile
	limit := seconds(p.Endpoint.WaitForModelTimeout.V)
	if limit <= 0 {
		return nil
	}
	deadline := time.Now().Add(limit)
	pause := seconds(p.Endpoint.WaitForModelInterval.V)
	for try := 1; ; try++ {
		// No try outlasts the wait: a server that takes connections and is not
		// serving yet would hold it.
		within, cancel := context.WithDeadline(ctx, deadline)
		err := s.probe(within, run, e, o, target)
		late := within.Err() != nil
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if late {
			err = errors.New("no answer came in the time that was left")
		}
		if time.Now().Add(pause).After(deadline) {
			return withHint(fmt.Errorf("the server was not ready within %s: %w", limit, err),
				"is it up? --wait-for-model-timeout gives it longer, --url names another")
		}
		run.doing(fmt.Sprintf("waiting for the model: try %d: %v", try, err))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// probe asks once.
func (s *server) probe(ctx context.Context, run *session, e endpoint.Endpoint, o endpoint.Options, target string) error {
	mode := run.profile.Endpoint.WaitForModelMode.V
	if mode != "inference" {
		if err := s.lists(ctx, run.profile); err != nil || mode == "models" {
			return err
		}
	}
	turn, err := probeTurn(e.Spec(), run.data)
	if err != nil {
		return err
	}
	o.Stream = false
	body, err := e.Encode(nil, &o, &endpoint.Request{Turns: []*dataset.Turn{turn}})
	form := formOf(e.Spec())
	if err == nil && form != nil {
		body, err = form.Append(nil, body)
	}
	if err != nil {
		return fmt.Errorf("encode the probe: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for _, h := range s.headers {
		req.Header.Set(h.Name, h.Value)
	}
	if form != nil {
		req.Header.Set("Content-Type", form.ContentType())
	}
	client := *s.client
	client.Timeout = max(seconds(run.profile.Endpoint.WaitForModelInterval.V), 30*time.Second)
	resp, err := client.Do(req)
	if err != nil {
		return plainError(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("a short request got status %s", resp.Status)
	}
	return nil
}

// lists reports models of the profile that the server does not list.
func (s *server) lists(ctx context.Context, p *profiles.Profile) error {
	names, err := s.models(ctx)
	if err != nil {
		return fmt.Errorf("list models: %w", err)
	}
	for _, want := range p.ModelNames() {
		if !slices.Contains(names, want) {
			return fmt.Errorf("the server does not list %s", want)
		}
	}
	return nil
}

// probeTurn is a short turn; an API that needs more than a text is asked with
// the data set's first.
func probeTurn(spec endpoint.Spec, data dataset.Dataset) (*dataset.Turn, error) {
	if spec.Needs == endpoint.NeedsText {
		return &dataset.Turn{Texts: []dataset.Text{{Content: "hi"}}, MaxTokens: 1}, nil
	}
	c, err := data.At(0)
	if err != nil {
		return nil, err
	}
	turn := c.Turns[0]
	turn.MaxTokens = 1
	return &turn, nil
}
