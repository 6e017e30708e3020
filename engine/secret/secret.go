// Package secret says which headers and which parts of a URL are credentials,
// and hides them.
package secret

import (
	"net/url"
	"strings"
)

// Redacted stands in for a secret in everything that is written or shown;
// AIPerf writes the same word.
const Redacted = "<redacted>"

// headerParts mark a header as secret when its name contains one, in any case.
// The list is AIPerf 0.13's, names and fragments together; hiding too much
// costs little, showing a key is not to be undone.
var headerParts = []string{
	"auth", "token", "secret", "password", "passwd", "credential", "cookie",
	"apikey", "api-key", "api_key", "session", "signature",
	"sas-key", "access-key", "private-key",
	"ocp-apim-subscription-key", "x-functions-key",
}

// Header reports whether the values of a header are not to be shown.
func Header(name string) bool {
	name = strings.ToLower(name)
	for _, part := range headerParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// params are query parameters whose values are secret, by their whole name, in
// any case, with "-" and blanks read as "_" (AIPerf's list).
var params = map[string]bool{
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
func RedactURL(s string) string { return replace(s, Redacted+"@", Redacted) }

// StripURL is s without what RedactURL hides: for a file that is to be used
// again, where Redacted would be sent to the server.
func StripURL(s string) string { return replace(s, "", "") }

// replace puts user in place of the user and password with their @, and value
// in place of each secret parameter's value.
func replace(s, user, value string) string {
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
		s = s[:authority] + user + s[authority+at+1:]
	}
	head, query, ok := strings.Cut(s, "?")
	if !ok {
		return s
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	parts := strings.Split(query, "&")
	for i, p := range parts {
		name, _, ok := strings.Cut(p, "=")
		if ok && isParam(name) {
			parts[i] = name + "=" + value
		}
	}
	s = head + "?" + strings.Join(parts, "&")
	if hasFragment {
		s += "#" + fragment
	}
	return s
}

// isParam reports whether a query parameter, as it stands in a URL, is secret.
func isParam(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return params[strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(name))]
}
