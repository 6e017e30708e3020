package transport

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(firehoseEnv) != "" {
		firehose()
		return
	}
	goleak.VerifyTestMain(m)
}

// newClient returns a client that closes with the test.
func newClient(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// rawServer speaks whatever bytes serve writes, once it has read a request.
// It closes each connection when serve returns.
func rawServer(t testing.TB, serve func(conn net.Conn, request []byte)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				for r := bufio.NewReader(conn); ; {
					req, err := readRequest(r)
					if err != nil {
						return
					}
					serve(conn, req)
					if bytes.Contains(req, []byte("X-Once:")) {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return "http://" + l.Addr().String()
}

// readRequest reads head and body of one request.
func readRequest(r *bufio.Reader) ([]byte, error) {
	var all []byte
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		all = append(all, line...)
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	return append(all, body...), err
}

// once asks rawServer to close the connection after the response.
var once = http.Header{"X-Once": {"1"}}

const sseHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

func chunk(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

// got collects what a handler is given, as copies.
type got struct {
	events []Event
	bodies []Body
}

func (g *got) Event(e *Event) error {
	c := *e
	c.Name, c.ID, c.Data = bytes.Clone(e.Name), bytes.Clone(e.ID), bytes.Clone(e.Data)
	c.Comment, c.Raw = bytes.Clone(e.Comment), bytes.Clone(e.Raw)
	g.events = append(g.events, c)
	e.Content = len(e.Data) > 0 && string(e.Data) != "[DONE]"
	return nil
}

func (g *got) Body(b *Body) error {
	c := *b
	c.Data = bytes.Clone(b.Data)
	g.bodies = append(g.bodies, c)
	return nil
}

// sseServer streams n events of a few bytes, gap apart, then [DONE].
func sseServer(n int, gap time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		for i := range n {
			fmt.Fprintf(w, "data: {\"i\":%d}\n\n", i)
			w.(http.Flusher).Flush()
			time.Sleep(gap)
		}
		io.WriteString(w, "data: [DONE]\n\n")
	})
}

func testServer(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// tlsServer is a testServer with TLS and a certificate that nobody trusts.
func tlsServer(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// post sends a small request for a stream.
func post(c *Client, url string, h Handler) *Response {
	return c.Do(context.Background(), &Request{URL: url, Body: []byte(`{"x":1}`), Stream: true}, h)
}
