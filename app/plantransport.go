package app

import (
	"fmt"
	"os"
	"strings"

	"tacho/engine/transport"
	"tacho/profiles"
)

// transportOptions are the settings of the HTTP client.
func transportOptions(p *profiles.Profile, getenv func(string) string) (transport.Options, error) {
	o := transport.Options{Timeout: seconds(p.Endpoint.Timeout.V), HTTP2: p.Console.HTTP2.V == "auto"}
	// AIPerf has no option for these, only variables.
	o.Insecure = p.Console.Insecure.V || strings.EqualFold(getenv("AIPERF_HTTP_SSL_VERIFY"), "false")
	if switchedOn(getenv, "AIPERF_HTTP_TRUST_ENV") {
		o.Proxy = "env"
	}
	switch v := getenv("AIPERF_HTTP_IP_VERSION"); v {
	case "", "auto": // whichever connects first, where AIPerf takes IPv4 alone
	case "4":
		o.IPVersion = 4
	case "6":
		o.IPVersion = 6
	default:
		return o, usagef("AIPERF_HTTP_IP_VERSION=%s: must be 4, 6 or auto", v)
	}
	var err error
	if o.CAFile, err = caFile(p, getenv); err != nil {
		return o, err
	}
	if o.Clock, err = transport.ParseClock(p.Console.Clock.V); err != nil {
		return o, usagef("--clock: %w", err)
	}
	if s := p.Endpoint.ConnectionReuse.V; s != "" {
		if o.Reuse, err = transport.ParseReuse(s); err != nil {
			return o, usagef("--connection-reuse-strategy: %w", err)
		}
	}
	return o, nil
}

// caFile is the file of certificates that are trusted beside the system's.
func caFile(p *profiles.Profile, getenv func(string) string) (string, error) {
	name, from := p.Console.CAFile.V, "--ca-file"
	if name == "" {
		name, from = getenv("SSL_CERT_FILE"), "SSL_CERT_FILE"
	}
	if name == "" {
		return "", nil
	}
	if _, err := os.Stat(name); err != nil {
		return "", usagef("%s: %w", from, bare(err))
	}
	return name, nil
}

// newClient makes the HTTP client of a run.
func newClient(p *profiles.Profile, getenv func(string) string) (*transport.Client, error) {
	o, err := transportOptions(p, getenv)
	if err != nil {
		return nil, err
	}
	c, err := transport.New(o)
	if err != nil {
		return nil, usagef("%w", fmt.Errorf("the HTTP client: %w", err))
	}
	return c, nil
}
