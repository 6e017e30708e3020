package endpoint

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"tacho/engine/secret"
)

// Param is one parameter of a query string.
type Param struct{ Name, Value string }

// JoinURL makes the URL of a request from a base URL, which may lack its
// scheme, and the path of the API: custom if not nil (an empty one appends
// nothing), else the Spec's. A path that the base already ends with, or shares
// a "v1" with, is not repeated. params override those of equal name in the
// base. It fails if the result is no http or https URL with a host.
func JoinURL(base string, s Spec, stream bool, custom *string, params ...Param) (string, error) {
	path := s.Path
	if stream && s.StreamPath != "" {
		path = s.StreamPath
	}
	if custom != nil {
		path = *custom
	}
	return joinURL(base, path, params)
}

func joinURL(base, path string, params []Param) (string, error) {
	base = strings.TrimSpace(base)
	if base == "" {
		return "", errors.New("the URL is empty")
	}
	if !hasHTTPScheme(base) {
		if scheme, _, ok := strings.Cut(base, "://"); ok {
			return "", fmt.Errorf("URL %q: scheme %s is not supported, use http or https", secret.RedactURL(base), scheme)
		}
		base = "http://" + base
	}
	rest, fragment, hasFragment := strings.Cut(base, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	at := strings.Index(rest, "://") + len("://")
	host, root := rest[at:], ""
	if slash := strings.IndexByte(host, '/'); slash >= 0 {
		host, root = host[:slash], host[slash:]
	}
	var b strings.Builder
	b.WriteString(rest[:at])
	b.WriteString(host)
	b.WriteString(joinPath(strings.TrimRight(root, "/"), strings.TrimLeft(path, "/")))
	if q := mergeQuery(query, params); q != "" {
		b.WriteString("?" + q)
	} else if hasQuery && query != "" {
		b.WriteString("?" + query)
	}
	if hasFragment {
		b.WriteString("#" + fragment)
	}
	out := b.String()
	u, err := url.Parse(out)
	if err != nil {
		// The error of url.Parse quotes the URL, and with it any password.
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return "", fmt.Errorf("URL %q: %w", secret.RedactURL(out), err)
	}
	if u.Hostname() == "" {
		return "", fmt.Errorf("URL %q has no host", secret.RedactURL(out))
	}
	return out, nil
}

func hasHTTPScheme(s string) bool {
	for _, p := range [...]string{"http://", "https://"} {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return true
		}
	}
	return false
}

// joinPath joins a base path without a slash at its end and a path without
// one at its start.
func joinPath(base, path string) string {
	if path == "" || strings.HasSuffix(base, "/"+path) {
		return base
	}
	if strings.HasSuffix(base, "/v1") {
		path = strings.TrimPrefix(path, "v1/")
	}
	return base + "/" + path
}

// mergeQuery puts params over the parameters of a query string. Of repeated
// names the first value is kept, and all is encoded anew, in order; that is
// what AIPerf sends.
func mergeQuery(query string, params []Param) string {
	var all []Param
	find := func(name string) *Param {
		for i := range all {
			if all[i].Name == name {
				return &all[i]
			}
		}
		return nil
	}
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, value = unquotePlus(name), unquotePlus(value)
		if find(name) == nil {
			all = append(all, Param{name, value})
		}
	}
	for _, p := range params {
		if old := find(p.Name); old != nil {
			old.Value = p.Value
		} else {
			all = append(all, p)
		}
	}
	var b strings.Builder
	for i, p := range all {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// unquotePlus decodes a query part; one that is not well formed stays as it is.
func unquotePlus(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}
