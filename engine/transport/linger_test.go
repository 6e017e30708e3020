package transport

import (
	"io"
	"net"
	"testing"
	"time"
)

// A stream that stays open after its last event is complete all the same, and the
// time of its end is that of what it brought.
func TestStreamLeftOpen(t *testing.T) {
	over := make(chan struct{})
	url := rawServer(t, func(c net.Conn, _ []byte) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+
			chunk("data: {\"i\":1}\n\n")+chunk("data: [DONE]\n\n")+chunk("data: late\n\n"))
		<-over
	})
	t.Cleanup(func() { close(over) })
	for _, clock := range []Clock{Precise, Fast} {
		c := newClient(t, Options{Clock: clock, AfterLast: 400 * time.Millisecond, Timeout: 20 * time.Second})
		events := 0
		r := c.Do(t.Context(), &Request{URL: url, Body: []byte("a prompt")}, HandlerFuncs{OnEvent: func(e *Event) error {
			events++
			e.Last = string(e.Data) == "[DONE]"
			return nil
		}})
		if r.Err != nil || !r.LeftOpen || events != 3 {
			t.Errorf("%v: %v, left open %v, %d events", clock, r.Err, r.LeftOpen, events)
		}
		waitOpen(t, c, 0)
	}
}

// A connection whose stream ended in time has no limit left: it idles for longer
// and serves the next request.
func TestLimitIsTakenOff(t *testing.T) {
	url := rawServer(t, func(c net.Conn, _ []byte) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk("data: [DONE]\n\n")+"0\r\n\r\n")
	})
	c := newClient(t, Options{AfterLast: 500 * time.Millisecond})
	for range 2 {
		r := c.Do(t.Context(), &Request{URL: url, Body: []byte("a prompt")}, HandlerFuncs{OnEvent: func(e *Event) error {
			e.Last = true
			return nil
		}})
		if r.Err != nil || r.LeftOpen {
			t.Fatalf("%v, left open %v", r.Err, r.LeftOpen)
		}
		time.Sleep(800 * time.Millisecond)
	}
	if n := c.Counters(); n.Dials != 1 {
		t.Errorf("%d connections", n.Dials)
	}
}
