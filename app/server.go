package app

import (
	"cmp"
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
	"tacho/engine/transport"
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

func newServer(p *profiles.Profile, getenv func(string) string) (*server, error) {
	o, err := transportOptions(p, getenv)
	if err != nil {
		return nil, err
	}
	client, err := transport.NewPlain(o)
	if err != nil {
		return nil, usagef("the HTTP client: %w", err)
	}
	client.Timeout = askTimeout
	s := &server{client: client}
	if len(p.Endpoint.URLs.V) > 0 {
		if u, err := url.Parse(p.Endpoint.URLs.V[0]); err == nil {
			s.base = u.Scheme + "://" + u.Host + strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
			if i := strings.Index(s.base, "/v1/"); i >= 0 {
				s.base = s.base[:i]
			}
		}
	}
	s.headers = requestHeaders(p, p.API().Spec(), false, getenv).Append(nil, "", "", nil)
	return s, nil
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
		err := fmt.Errorf("status %s", resp.Status)
		if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
			err = fmt.Errorf("%w %s", errUnauthorized, resp.Status)
		}
		return body, resp.Header, err
	}
	return body, resp.Header, nil
}

// errUnauthorized is an answer that asks for a key, or for another one.
var errUnauthorized = errors.New("status")

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

// paths lists the paths that the server says it offers.
func (s *server) paths(ctx context.Context) ([]string, error) {
	var first error
	for _, at := range []string{"/openapi.json", "/api-doc/openapi.json"} {
		body, _, err := s.get(ctx, at)
		var paths []string
		if err == nil {
			paths, err = endpoint.OpenAPIPaths(body)
		}
		if err == nil {
			return paths, nil
		}
		first = cmp.Or(first, fmt.Errorf("%s: %w", at, err))
	}
	return nil, first
}

// simulatorHeader begins the Server header of the simulator.
const simulatorHeader = "tacho-simulator"
