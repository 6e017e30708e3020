package profiles

import (
	"regexp"
	"strings"
)

// redacted stands where a secret was; AIPerf writes the same word.
const redacted = "<redacted>"

// SensitiveHeader reports whether a header carries a credential: the names
// AIPerf redacts and whatever else sounds like one. Case does not matter.
func SensitiveHeader(name string) bool {
	n := strings.ToLower(name)
	for _, word := range []string{"auth", "token", "secret", "password", "cookie", "credential", "api-key", "apikey", "api_key",
		"subscription-key", "functions-key", "sas-key"} {
		if strings.Contains(n, word) {
			return true
		}
	}
	return false
}

var (
	userInfo    = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.\-]*://)?[^@/?#]+@`)
	secretQuery = regexp.MustCompile(`(?i)([?&](?:[a-z_-]*(?:key|token|secret|password|passwd|credential|signature|sig)))=[^&#]*`)
)

// RedactURL hides user and password and query parameters that sound like keys.
func RedactURL(s string) string {
	s = userInfo.ReplaceAllString(s, "${1}"+redacted+"@")
	return secretQuery.ReplaceAllString(s, "$1="+redacted)
}

// Redacted returns a copy of the profile without its secrets: the API key,
// header values that carry credentials, and credentials inside URLs are
// replaced by "<redacted>".
func (p *Profile) Redacted() *Profile {
	q := p.Clone()
	if q.Endpoint.APIKey.Set {
		q.Endpoint.APIKey.V = redacted
	}
	for i, h := range q.Endpoint.Headers.V {
		if SensitiveHeader(h.Name) {
			q.Endpoint.Headers.V[i].Value = redacted
		}
	}
	for _, urls := range [][]string{q.Endpoint.URLs.V, q.GPUTelemetry.URLs.V, q.ServerMetrics.URLs.V} {
		for i := range urls {
			urls[i] = RedactURL(urls[i])
		}
	}
	return q
}

// withoutSecrets is the copy that may be stored as a preset: secrets are left
// out, for a file that holds "<redacted>" would send that word to the server.
func (p *Profile) withoutSecrets() *Profile {
	q := p.Clone()
	q.Endpoint.APIKey.unset()
	var keep Headers
	for _, h := range q.Endpoint.Headers.V {
		if !SensitiveHeader(h.Name) {
			keep = append(keep, h)
		}
	}
	q.Endpoint.Headers.V = keep
	q.Endpoint.Headers.Set = len(keep) > 0
	for _, urls := range [][]string{q.Endpoint.URLs.V, q.GPUTelemetry.URLs.V, q.ServerMetrics.URLs.V} {
		for i, s := range urls {
			urls[i] = secretQuery.ReplaceAllString(userInfo.ReplaceAllString(s, "$1"), "$1=")
		}
	}
	return q
}
