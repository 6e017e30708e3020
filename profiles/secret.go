package profiles

import "tacho/engine/secret"

// Redacted returns a copy of the profile without its secrets: the API key,
// header values that carry credentials, and credentials inside URLs are
// replaced by secret.Redacted.
func (p *Profile) Redacted() *Profile {
	q := p.Clone()
	if q.Endpoint.APIKey.Set {
		q.Endpoint.APIKey.V = secret.Redacted
	}
	for i, h := range q.Endpoint.Headers.V {
		if secret.Header(h.Name) {
			q.Endpoint.Headers.V[i].Value = secret.Redacted
		}
	}
	q.eachURL(secret.RedactURL)
	return q
}

// withoutSecrets is the copy that may be stored as a preset: secrets are left
// out, for a file that holds secret.Redacted would send that word to the server.
func (p *Profile) withoutSecrets() *Profile {
	q := p.Clone()
	q.Endpoint.APIKey.unset()
	var keep Headers
	for _, h := range q.Endpoint.Headers.V {
		if !secret.Header(h.Name) {
			keep = append(keep, h)
		}
	}
	q.Endpoint.Headers.V = keep
	q.Endpoint.Headers.Set = len(keep) > 0
	q.eachURL(secret.StripURL)
	return q
}

// eachURL changes all URLs of the profile in place.
func (p *Profile) eachURL(change func(string) string) {
	for _, urls := range [][]string{p.Endpoint.URLs.V, p.GPUTelemetry.URLs.V, p.ServerMetrics.URLs.V} {
		for i := range urls {
			urls[i] = change(urls[i])
		}
	}
}
