package endpoint

import (
	"slices"
	"strings"

	"tacho/engine/dataset"
)

// HeaderOptions are the settings of a run that shape the request headers.
type HeaderOptions struct {
	// Version of this program, for User-Agent.
	Version string
	// User headers (--header), in order.
	User []dataset.Header
	// APIKey is sent as Auth says (Spec.Auth) and overrides a user header of
	// that name.
	APIKey string
	Auth   Auth
	// SessionHeader renames X-Correlation-ID.
	SessionHeader string
	// Stream asks for text/event-stream instead of application/json.
	Stream bool
	// ContentType of the body. Leave it empty for forms, whose own
	// (Form.ContentType) is put beside these headers, but is not one of those
	// that AIPerf shows in its raw export.
	ContentType string
	// Affinity names further headers that carry the correlation id. They win
	// over everything else. DefaultAffinity is AIPerf's default.
	Affinity []string
}

// The header that names the version of Anthropic's API, and the version that
// AIPerf names.
const (
	versionHeader    = "anthropic-version"
	anthropicVersion = "2023-06-01"
)

// DefaultAffinity is the affinity header that is on unless switched off.
var DefaultAffinity = []string{"X-Session-Affinity"}

// Headers makes the headers of each request of a run. It is immutable.
type Headers struct {
	o       HeaderOptions
	session string
	accept  string
	secrets []string // that Hide looks for
}

// NewHeaders prepares the headers of a run.
func NewHeaders(o HeaderOptions) *Headers {
	h := &Headers{o: o, session: o.SessionHeader, accept: "application/json", secrets: secretsOf(&o)}
	if h.session == "" {
		h.session = "X-Correlation-ID"
	}
	if o.Stream {
		h.accept = "text/event-stream"
	}
	return h
}

// Append appends the headers of one request in the order they go on the wire:
// the program's own, the user's, the turn's, the transport's, the affinity
// headers. A later one replaces an earlier one of the same name, at its
// place. An empty id leaves its headers out. Host and Content-Length are the
// HTTP client's.
func (h *Headers) Append(dst []dataset.Header, requestID, correlationID string, turn []dataset.Header) []dataset.Header {
	start := len(dst)
	set := func(name, value string) {
		for i := start; i < len(dst); i++ {
			if strings.EqualFold(dst[i].Name, name) {
				dst[i] = dataset.Header{Name: name, Value: value}
				return
			}
		}
		dst = append(dst, dataset.Header{Name: name, Value: value})
	}
	set("User-Agent", "tacho/"+h.o.Version)
	if requestID != "" {
		set("X-Request-ID", requestID)
	}
	if correlationID != "" {
		set(h.session, correlationID)
	}
	if h.o.Auth == AnthropicKey {
		set("Content-Type", h.o.ContentType) // its place; the value is set below
	}
	for _, u := range h.o.User {
		set(u.Name, u.Value)
	}
	switch {
	case h.o.Auth == AnthropicKey:
		if h.o.APIKey != "" {
			set("x-api-key", h.o.APIKey)
		}
		if !slices.ContainsFunc(dst[start:], func(d dataset.Header) bool { return strings.EqualFold(d.Name, versionHeader) }) {
			set(versionHeader, anthropicVersion)
		}
	case h.o.APIKey != "":
		set("Authorization", "Bearer "+h.o.APIKey)
	}
	for _, t := range turn {
		set(t.Name, t.Value)
	}
	set("Accept", h.accept)
	if h.o.ContentType != "" {
		set("Content-Type", h.o.ContentType)
	}
	if correlationID != "" {
		for _, name := range h.o.Affinity {
			kept := slices.DeleteFunc(dst[start:], func(d dataset.Header) bool { return strings.EqualFold(d.Name, name) })
			dst = dst[:start+len(kept)]
			dst = append(dst, dataset.Header{Name: name, Value: correlationID})
		}
	}
	return dst
}
