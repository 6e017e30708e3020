package transport

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"tacho/engine/record"
)

// maxRedirects is how many exchanges one request may take, as with AIPerf's client.
const maxRedirects = 10

// follow returns the request for the place that resp sends hr on to as it is (307
// and 308), nil if there is none. Other redirects would turn it into a GET, which
// no API here answers: they stay what the server said.
func (k *call) follow(resp *http.Response, hr *http.Request, of *lent, hops int) *http.Request {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	to, err := hr.URL.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return nil
	}
	k.resp.Redirect = to.Redacted()
	if resp.StatusCode < http.StatusTemporaryRedirect || hops >= maxRedirects {
		return nil
	}
	k.x.inHead.Store(false)
	io.Copy(io.Discard, io.LimitReader(resp.Body, drainBytes)) // so that its connection serves again
	resp.Body.Close()

	var t Trace
	k.x.copyTo(&t)
	k.x.elsewhereNS = record.Now() - t.StartNS - t.LateNS()
	next := hr.WithContext(hr.Context()) // net/http may still be sending the one before
	next.URL = to
	if next.Host == hr.URL.Host || !sameOrigin(hr.URL, to) {
		next.Host = to.Host
	}
	if !sameOrigin(hr.URL, to) {
		next.Header = withoutSecrets(hr.Header)
	}
	if len(k.req.Body) > 0 {
		next.Body = newRequestBody(k.req.Body, k.x, of)
	}
	return next
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// withoutSecrets is what a server that the user did not name may get.
func withoutSecrets(h http.Header) http.Header {
	h = h.Clone()
	for name := range h {
		low := strings.ToLower(name)
		for _, part := range []string{"auth", "cookie", "key", "token", "secret"} {
			if strings.Contains(low, part) {
				delete(h, name)
			}
		}
	}
	return h
}
