package transport

import (
	"io"
	"log"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
)

// A server that answers and closes before it has read anything: net/http then may
// leave the request's body as it is, and Do must not wait for it.
func TestAnswerBeforeTheRequest(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
			c.Close()
		}
	}()
	log.SetOutput(io.Discard) // net/http wonders about such a server
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	c := newClient(t, Options{Timeout: 2 * time.Second})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 3000 {
			if r := c.Do(t.Context(), &Request{URL: "http://" + l.Addr().String(), Body: []byte("a prompt")}, &got{}); r.Err == nil {
				t.Errorf("no failure: %+v", r)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("a request does not end")
	}
}

// A server that wants another protocol and then waits: what it would speak is not
// waited for, which no end of a context could end.
func TestSwitchedProtocol(t *testing.T) {
	over := make(chan struct{})
	url := rawServer(t, func(c net.Conn, _ []byte) {
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n")
		<-over
	})
	t.Cleanup(func() { close(over) })
	c := newClient(t, Options{Timeout: time.Second})
	done := make(chan *Response, 1)
	go func() { done <- c.Do(t.Context(), &Request{URL: url, Body: []byte("a prompt")}, &got{}) }()
	select {
	case r := <-done:
		if r.Status != 101 || r.Kind != record.ErrHTTPOther {
			t.Errorf("status %d, kind %v, error %v", r.Status, r.Kind, r.Err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a request does not end")
	}
}

// A server that answers as soon as it is connected to, and keeps the connection:
// whichever of both sides is first, the failure is told in words.
func TestAnswerToTheConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.WriteString(c, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
				io.Copy(io.Discard, c)
				c.Close()
			}()
		}
	}()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	for _, clock := range []Clock{Precise, Fast} {
		c := newClient(t, Options{Timeout: 20 * time.Second, Reuse: Never, Clock: clock})
		for range 2000 {
			r := c.Do(t.Context(), &Request{URL: "http://" + l.Addr().String(), Body: []byte("a prompt")}, &got{})
			if r.Kind != record.ErrHTTP5xx && r.Kind != record.ErrBadStream || strings.Contains(r.Err.Error(), "%!") {
				t.Fatalf("%v: %v", r.Kind, r.Err)
			}
		}
	}
}
