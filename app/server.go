package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/secret"
	"tacho/export"
	"tacho/profiles"
)

// server talks to the endpoint outside of the measurement: what is it, which
// models has it, is it ready.
type server struct {
	client  *http.Client
	base    string // without a path that a request would have
	headers []dataset.Header
}

// askTimeout bounds one question to the server.
const askTimeout = 3 * time.Second

// maxAnswer bounds an answer to such a question.
const maxAnswer = 1 << 20

func newServer(p *profiles.Profile) *server {
	s := &server{client: &http.Client{Timeout: askTimeout}}
	if len(p.Endpoint.URLs.V) > 0 {
		if u, err := url.Parse(p.Endpoint.URLs.V[0]); err == nil {
			s.base = u.Scheme + "://" + u.Host + strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
			if i := strings.Index(s.base, "/v1/"); i >= 0 {
				s.base = s.base[:i]
			}
		}
	}
	s.headers = requestHeaders(p, false).Append(nil, "", "", nil)
	return s
}

// get returns the body and the headers of an answer of status 200.
func (s *server) get(ctx context.Context, path string) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range s.headers {
		req.Header.Set(h.Name, h.Value)
	}
	req.Header.Del("Content-Type")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, nil, plainError(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, resp.Header, plainError(err)
	}
	if resp.StatusCode != http.StatusOK {
		return body, resp.Header, fmt.Errorf("status %s", resp.Status)
	}
	return body, resp.Header, nil
}

// plainError drops the method and URL that net/http puts in front: the caller
// names them, and a URL may hold a secret.
func plainError(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// models lists the models that the server names.
func (s *server) models(ctx context.Context) ([]string, error) {
	body, _, err := s.get(ctx, "/v1/models")
	if err != nil {
		return nil, err
	}
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("answer is not a list of models: %w", err)
	}
	var names []string
	for _, m := range list.Data {
		if m.ID != "" {
			names = append(names, m.ID)
		}
	}
	return names, nil
}

// identity is what the server says about itself, as far as it does.
func (s *server) identity(ctx context.Context, p *profiles.Profile) *export.Server {
	id := &export.Server{}
	for _, u := range p.Endpoint.URLs.V {
		id.URLs = append(id.URLs, secret.RedactURL(u))
	}
	if body, h, err := s.get(ctx, "/v1/models"); h != nil {
		id.Header = h.Get("Server")
		if err == nil && json.Valid(body) {
			id.Models = body
		}
	}
	if body, h, err := s.get(ctx, "/version"); err == nil && json.Valid(body) {
		id.Version = body
		if id.Header == "" {
			id.Header = h.Get("Server")
		}
	}
	return id
}

// simulatorHeader begins the Server header of the simulator.
const simulatorHeader = "tacho-simulator"

// waitReady probes the server until it is ready, as --wait-for-model-* say, and
// reports each try to say.
func (s *server) waitReady(ctx context.Context, p *profiles.Profile, e endpoint.Endpoint, target string, say func(string)) error {
	limit := seconds(p.Endpoint.WaitForModelTimeout.V)
	if limit <= 0 {
		return nil
	}
	deadline := time.Now().Add(limit)
	pause := seconds(p.Endpoint.WaitForModelInterval.V)
	mode := p.Endpoint.WaitForModelMode.V
	for try := 1; ; try++ {
		err := s.probe(ctx, p, e, mode, target)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Now().Add(pause).After(deadline) {
			return withHint(fmt.Errorf("the server was not ready within %s: %w", limit, err),
				"is it up? --wait-for-model-timeout gives it longer, --url names another")
		}
		say(fmt.Sprintf("waiting for the model: try %d: %v", try, err))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// probe asks once.
func (s *server) probe(ctx context.Context, p *profiles.Profile, e endpoint.Endpoint, mode, target string) error {
	if mode == "models" || mode == "both" {
		names, err := s.models(ctx)
		if err != nil {
			return fmt.Errorf("list models: %w", err)
		}
		for _, want := range p.ModelNames() {
			found := false
			for _, have := range names {
				found = found || have == want
			}
			if !found {
				return fmt.Errorf("the server does not list %s", want)
			}
		}
	}
	if mode == "models" {
		return nil
	}
	o, err := encodeOptions(p, e.Spec())
	if err != nil {
		return err
	}
	o.Stream = false
	body, err := e.Encode(nil, &o, &endpoint.Request{Turns: []*dataset.Turn{{Texts: []dataset.Text{{Content: "hi"}}, MaxTokens: 1}}})
	if err != nil {
		return fmt.Errorf("encode the probe: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	for _, h := range s.headers {
		req.Header.Set(h.Name, h.Value)
	}
	client := *s.client
	client.Timeout = max(seconds(p.Endpoint.WaitForModelInterval.V), 30*time.Second)
	resp, err := client.Do(req)
	if err != nil {
		return plainError(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("a one-token request got status %s", resp.Status)
	}
	return nil
}
