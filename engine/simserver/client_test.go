package simserver

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start serves cfg until the test ends.
func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func hostOf(s *Server) string {
	_, host, _ := strings.Cut(s.URL(), "://")
	return host
}

// ending is how a connection ended for the client.
type ending string

const (
	endFIN   ending = "FIN"
	endRST   ending = "RST"
	endOpen  ending = "open" // nothing more within the time given
	endAlert ending = "TLS alert"
)

// seen is what a plain client saw on the wire.
type seen struct {
	raw   string
	reads int // separate reads
	end   ending
	took  time.Duration
}

// head returns the response head, body the rest of the raw bytes.
func (s seen) head() string { h, _, _ := strings.Cut(s.raw, "\r\n\r\n"); return h }
func (s seen) body() string { _, b, _ := strings.Cut(s.raw, "\r\n\r\n"); return b }

// dechunk takes the chunked framing off and reports whether it was intact and
// complete.
func (s seen) dechunk() (text string, ok bool) {
	resp, err := http.ReadResponse(bufioReader(s.raw), nil)
	if err != nil {
		return "", false
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return string(b), err == nil
}

// post is an HTTP/1.1 request that asks for the connection to be closed.
func post(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: sim\r\nX-Request-ID: req-1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

func chatBody(model string, tokens int, more string) string {
	return fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"What is TTFT?"}],"max_tokens":%d%s}`, model, tokens, more)
}

const streaming = `,"stream":true,"stream_options":{"include_usage":true}`

// talk sends request on a plain TCP connection and reads until it ends, or
// until nothing has come for idle.
func talk(t *testing.T, s *Server, request string, idle time.Duration) (got seen) {
	t.Helper()
	c, err := net.Dial("tcp", hostOf(s))
	if errors.Is(err, syscall.ECONNRESET) {
		return seen{end: endRST} // faster than connect returned
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_, werr := io.WriteString(c, request)
	begun := time.Now()
	defer func() { got.took = time.Since(begun) }()
	var all bytes.Buffer
	buf := make([]byte, 64<<10)
	for {
		_ = c.SetReadDeadline(time.Now().Add(idle))
		n, err := c.Read(buf)
		if n > 0 {
			all.Write(buf[:n])
			got.reads++
		}
		if err == nil {
			continue
		}
		got.raw = all.String()
		var ne net.Error
		switch {
		case errors.Is(err, io.EOF):
			got.end = endFIN
		case errors.Is(err, syscall.ECONNRESET), errors.Is(werr, syscall.EPIPE):
			got.end = endRST
		case errors.As(err, &ne) && ne.Timeout():
			got.end = endOpen
		default:
			t.Fatalf("read: %v", err)
		}
		return got
	}
}

// handshake tries TLS and returns how it ended.
func handshake(t *testing.T, s *Server) ending {
	t.Helper()
	c, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", hostOf(s), &tls.Config{RootCAs: s.CertPool(), ServerName: "localhost"})
	if err == nil {
		_ = c.Close()
		return endOpen
	}
	var alert tls.AlertError
	var op *net.OpError
	switch {
	case errors.As(err, &alert), errors.As(err, &op) && op.Op == "remote error":
		return endAlert
	case errors.Is(err, io.EOF):
		return endFIN
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return endRST
	}
	t.Fatalf("handshake: %v", err)
	return ""
}

// events returns the data of each SSE event of an intact text, in order.
func events(text string) []string {
	var all []string
	for block := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		var data []string
		for line := range strings.SplitSeq(block, "\n") {
			if d, ok := strings.CutPrefix(line, "data:"); ok {
				data = append(data, strings.TrimPrefix(d, " "))
			}
		}
		if data != nil {
			all = append(all, strings.Join(data, "\n"))
		}
	}
	return all
}

func mustContain(t *testing.T, where, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s lacks %q:\n%s", where, p, clip(text))
		}
	}
}

func clip(s string) string {
	if len(s) > 1500 {
		return s[:700] + " … " + s[len(s)-700:]
	}
	return s
}

// eventually waits until ok holds; the limit only bounds a failure.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: still not after 10 s", what)
		}
	}
}

func bufioReader(s string) *bufio.Reader { return bufio.NewReader(strings.NewReader(s)) }

// hold keeps a long stream open until ctx ends.
func hold(ctx context.Context, s *Server) {
	c, err := net.Dial("tcp", hostOf(s))
	if err != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	_, _ = io.WriteString(c, post("/v1/chat/completions", chatBody("m", 50_000, streaming)))
	_, _ = io.Copy(io.Discard, c)
	_ = c.Close()
}
