package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"tacho/engine/record"
)

// answer makes a raw server's response of these bytes; then it closes.
func answer(s string) func(net.Conn, []byte) {
	return func(c net.Conn, _ []byte) { io.WriteString(c, s) }
}

// reset closes a connection with a RST after the bytes.
func reset(s string) func(net.Conn, []byte) {
	return func(c net.Conn, _ []byte) {
		io.WriteString(c, s)
		time.Sleep(5 * time.Millisecond) // a RST may overtake data not yet read
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

func TestKindsOfBrokenResponses(t *testing.T) {
	event := chunk("data: x\n\n")
	jsonHead := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for _, c := range []struct {
		name   string
		serve  func(net.Conn, []byte)
		want   record.ErrKind
		events int
	}{
		{"complete", answer(sseHead + event + "0\r\n\r\n"), record.ErrNone, 1},
		{"ends with the connection", answer("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\ndata: y"), record.ErrNone, 2},
		{"trailer", answer(sseHead + event + "0\r\nX-Checksum: " + strings.Repeat("0123456789", 20) + "\r\n\r\n"), record.ErrNone, 1},
		{"chunk extension", answer(sseHead + "9;a=\"0123456789012345678901234567890123456789\"\r\ndata: x\n\n\r\n0\r\n\r\n"), record.ErrNone, 1},
		{"closed without an answer", answer(""), record.ErrReset, 0},
		{"reset without an answer", reset(""), record.ErrReset, 0},
		{"closed in the head", answer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"), record.ErrReset, 0},
		{"closed between chunks", answer(sseHead + event), record.ErrCutStream, 1},
		{"closed in a chunk", answer(sseHead + event + "40\r\ndata: abc"), record.ErrCutStream, 1},
		{"closed in a size line", answer(sseHead + event + "4"), record.ErrCutStream, 1},
		{"reset between chunks", reset(sseHead + event), record.ErrCutStream, 1},
		{"short of the content length", answer(jsonHead + "Content-Length: 100\r\n\r\n{}"), record.ErrCutStream, 0},
		{"no number for a chunk size", answer(sseHead + event + "zz\r\ndata: x\n\n\r\n"), record.ErrBadStream, 1},
		{"chunk longer than its size", answer(sseHead + event + "3\r\ndata: x\n\n\r\n"), record.ErrBadStream, 1},
		{"chunk size too large", answer(sseHead + event + "fffffffffffffffff\r\n"), record.ErrBadStream, 1},
		{"bare line feed in chunking", answer(sseHead + "9\ndata: x\n\n\n0\n\n"), record.ErrBadStream, 0},
		{"no HTTP", answer("SSH-2.0-OpenSSH_9.6\r\n\r\n"), record.ErrBadStream, 0},
		{"bad status", answer("HTTP/1.1 abc OK\r\n\r\n"), record.ErrBadStream, 0},
		{"bad header", answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), record.ErrBadStream, 0},
		{"two content lengths", answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), record.ErrBadStream, 0},
		{"negative content length", answer("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), record.ErrBadStream, 0},
		{"unknown transfer encoding", answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\n"), record.ErrBadStream, 0},
		{"event too large", answer(sseHead + chunk("data: "+strings.Repeat("x", 2000)) + "0\r\n\r\n"), record.ErrBadStream, 0},
		{"body too large", answer(jsonHead + "Content-Length: 3000\r\n\r\n" + strings.Repeat("x", 3000)), record.ErrBadStream, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := rawServer(t, c.serve)
			for _, clock := range []Clock{Precise, Fast} {
				cl := newClient(t, Options{Clock: clock, MaxEvent: 1000, MaxBody: 2000})
				var g got
				r := cl.Do(t.Context(), &Request{URL: url, Header: once, Body: []byte("{}")}, &g)
				if r.Kind != c.want || (r.Err == nil) != (c.want == record.ErrNone) || len(g.events) != c.events {
					t.Errorf("%v: kind %v (%v) with %d events, want %v with %d", clock, r.Kind, r.Err, len(g.events), c.want, c.events)
				}
				if r.Trace.WroteFirstNS == 0 || r.Trace.EndNS < r.Trace.WroteFirstNS {
					t.Errorf("%v: trace %+v", clock, r.Trace)
				}
			}
		})
	}
}

func TestKindsOfStatus(t *testing.T) {
	long := strings.Repeat("e", 3000)
	for _, c := range []struct {
		status    int
		body      string
		want      record.ErrKind
		kept      string
		cut       bool
		sseHeader bool
	}{
		{303, "", record.ErrHTTPOther, "", false, false},
		{404, `{"error":"no such model"}`, record.ErrHTTP4xx, `{"error":"no such model"}`, false, false},
		{429, "data: slow down\n\n", record.ErrHTTP4xx, "data: slow down\n\n", false, true},
		{500, long[:1000], record.ErrHTTP5xx, long[:1000], false, false},
		{503, long, record.ErrHTTP5xx, long[:1000], true, false},
	} {
		s := testServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			if c.sseHeader {
				w.Header().Set("Content-Type", "text/event-stream")
			}
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		}))
		cl := newClient(t, Options{ErrorBody: 1000})
		for i := range 2 {
			var g got
			r := post(cl, s.URL, &g)
			if r.Status != c.status || r.Reason != http.StatusText(c.status) || r.Kind != c.want || r.Err == nil || r.SSE || !r.NotStreamed {
				t.Errorf("status %d: %+v", c.status, r)
			}
			if string(r.ErrorBody) != c.kept || r.ErrorBodyCut != c.cut || len(g.bodies)+len(g.events) > 0 {
				t.Errorf("status %d: kept %q, cut %v", c.status, r.ErrorBody, r.ErrorBodyCut)
			}
			if r.Trace.Reused != (i == 1) {
				t.Errorf("status %d: the second request's connection: reused %v", c.status, r.Trace.Reused)
			}
		}
	}
}

func TestKindsOfConnectFailures(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	plain := testServer(t, sseServer(1, 0))
	secure := tlsServer(t, sseServer(1, 0))

	for _, c := range []struct {
		name, url string
		tamper    func(*Client)
		want      record.ErrKind
	}{
		{"refused", "http://" + nobody, nil, record.ErrRefused},
		{"name", "http://inference.invalid/v1", func(c *Client) {
			c.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no resolver in this test")
			}}
		}, record.ErrDNS},
		{"unreachable", plain.URL, func(c *Client) {
			c.dialer.Control = func(string, string, syscall.RawConn) error { return syscall.ENETUNREACH }
		}, record.ErrConnect},
		{"no address of that family", plain.URL, func(c *Client) { c.opts.IPVersion = 6 }, record.ErrConnect},
		{"certificate", secure.URL, nil, record.ErrTLS},
		{"no TLS there", strings.Replace(plain.URL, "http:", "https:", 1), nil, record.ErrTLS},
		{"bad url", "http://a b/", nil, record.ErrOther},
		{"no scheme", "localhost", nil, record.ErrOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := newClient(t, Options{})
			if c.tamper != nil {
				c.tamper(cl)
			}
			r := post(cl, c.url, &got{})
			if r.Kind != c.want || r.Err == nil || r.Status != 0 {
				t.Fatalf("kind %v, error %v, want %v", r.Kind, r.Err, c.want)
			}
			tr := &r.Trace
			if tr.WroteFirstNS != 0 || tr.DepartNS() != tr.StartNS || tr.Sent {
				t.Errorf("trace %+v", tr)
			}
			switch c.want {
			case record.ErrRefused, record.ErrConnect:
				if tr.ConnectDoneNS == 0 || tr.ConnectDoneNS < tr.ConnectStartNS {
					t.Errorf("no time of the connect in %+v", tr)
				}
			case record.ErrDNS:
				if tr.DNSDoneNS < tr.DNSStartNS || tr.DNSStartNS == 0 || tr.ConnectStartNS != 0 {
					t.Errorf("no time of the lookup alone in %+v", tr)
				}
			case record.ErrTLS:
				if tr.TLSDoneNS < tr.TLSStartNS || tr.TLSStartNS < tr.ConnectDoneNS || tr.TLSStartNS == 0 {
					t.Errorf("no time of the handshake in %+v", tr)
				}
			}
			if n := cl.Counters(); c.want != record.ErrOther && (n.Dials != 1 || n.DialErrors != 1 || n.DialsNow != 0 || n.OpenConns != 0) {
				t.Errorf("counters %+v", n)
			}
		})
	}
}

func TestTimeouts(t *testing.T) {
	stuck := make(chan struct{})
	silent := rawServer(t, func(net.Conn, []byte) { <-stuck })
	stalled := rawServer(t, func(c net.Conn, _ []byte) {
		io.WriteString(c, sseHead+chunk("data: x\n\n"))
		<-stuck
	})
	defer close(stuck)
	for _, c := range []struct {
		name, url string
		events    int
		viaCtx    bool
	}{{"before the head", silent, 0, false}, {"in the stream", stalled, 1, false}, {"by the context", stalled, 1, true}} {
		t.Run(c.name, func(t *testing.T) {
			o, ctx := Options{Timeout: 60 * time.Millisecond}, t.Context()
			if c.viaCtx {
				o.Timeout = 0
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 60*time.Millisecond)
				defer cancel()
			}
			var g got
			r := newClient(t, o).Do(ctx, &Request{URL: c.url, Header: once, Body: []byte("{}")}, &g)
			if r.Kind != record.ErrTimeout || len(g.events) != c.events || r.Planned {
				t.Errorf("kind %v (%v) with %d events, want timeout with %d", r.Kind, r.Err, len(g.events), c.events)
			}
			if took := time.Duration(r.Trace.EndNS - r.Trace.StartNS); took < 30*time.Millisecond { // the context began before Do
				t.Errorf("gave up after %v", took)
			}
		})
	}
}

func TestCancellation(t *testing.T) {
	s := testServer(t, sseServer(1000, time.Millisecond))
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	r := newClient(t, Options{}).Do(ctx, &Request{URL: s.URL, Body: []byte("{}")}, HandlerFuncs{OnEvent: func(*Event) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	}})
	if r.Kind != record.ErrCancelled || r.Planned || n > 900 {
		t.Errorf("kind %v (%v), planned %v after %d events", r.Kind, r.Err, r.Planned, n)
	}
}

func TestPlannedCancellation(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	url := rawServer(t, func(net.Conn, []byte) { <-stuck })
	for _, after := range []time.Duration{0, 30 * time.Millisecond} {
		var sent int64
		r := newClient(t, Options{}).Do(t.Context(), &Request{
			URL: url, Body: []byte("{}"), CancelSent: true, CancelAfter: after,
			OnSent: func(at int64) { sent = at },
		}, &got{})
		if r.Kind != record.ErrCancelled || !r.Planned || !r.Trace.Sent {
			t.Errorf("kind %v (%v), planned %v, trace %+v", r.Kind, r.Err, r.Planned, r.Trace)
		}
		if sent != r.Trace.WroteEndNS || r.Trace.EndNS-sent < int64(after) {
			t.Errorf("sent at %d, trace says %d; ended %v later", sent, r.Trace.WroteEndNS, time.Duration(r.Trace.EndNS-sent))
		}
	}
}

func TestHandlerEndsRequest(t *testing.T) {
	s := testServer(t, sseServer(100, time.Millisecond))
	mine := errors.New("malformed by the handler's own account")
	for _, c := range []struct {
		err  error
		want record.ErrKind
	}{{mine, record.ErrOther}, {&KindError{record.ErrStreamError, mine}, record.ErrStreamError}} {
		n := 0
		r := post(newClient(t, Options{}), s.URL, HandlerFuncs{OnEvent: func(*Event) error { n++; return c.err }})
		if n != 1 || r.Kind != c.want || !errors.Is(r.Err, mine) || r.Events != 1 {
			t.Errorf("kind %v (%v) after %d events, want %v after one", r.Kind, r.Err, n, c.want)
		}
	}
}
