package app

import (
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/secret"
	"tacho/engine/transport"
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
func encodeOptions(p *profiles.Profile, spec endpoint.Spec) (endpoint.Options, error) {
	o := endpoint.Options{
		Stream:          p.Endpoint.Streaming.V && spec.CanStream,
		LegacyMaxTokens: p.Endpoint.UseLegacyMaxTokens.V,
		PerChunkUsage:   p.Endpoint.PerChunkUsage.V,
	}
	if names := p.ModelNames(); len(names) > 0 {
		o.Model = names[0]
	}
	for _, m := range p.Endpoint.Extra.V {
		o.Extra = append(o.Extra, dataset.KV{Key: m.Key, Value: profiles.AppendJSON(nil, m.Value, "", 0)})
	}
	return o, nil
}

// requestHeaders makes the headers of each request.
func requestHeaders(p *profiles.Profile, stream bool) *endpoint.Headers {
	o := endpoint.HeaderOptions{
		Version: Version, APIKey: p.Endpoint.APIKey.V, SessionHeader: p.Endpoint.SessionHeader.V,
		Stream: stream, ContentType: "application/json", Affinity: endpoint.DefaultAffinity,
	}
	for _, h := range p.Endpoint.Headers.V {
		o.User = append(o.User, dataset.Header{Name: h.Name, Value: h.Value})
	}
	return endpoint.NewHeaders(o)
}

// transportOptions are the settings of the HTTP client.
func transportOptions(p *profiles.Profile, getenv func(string) string) (transport.Options, error) {
	o := transport.Options{Timeout: seconds(p.Endpoint.Timeout.V)}
	// AIPerf has no option for these two, only variables.
	o.Insecure = strings.EqualFold(getenv("AIPERF_HTTP_SSL_VERIFY"), "false")
	if on := getenv("AIPERF_HTTP_TRUST_ENV"); on != "" && !strings.EqualFold(on, "false") {
		o.Proxy = "env"
	}
	clock, err := transport.ParseClock(p.Console.Clock.V)
	if err != nil {
		return o, usagef("--clock: %w", err)
	}
	o.Clock = clock
	if s := p.Endpoint.ConnectionReuse.V; s != "" {
		reuse, err := transport.ParseReuse(s)
		if err != nil {
			return o, usagef("--connection-reuse-strategy: %w", err)
		}
		o.Reuse = reuse
	}
	return o, nil
}

// supported tells which endpoint types can be run, in snake case.
func supported(kind string) bool {
	_, err := endpoint.Lookup(kind)
	return err == nil
}
