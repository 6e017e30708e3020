package transport

import "net/http"

// NewPlain returns an ordinary client with the certificates and the proxy of o,
// for what is asked beside the measurement. It keeps no connection.
func NewPlain(o Options) (*http.Client, error) {
	cfg, err := tlsConfig(&o)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyFunc(o.Proxy)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{Proxy: proxy, TLSClientConfig: cfg, DisableKeepAlives: true, Protocols: new(http.Protocols)}
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(o.HTTP2)
	return &http.Client{Transport: t}, nil
}
