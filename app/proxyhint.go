package app

import (
	"net"
	"strings"

	"tacho/engine/record"
)

// proxyOf is the variable that names a proxy for hosts like this one; empty if
// none does. Loopback addresses never go through one.
func proxyOf(getenv func(string) string, host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if ip := net.ParseIP(strings.Trim(name, "[]")); name == "localhost" || ip != nil && ip.IsLoopback() {
		return ""
	}
	for _, v := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		if getenv(v) != "" {
			return v
		}
	}
	return ""
}

// aboutProxy adds the proxy of the environment to what is said of a connection
// that was not made: it may have refused, or may be the way that was not taken.
func aboutProxy(getenv func(string) string, kind record.ErrKind, host, cause, hint string) (string, string) {
	v := proxyOf(getenv, host)
	switch {
	case v == "" || kind != record.ErrRefused && kind != record.ErrDNS && kind != record.ErrTimeout:
		return cause, hint
	case switchedOn(getenv, "AIPERF_HTTP_TRUST_ENV"):
		return cause + ", or the proxy of " + v + " is not reached", hint
	}
	return cause, v + " is set but not used: AIPERF_HTTP_TRUST_ENV=true sends the requests through that proxy, as with AIPerf; " + hint
}
