package profiles

import (
	"net/url"
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

// normURL puts http:// before an address without a scheme and checks the rest.
func normURL(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", errURL("must not be empty")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", errURL("must not hold blanks")
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errURL("is not a URL such as http://localhost:8000")
	case !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https"):
		return "", errURL("must begin with http:// or https://")
	case u.Hostname() == "":
		return "", errURL("names no host")
	}
	if port := u.Port(); port != "" {
		if n, err := readInt(port); err != nil || n < 1 || n > 65535 {
			return "", errURL("port must be 1 to 65535")
		}
	}
	return s, nil
}

// errURL is a constant text as an error.
type errURL string

func (e errURL) Error() string { return string(e) }
