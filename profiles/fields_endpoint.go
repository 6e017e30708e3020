package profiles

import (
	"errors"
	"strings"

	"tacho/engine/endpoint"
)

func endpointFields() []*Field {
	return []*Field{
		models(),
		choice(Field{Flag: "model-selection-strategy", Group: groupEndpoint, Tier: 'B', Default: "round-robin",
			Choices: []string{"round-robin", "random", "weighted"}, Help: "How prompts are spread over several models; weighted takes its weights from the config file"},
			func(p *Profile) *Opt[string] { return &p.Models.Strategy }),
		many(Field{Flag: "url", Short: "u", Group: groupEndpoint, Tier: 'A', List: Words, Type: "URL", Default: "http://localhost:8000",
			Help: "Server address; several take turns"},
			func(p *Profile) *Opt[[]string] { return &p.Endpoint.URLs }, readURLs),
		choice(Field{Flag: "url-strategy", Group: groupEndpoint, Tier: 'C', Default: "round-robin", Choices: []string{"round-robin"},
			Help: "How several addresses take turns"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.URLStrategy }),
		choice(Field{Flag: "endpoint-type", Group: groupEndpoint, Tier: 'A', Default: "chat", Choices: endpointTypes(), Ours: []string{endpoint.AnyRankings},
			Help: "API the server speaks; rankings picks one of the three by what the server offers"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.Type }),
		scalar(Field{Flag: "custom-endpoint", Aliases: []string{"endpoint"}, Group: groupEndpoint, Tier: 'A', Type: typePath,
			Help: "Path to use instead of the API's own; an empty one appends nothing to the address"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.Path }, readAnyText),
		toggle(Field{Flag: "streaming", Group: groupEndpoint, Tier: 'A', Help: "Ask for the answer as a stream, which TTFT and ITL need"},
			func(p *Profile) *Opt[bool] { return &p.Endpoint.Streaming }),
		text(Field{Flag: "api-key", Group: groupEndpoint, Tier: 'A', Secret: true, Help: "Key sent as Authorization: Bearer KEY, to messages as x-api-key"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.APIKey }),
		seconds(Field{Flag: "request-timeout-seconds", Group: groupEndpoint, Tier: 'A', Default: "21600", Help: "Time one request may take in all"},
			func(p *Profile) *Opt[float64] { return &p.Endpoint.Timeout }, finite, above(0.0)),
		seconds(Field{Flag: "wait-for-model-timeout", Group: groupEndpoint, Tier: 'B', Default: "0.0", Help: "Time to wait for the server to be ready; 0 does not ask"},
			func(p *Profile) *Opt[float64] { return &p.Endpoint.WaitForModelTimeout }, finite, atLeast(0.0)),
		choice(Field{Flag: "wait-for-model-mode", Group: groupEndpoint, Tier: 'B', Default: "inference", Choices: []string{"models", "inference", "both"},
			Help: "How readiness is asked: the list of models, a one-token request, or both"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.WaitForModelMode }),
		seconds(Field{Flag: "wait-for-model-interval", Group: groupEndpoint, Tier: 'B', Default: "5.0", Help: "Pause between readiness questions"},
			func(p *Profile) *Opt[float64] { return &p.Endpoint.WaitForModelInterval }, finite, above(0.0)),
		toggle(Field{Flag: "use-legacy-max-tokens", Group: groupEndpoint, Tier: 'A', Help: "Chat: send max_tokens instead of max_completion_tokens"},
			func(p *Profile) *Opt[bool] { return &p.Endpoint.UseLegacyMaxTokens }),
		toggle(Field{Flag: "use-server-token-count", Group: groupEndpoint, Tier: 'A', Help: "Take token counts from the server's usage object instead of a tokenizer"},
			func(p *Profile) *Opt[bool] { return &p.Endpoint.UseServerTokenCount }),
		toggle(Field{Flag: "per-chunk-usage", Group: groupEndpoint, Tier: 'C', Help: "Ask for usage on every chunk, so that the tokens of the first one are known"},
			func(p *Profile) *Opt[bool] { return &p.Endpoint.PerChunkUsage }),
		choiceAs(Field{Flag: "connection-reuse-strategy", Group: groupEndpoint, Tier: 'B', Default: "pooled", Choices: []string{"pooled", "never", "sticky-user-sessions"},
			Help: "Share connections, open one per request, or keep one per session"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.ConnectionReuse }, asTyped),
		scalar(Field{Flag: "session-header", Group: groupEndpoint, Tier: 'B', Type: "name", Help: "Header that carries the session, instead of X-Correlation-ID"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.SessionHeader }, readHeaderName),
		scalar(Field{Flag: "request-content-type", Group: groupEndpoint, Tier: 'C', Type: typeChoice, Choices: contentTypes,
			Help: "How bodies are sent; that of the API if not given"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.RequestContentType }, readContentType),
		toggle(Field{Flag: "download-video-content", Group: groupEndpoint, Tier: 'C', Help: "video-generation: fetch the video too, and count that time"},
			func(p *Profile) *Opt[bool] { return &p.Endpoint.DownloadVideoContent }),
		scalar(Field{Flag: "ca-file", Group: groupEndpoint, Tier: '+', Type: typePath,
			Help: "File of certificates (PEM) to trust beside the system's; SSL_CERT_FILE does the same"},
			func(p *Profile) *Opt[string] { return &p.Console.CAFile }, readText),
		toggle(Field{Flag: "insecure", Group: groupEndpoint, Tier: '+', Help: "Accept any certificate of the server"},
			func(p *Profile) *Opt[bool] { return &p.Console.Insecure }),
		choice(Field{Flag: "http2", Group: groupEndpoint, Tier: '+', Default: "off", Choices: []string{"off", "auto"},
			Help: "auto speaks HTTP/2 where an https server prefers it; times are then taken after the read, without the kernel's stamps"},
			func(p *Profile) *Opt[string] { return &p.Console.HTTP2 }),
	}
}

// endpointTypes are AIPerf's types of endpoint.
func endpointTypes() []string {
	var types []string
	for _, e := range endpoint.All {
		if t := e.Spec().Type; t != endpoint.AnyRankings {
			types = append(types, t)
		}
	}
	return types
}

// The content types of request bodies.
const (
	ContentJSON = "application/json"
	ContentForm = "multipart/form-data"
)

var contentTypes = []string{ContentJSON, ContentForm}

// readContentType also takes the spelling without a slash.
func readContentType(s string) (string, error) {
	return pick(s, contentTypes, asTyped, func(c string) string { return strings.ReplaceAll(c, "/", "-") })
}

func readHeaderName(s string) (string, error) {
	if !isHeaderName(s) {
		return "", errors.New("must be a header name such as X-Session-ID")
	}
	return s, nil
}

func readURLs(args []string) ([]string, error) {
	var urls []string
	for _, a := range args {
		u, err := normURL(a)
		if err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, nil
}

// models is the option that makes a list of structs rather than one setting.
func models() *Field {
	f := Field{Flag: "model-names", Aliases: []string{"model"}, Short: "m", Group: groupEndpoint, Tier: 'A', List: Comma, Type: "name",
		Help: "Model to ask for; several are spread over the prompts"}
	f.bind = binding{
		leaves: func(p *Profile) []leaf {
			var ls []leaf
			for i := range p.Models.Items {
				ls = append(ls, &p.Models.Items[i].Name)
			}
			return ls
		},
		set: func(p *Profile, args []string) error {
			names, err := splitList(args)
			if err == nil {
				p.SetModels(names...)
			}
			return err
		},
		values: func(p *Profile) []string {
			if len(p.Models.Items) == 0 {
				return nil
			}
			return []string{strings.Join(p.ModelNames(), ",")}
		},
		text: func(l leaf, s string) error {
			name, err := readText(s)
			if err == nil {
				l.(*Opt[string]).Put(name)
			}
			return err
		},
	}
	return &f
}

// splitList splits values at commas and trims them.
func splitList(args []string) ([]string, error) {
	var out []string
	for _, a := range args {
		for part := range strings.SplitSeq(a, ",") {
			s, err := readText(strings.TrimSpace(part))
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	return out, nil
}
