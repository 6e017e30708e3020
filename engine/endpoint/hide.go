package endpoint

import (
	"strings"

	"tacho/engine/secret"
)

// leastSecret is the length from which a value is looked for in what a server
// says: words such as EMPTY, which stand for no key, are left in sentences.
const leastSecret = 6

// secretsOf are the credentials that a run's headers carry, with and without
// the scheme before them.
func secretsOf(o *HeaderOptions) (out []string) {
	add := func(v string) {
		if v = strings.TrimSpace(v); len(v) >= leastSecret {
			out = append(out, v)
		}
	}
	add(o.APIKey)
	for _, h := range o.User {
		if !secret.Header(h.Name) {
			continue
		}
		if scheme, rest, ok := strings.Cut(strings.TrimSpace(h.Value), " "); ok && !strings.ContainsAny(scheme, "=;") {
			add(rest)
		}
		add(h.Value)
	}
	return out
}

// Hide takes the run's own credentials out of what a server said, as some repeat
// the key that they refuse.
func (h *Headers) Hide(text string) string {
	if h == nil {
		return text
	}
	for _, s := range h.secrets {
		text = strings.ReplaceAll(text, s, secret.Redacted)
	}
	return text
}
