package endpoint

import (
	"net/url"
	"strings"

	"tacho/engine/dataset"
)

// Redacted stands in for a secret in everything that is written or shown.
const Redacted = "<redacted>"

// sensitiveParts mark a header as secret when its name contains one, in any
// case. The list is AIPerf's, names and fragments together; hiding too much
// costs little, showing a key is not to be undone.
var sensitiveParts = []string{
	"auth", "token", "secret", "password", "passwd", "credential", "cookie",
	"apikey", "api-key", "api_key", "session", "signature",
	"sas-key", "access-key", "private-key",
	"ocp-apim-subscription-key", "x-functions-key",
}

// IsSecretHeader says that the values of a header are not to be shown.
func IsSecretHeader(name string) bool {
	name = strings.ToLower(name)
	for _, part := range sensitiveParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// RedactHeaders returns a copy in which secret values are replaced.
func RedactHeaders(headers []dataset.Header) []dataset.Header {
	out := make([]dataset.Header, len(headers))
	for i, h := range headers {
		if IsSecretHeader(h.Name) {
			h.Value = Redacted
		}
		out[i] = h
	}
	return out
}

// secretParams are query parameters whose values are secret, by their whole
// name, in any case, with "-" and blanks read as "_".
var secretParams = map[string]bool{
	"api_key": true, "apikey": true, "key": true, "token": true, "access_token": true, "accesstoken": true,
	"auth_token": true, "authtoken": true, "bearer_token": true, "bearertoken": true, "id_token": true,
	"idtoken": true, "refresh_token": true, "refreshtoken": true, "secret": true, "client_secret": true,
	"clientsecret": true, "password": true, "passwd": true, "credential": true, "access_key_id": true,
	"accesskeyid": true, "awsaccesskeyid": true, "sig": true, "signature": true,
	"x_amz_signature": true, "x_amz_security_token": true, "x_amz_credential": true,
	"x_goog_signature": true, "x_goog_credential": true,
}

// RedactURL hides user and password and the values of secret parameters; the
// rest stays byte for byte. It takes any text, with or without a scheme.
func RedactURL(s string) string {
	authority := 0
	if i := strings.Index(s, "://"); i >= 0 {
		authority = i + len("://")
	}
	end := len(s)
	if i := strings.IndexAny(s[authority:], "/?#"); i >= 0 {
		end = authority + i
	}
	// Without a scheme only user:password@ is userinfo, not a lone name.
	if at := strings.LastIndexByte(s[authority:end], '@'); at > 0 &&
		(authority > 0 || strings.Contains(s[:at], ":")) {
		s = s[:authority] + Redacted + s[authority+at:]
	}
	head, query, ok := strings.Cut(s, "?")
	if !ok {
		return s
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	parts := strings.Split(query, "&")
	for i, p := range parts {
		name, _, ok := strings.Cut(p, "=")
		if !ok {
			continue
		}
		plainName, err := url.QueryUnescape(name)
		if err != nil {
			plainName = name
		}
		if secretParams[strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(plainName))] {
			parts[i] = name + "=" + Redacted
		}
	}
	s = head + "?" + strings.Join(parts, "&")
	if hasFragment {
		s += "#" + fragment
	}
	return s
}
