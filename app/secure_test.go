package app

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tacho/engine/record"
	"tacho/engine/simserver"
)

// httpsSim is a simulated server with TLS, and a file with its certificate.
func httpsSim(t *testing.T) (srv *simserver.Server, cert string) {
	t.Helper()
	cfg := simserver.Fast()
	cfg.TLS = true
	srv = startSim(t, cfg)
	cert = filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(cert, srv.CertPEM(), 0o644); err != nil {
		t.Fatal(err)
	}
	return srv, cert
}

// shortRun is a command line of a few streamed requests.
func shortRun(t *testing.T, at string, more ...string) (args []string, dir string) {
	dir = filepath.Join(t.TempDir(), "run")
	args = strings.Fields("profile --url " + at + " --streaming --request-count 3 --isl 9 --osl 4 --tokenizer builtin --ui none --no-gpu-telemetry --no-server-metrics --artifact-dir " + dir)
	return append(args, more...), dir
}

func TestCertificates(t *testing.T) {
	srv, cert := httpsSim(t)
	for _, c := range []struct {
		name string
		args []string
		vars map[string]string
		want string // of the error; empty: the run is good
	}{
		{"nobody trusts it", []string{"-m", "m"}, nil, "--ca-file FILE trusts its certificate, --insecure accepts any"},
		{"no model named", nil, nil, "certificate"},
		{"insecure", []string{"--insecure"}, nil, ""},
		{"insecure as in AIPerf", nil, map[string]string{"AIPERF_HTTP_SSL_VERIFY": "false"}, ""},
		{"a file of certificates", []string{"--ca-file", cert}, nil, ""},
		{"a file in the environment", nil, map[string]string{"SSL_CERT_FILE": cert}, ""},
		{"the option wins", []string{"--ca-file", cert}, map[string]string{"SSL_CERT_FILE": "/no/such/file"}, ""},
		{"no such file", []string{"-m", "m", "--ca-file", "/no/such/file"}, nil, "--ca-file: /no/such/file: no such file or directory"},
		{"no such file in the environment", []string{"-m", "m"}, map[string]string{"SSL_CERT_FILE": "/no/such/file"}, "SSL_CERT_FILE: /no/such/file: no such file or directory"},
		{"no certificate in it", []string{"-m", "m", "--ca-file", "secure_test.go"}, nil, "CA file secure_test.go: no certificate in PEM form"},
		{"while the server gets ready", []string{"--ca-file", cert, "--wait-for-model-timeout", "5", "--wait-for-model-mode", "both"}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			args, dir := shortRun(t, srv.URL(), c.args...)
			r := tachoWith(t, c.vars, args...)
			if c.want != "" {
				if r.code == 0 || !strings.Contains(r.stderr+r.stdout, c.want) || strings.Contains(r.stderr, "goroutine") {
					t.Errorf("exit %d, want %q:\n%s\n%s", r.code, c.want, r.stdout, r.stderr)
				}
				return
			}
			if r.code != 0 {
				t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
			}
			if n := len(lines(t, filepath.Join(dir, "profile_export.jsonl"))); n != 3 {
				t.Errorf("%d records, want 3", n)
			}
		})
	}
}

func TestSimulateWritesItsCertificate(t *testing.T) {
	cfg, o, err := simulateOptions(Env{Stdout: io.Discard}, []string{"--tls-cert", "x.pem"})
	if err != nil || !cfg.TLS || o.cert != "x.pem" {
		t.Errorf("TLS %v, file %q, %v", cfg.TLS, o.cert, err)
	}
	srv, cert := httpsSim(t)
	b, err := os.ReadFile(cert)
	if err != nil || !bytes.Equal(b, srv.CertPEM()) {
		t.Errorf("certificate %q, %v", b, err)
	}
	if plain := startSim(t, simserver.Fast()); plain.CertPEM() != nil {
		t.Error("a server without TLS has a certificate")
	}
}

// TestHTTP2 puts a server that prefers HTTP/2 before the simulated one.
func TestHTTP2(t *testing.T) {
	behind, err := url.Parse(startSim(t, simserver.Fast()).URL())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var protocols map[string]int
	front := func(offer ...string) *httptest.Server {
		proxy := &httputil.ReverseProxy{
			Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(behind) },
			FlushInterval: -1, Transport: &http.Transport{DisableKeepAlives: true},
		}
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				mu.Lock()
				protocols[r.Proto]++
				mu.Unlock()
			}
			proxy.ServeHTTP(w, r)
		}))
		s.EnableHTTP2 = true
		s.TLS = &tls.Config{NextProtos: offer}
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	// Go's servers take HTTP/1.1 even where they offer HTTP/2 alone; others refuse
	// it, as this one, which speaks neither.
	both, neither := front("h2", "http/1.1"), front("x")
	for _, c := range []struct {
		name, at, option, proto, want string
	}{
		{"off where both are spoken", both.URL, "off", "HTTP/1.1", ""},
		{"auto where both are spoken", both.URL, "auto", "HTTP/2.0", ""},
		{"off where HTTP/1.1 is refused", neither.URL, "off", "", "--http2 auto speaks it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mu.Lock()
			protocols = map[string]int{}
			mu.Unlock()
			args, dir := shortRun(t, c.at, "-m", "m", "--insecure", "--http2", c.option, "--concurrency", "2")
			r := tacho(t, args...)
			mu.Lock()
			defer mu.Unlock()
			if c.proto == "" {
				if r.code == 0 || !strings.Contains(r.stderr+r.stdout, c.want) {
					t.Errorf("exit %d, want %q\n%s\n%s", r.code, c.want, r.stdout, r.stderr)
				}
				return
			}
			if r.code != 0 || protocols[c.proto] != 3 || len(protocols) != 1 {
				t.Fatalf("exit %d, requests %v, want 3 of %s\n%s\n%s", r.code, protocols, c.proto, r.stdout, r.stderr)
			}
			clock := readJSON(t, filepath.Join(dir, "manifest.json"))["clock"].(map[string]any)["source"].(string)
			if h2 := strings.HasSuffix(clock, "(HTTP/2)"); h2 != (c.proto == "HTTP/2.0") || !strings.Contains(r.stdout, "clock: "+clock) {
				t.Errorf("clock %q\n%s", clock, r.stdout)
			}
			summary := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
			for _, tag := range []string{"time_to_first_token", "request_latency", "http_req_waiting", "http_req_sending"} {
				m, ok := summary[tag].(map[string]any)
				if !ok || !(m["min"].(float64) >= 0) || tag == "request_latency" && !(m["min"].(float64) > 0) {
					t.Errorf("%s is %v", tag, summary[tag])
				}
			}
		})
	}
}

// TestProxyOfTheEnvironment names a server that only a proxy finds. The program
// runs as a process of its own: Go reads these variables once.
func TestProxyOfTheEnvironment(t *testing.T) {
	plain := startSim(t, simserver.Fast())
	secure, cert := httpsSim(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, host string
		at         *simserver.Server
		args       []string
		vars       []string
		want       bool
	}{
		{"plain", "http://sim.test:80", plain, nil, []string{"AIPERF_HTTP_TRUST_ENV=true"}, true},
		{"tunnel", "https://localhost.test:443", secure, []string{"--insecure"}, []string{"AIPERF_HTTP_TRUST_ENV=1"}, true},
		{"tunnel checked", "https://sim.test:443", secure, []string{"--ca-file", cert}, []string{"AIPERF_HTTP_TRUST_ENV=1"}, false}, // the name is another
		{"not asked for", "http://sim.test:80", plain, nil, nil, false},
		{"left out", "http://sim.test:80", plain, nil, []string{"AIPERF_HTTP_TRUST_ENV=true", "NO_PROXY=.test"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			proxy := proxyTo(t, strings.TrimPrefix(strings.TrimPrefix(c.at.URL(), "https://"), "http://"))
			args, dir := shortRun(t, c.host, append(c.args, "-m", "m")...)
			cmd := exec.Command(exe, args...)
			cmd.Env = append([]string{"TACHO_TEST_AS_PROGRAM=1", "HOME=" + t.TempDir(), "HTTP_PROXY=" + proxy, "HTTPS_PROXY=" + proxy}, c.vars...)
			out, err := ends(t, cmd)
			if (err == nil) != c.want {
				t.Fatalf("%v\n%s", err, out)
			}
			if c.want {
				if n := len(lines(t, filepath.Join(dir, "profile_export.jsonl"))); n != 3 {
					t.Errorf("%d records, want 3", n)
				}
			}
		})
	}
}

// proxyTo is a proxy that takes every address for one.
func proxyTo(t *testing.T, addr string) string {
	t.Helper()
	forward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: addr}) },
		FlushInterval: -1, Transport: &http.Transport{DisableKeepAlives: true},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			forward.ServeHTTP(w, r)
			return
		}
		far, err := net.Dial("tcp", addr)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer far.Close()
		near, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			io.Copy(far, near)
			far.Close()
		}()
		io.Copy(near, far)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// A server that is not reached may lie behind a proxy that the environment names.
func TestProxyHint(t *testing.T) {
	vars := map[string]string{"HTTP_PROXY": "http://user:word@127.0.0.1:1"}
	getenv := func(name string) string { return vars[name] }
	about := func(kind record.ErrKind, host string) string {
		cause, hint := aboutProxy(getenv, kind, host, "not there", "look")
		return cause + "; " + hint
	}
	for host, proxied := range map[string]bool{"far.test:8000": true, "10.0.0.1:80": true, "127.0.0.1:8000": false, "[::1]:8000": false, "localhost:8000": false} {
		if got := about(record.ErrDNS, host); strings.Contains(got, "AIPERF_HTTP_TRUST_ENV") != proxied || strings.Contains(got, "word") {
			t.Errorf("%s: %s", host, got)
		}
	}
	if got := about(record.ErrHTTP5xx, "far.test:8000"); got != "not there; look" {
		t.Errorf("an answer came: %s", got)
	}
	vars["AIPERF_HTTP_TRUST_ENV"] = "true"
	if got := about(record.ErrRefused, "far.test:8000"); got != "not there, or the proxy of HTTP_PROXY is not reached; look" {
		t.Error(got)
	}
}
