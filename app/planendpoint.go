package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacho/engine"
	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/secret"
	"tacho/profiles"
)

// targets are the complete URLs of the requests.
func targets(p *profiles.Profile, spec endpoint.Spec) ([]string, error) {
	var custom *string
	if p.Endpoint.Path.Set {
		custom = &p.Endpoint.Path.V
	}
	var out []string
	for _, base := range p.Endpoint.URLs.V {
		u, err := endpoint.JoinURL(base, spec, p.Endpoint.Streaming.V, custom)
		if err != nil {
			return nil, usagef("--url %s: %w", secret.RedactURL(base), err)
		}
		out = append(out, u)
	}
	return out, nil
}

// encodeOptions are what shapes every request body.
func encodeOptions(p *profiles.Profile, getenv func(string) string) endpoint.Options {
	o := endpoint.Options{
		Stream:          p.Endpoint.Streaming.V,
		ServerTokens:    p.Endpoint.UseServerTokenCount.V,
		LegacyMaxTokens: p.Endpoint.UseLegacyMaxTokens.V,
		PerChunkUsage:   p.Endpoint.PerChunkUsage.V,
		ForceParts:      switchedOn(getenv, "AIPERF_ENDPOINT_FORCE_CONTENT_PARTS"),
	}
	if names := p.ModelNames(); len(names) > 0 {
		o.Model = names[0]
	}
	for _, m := range p.Endpoint.Extra.V {
		o.Extra = append(o.Extra, dataset.KV{Key: m.Key, Value: profiles.AppendJSON(nil, m.Value, "", 0)})
	}
	return o
}

// switchedOn reads a variable that is a switch for AIPerf.
func switchedOn(getenv func(string) string, name string) bool {
	on, _ := strconv.ParseBool(strings.ToLower(getenv(name)))
	return on
}

// settle makes the API ready: its template is compiled, and of the ranking APIs
// the server decides for one, unless the profile names it.
func (s *session) settle(ctx context.Context, e endpoint.Endpoint, o *endpoint.Options) (endpoint.Endpoint, error) {
	t := &s.profile.Endpoint.Template
	with := endpoint.Settings{Template: t.Body.V, ResponseField: t.ResponseField.V}
	if e.Spec().Type == endpoint.AnyRankings {
		s.doing("asking the server for its ranking API")
		srv, err := newServer(s.profile, s.env.Getenv)
		if err != nil {
			return nil, err
		}
		paths, err := srv.paths(ctx)
		if err != nil {
			s.notices = append(s.notices, "the server does not say which ranking API it has ("+err.Error()+"): NVIDIA NIM's is taken; --endpoint-type names another")
		}
		with.Paths = paths
	}
	e, err := endpoint.Prepare(e, o, with)
	if err != nil {
		return nil, usagef("--endpoint-type: %w", err)
	}
	if made, ok := e.(endpoint.Template); ok {
		s.keepTemplate(made)
	}
	if spec := e.Spec(); spec.Type != s.spec.Type {
		s.notices = append(s.notices, "the ranking API is "+spec.Type+", at "+spec.Path)
		s.profile.Endpoint.Type.V = strings.ReplaceAll(spec.Type, "-", "_") // for input_config
		s.spec, s.info.Endpoint = spec, spec.Type
	}
	return e, nil
}

// keepTemplate puts the template where AIPerf records it, whichever way it came: a
// file may change.
func (s *session) keepTemplate(made endpoint.Template) {
	e := &s.profile.Endpoint
	body, field := made.Source()
	e.Template.Body.Put(body)
	e.Template.ResponseField.Put(cmp.Or(field, "text"))
	e.Extra.V = slices.DeleteFunc(slices.Clone(e.Extra.V), func(m profiles.Member) bool {
		return m.Key == "payload_template" || m.Key == "response_field"
	})
}

// affinity are the headers that carry the session beside the one of
// --session-header, by the variables that switch them in AIPerf.
var affinity = []struct {
	name, variable string
	on             bool
}{
	{"X-Session-ID", "AIPERF_HTTP_X_SESSION_ID_FROM_CORRELATION_ID", false},
	{"X-Session-Affinity", "AIPERF_HTTP_X_SESSION_AFFINITY_FROM_CORRELATION_ID", true},
	{"X-SMG-Routing-Key", "AIPERF_HTTP_X_SMG_ROUTING_KEY_FROM_CORRELATION_ID", false},
	{"X-Dynamo-Session-ID", "AIPERF_HTTP_X_DYNAMO_SESSION_ID_FROM_CORRELATION_ID", false},
}

// requestHeaders makes the headers of each request. A form brings its own type.
func requestHeaders(p *profiles.Profile, spec endpoint.Spec, stream bool, getenv func(string) string) *endpoint.Headers {
	o := endpoint.HeaderOptions{
		Version: Version, APIKey: p.Endpoint.APIKey.V, Auth: spec.Auth, SessionHeader: p.Endpoint.SessionHeader.V, Stream: stream,
	}
	if !spec.Form {
		o.ContentType = profiles.ContentJSON
	}
	for _, a := range affinity {
		if getenv(a.variable) == "" && a.on || switchedOn(getenv, a.variable) {
			o.Affinity = append(o.Affinity, a.name)
		}
	}
	for _, h := range p.Endpoint.Headers.V {
		o.User = append(o.User, dataset.Header{Name: h.Name, Value: h.Value})
	}
	return endpoint.NewHeaders(o)
}

// formOf makes the bodies of an API that takes a form; nil for the others.
func formOf(spec endpoint.Spec) *endpoint.Form {
	if !spec.Form {
		return nil
	}
	return endpoint.NewForm()
}

// polling is how the jobs of an API are asked for. AIPerf has no option for the
// pause, only a variable.
func polling(p *profiles.Profile, getenv func(string) string) (engine.Polling, error) {
	const name = "AIPERF_HTTP_VIDEO_POLL_INTERVAL"
	out := engine.Polling{Every: endpoint.PollInterval, For: seconds(p.Endpoint.Timeout.V), Download: p.Endpoint.DownloadVideoContent.V}
	if text := getenv(name); text != "" {
		every, err := strconv.ParseFloat(text, 64)
		if err != nil || !(every >= 0.001 && every <= 10) {
			return out, usagef("%s=%s: must be seconds from 0.001 to 10", name, text)
		}
		out.Every = cmp.Or(seconds(every), time.Millisecond)
	}
	return out, nil
}
