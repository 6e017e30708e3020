package profiles

import (
	"errors"
	"strings"
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
		choice(Field{Flag: "endpoint-type", Group: groupEndpoint, Tier: 'A', Default: "chat", Choices: strings.Fields(
			"audio-transcription chat cohere-rankings completions responses messages chat-embeddings embeddings hf-tei-rankings " +
				"huggingface-generate image-generation image-edit video-generation image-retrieval nim-embeddings nim-rankings solido-rag raw template"),
			Help: "API the server speaks"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.Type }),
		scalar(Field{Flag: "custom-endpoint", Aliases: []string{"endpoint"}, Group: groupEndpoint, Tier: 'A', Type: typePath,
			Help: "Path to use instead of the API's own; an empty one appends nothing to the address"},
			func(p *Profile) *Opt[string] { return &p.Endpoint.Path }, readAnyText),
		toggle(Field{Flag: "streaming", Group: groupEndpoint, Tier: 'A', Help: "Ask for the answer as a stream, which TTFT and ITL need"},
			func(p *Profile) *Opt[bool] { return &p.Endpoint.Streaming }),
		text(Field{Flag: "api-key", Group: groupEndpoint, Tier: 'A', Secret: true, Help: "Key sent as Authorization: Bearer KEY"},
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
	}
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
