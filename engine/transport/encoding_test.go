package transport

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
)

// flusher is what the packers of the library have in common.
type flusher interface {
	io.WriteCloser
	Flush() error
}

var packers = map[string]func(io.Writer) flusher{
	"gzip":    func(w io.Writer) flusher { return gzip.NewWriter(w) },
	"deflate": func(w io.Writer) flusher { return zlib.NewWriter(w) },
	"Deflate": func(w io.Writer) flusher { f, _ := flate.NewWriter(w, 1); return f },
}

// A proxy that packs what nobody asked to be packed: events come out as they are
// flushed, each at its time, and the connection serves the next request.
func TestPackedStream(t *testing.T) {
	for name, pack := range packers {
		url := rawServer(t, func(c net.Conn, _ []byte) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n", name)
			var b bytes.Buffer
			w := pack(&b)
			put := func() {
				io.WriteString(c, chunk(b.String()))
				b.Reset()
				time.Sleep(20 * time.Millisecond)
			}
			for i := range 3 {
				fmt.Fprintf(w, "data: {\"i\":%d}\n\n", i)
				w.Flush()
				put()
			}
			w.Close()
			put()
			io.WriteString(c, "0\r\n\r\n")
		})
		c := newClient(t, Options{})
		for range 2 {
			var g got
			r := post(c, url, &g)
			if r.Err != nil || len(g.events) != 3 || string(g.events[2].Data) != `{"i":2}` {
				t.Fatalf("%s: %v, events %+v", name, r.Err, g.events)
			}
			for i, e := range g.events[1:] {
				if gap := e.AtNS - g.events[i].AtNS; gap < int64(10*time.Millisecond) {
					t.Errorf("%s: event %d came %d ns after the one before", name, i+1, gap)
				}
			}
		}
		if n := c.Counters(); n.Dials != 1 {
			t.Errorf("%s: %d connections for two requests", name, n.Dials)
		}
	}
}

// What is packed wrongly, or in a way not known, is told as that.
func TestPackedBody(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, `{"a":1}`)
	w.Close()
	for _, c := range []struct {
		name, encoding, body, want string
		status                     int
		kind                       record.ErrKind
	}{
		{"gzip", "gzip", z.String(), `{"a":1}`, 200, record.ErrNone},
		{"not gzip at all", "gzip", `{"a":1,"b":2}`, "", 200, record.ErrBadStream},
		{"cut", "gzip", z.String()[:15], "", 200, record.ErrCutStream},
		{"empty", "gzip", "", "", 200, record.ErrNone},
		{"none", "identity", `{"a":1}`, `{"a":1}`, 200, record.ErrNone},
		{"unknown", "br", "\x0b\x02", "", 200, record.ErrBadStream},
		{"unknown in a failure", "br", "\x0b\x02", "\x0b\x02", 500, record.ErrHTTP5xx},
		{"failure", "gzip", z.String(), `{"a":1}`, 500, record.ErrHTTP5xx},
	} {
		url := rawServer(t, func(conn net.Conn, _ []byte) {
			fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", c.status, c.encoding, len(c.body), c.body)
		})
		var g got
		r := post(newClient(t, Options{}), url, &g)
		have := string(r.ErrorBody)
		if len(g.bodies) > 0 {
			have = string(g.bodies[0].Data)
		}
		if r.Kind != c.kind || have != c.want {
			t.Errorf("%s: %v (%v), %q", c.name, r.Kind, r.Err, have)
		}
		if c.name == "unknown" && !strings.Contains(r.Err.Error(), `"br"`) {
			t.Errorf("%v", r.Err)
		}
	}
}
