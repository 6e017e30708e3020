package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"
)

// queue is a socket as the kernel keeps it: entries with one stamp each. A read
// takes what is there across entries and has the stamp of the last one. Entries
// are there from the start, or each comes when what was before it is read.
type queue struct {
	entries []entry
	trickle bool
	reads   int
	end     error
}

type entry struct {
	at   int64
	data []byte
}

func (q *queue) readStamped(b []byte, _ int64) (n int, a arrival, err error) {
	if len(b) == 0 {
		return 0, a, errors.New("a read of nothing")
	}
	if len(q.entries) == 0 {
		return 0, a, q.end
	}
	q.reads++
	for len(q.entries) > 0 && n < len(b) {
		e := &q.entries[0]
		m := copy(b[n:], e.data)
		n += m
		a = arrival{e.at, e.at + 1, true}
		if e.data = e.data[m:]; len(e.data) > 0 {
			break
		}
		q.entries = q.entries[1:]
		if q.trickle {
			break
		}
	}
	return n, a, nil
}

// tapped runs a tap over the queue and returns the events as "stamp raw", what it
// left, and how it ended.
func tapped(q *queue, size int, precise bool, held []byte) (events []string, rest []byte, pending string, err error) {
	p := NewParser(16, 1<<20)
	k := &call{x: &exchange{}, resp: &Response{}, h: HandlerFuncs{OnEvent: func(e *Event) error {
		events = append(events, fmt.Sprintf("%d %q", e.AtNS, e.Raw))
		return nil
	}}}
	t := &tap{buf: make([]byte, size)}
	t.begin(&stream{k: k, p: p, shard: new(shard)}, arrival{1, 1, true}, precise)
	left, err := t.run(q, held)
	return events, bytes.Clone(left), string(p.pending()), err
}

// TestTapKeepsStamps has every chunk in a queue entry of its own, and wants each
// event with the stamp of its entry, for few reads.
func TestTapKeepsStamps(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, trickle := range []bool{false, true} {
		for _, spread := range []int{1, 12, 60} {
			q := &queue{trickle: trickle}
			var want []string
			for i := range 400 {
				e := "data: " + strings.Repeat("x", 200+rnd.IntN(spread))
				if i%97 == 50 {
					e += strings.Repeat("y", 3000)
				}
				at := int64(1000 + 10*i)
				q.entries = append(q.entries, entry{at, []byte(chunk(e + "\n\n"))})
				want = append(want, fmt.Sprintf("%d %q", at, e))
			}
			q.entries = append(q.entries, entry{9999, []byte("0\r\n\r\n")})
			got, left, _, err := tapped(q, 4<<10, true, nil)
			if err != nil || string(left) != "0\r\n\r\n" || !slices.Equal(got, want) {
				for i := range min(len(got), len(want)) {
					if got[i] != want[i] {
						t.Errorf("event %d: got %.20s, want %.20s", i, got[i], want[i])
					}
				}
				t.Fatalf("trickle %v, spread %d: error %v, left %q, %d events", trickle, spread, err, left, len(got))
			}
			if most := map[bool]int{false: 430, true: 820}[trickle]; q.reads > most {
				t.Errorf("trickle %v, spread %d: %d reads of 400 events, want %d at most", trickle, spread, q.reads, most)
			}
		}
	}
}

// A chunk whose second part comes later than its first is complete with that.
func TestTapWaitsForTheWholeChunk(t *testing.T) {
	big := chunk("data: " + strings.Repeat("x", 300) + "\n\n")
	q := &queue{trickle: true, end: io.EOF}
	for i := range 50 {
		q.entries = append(q.entries, entry{int64(100 * i), []byte(big[:200])}, entry{int64(100*i + 50), []byte(big[200:])})
	}
	got, _, _, err := tapped(q, 4<<10, true, nil)
	if err != io.EOF || len(got) != 50 {
		t.Fatal(len(got), err)
	}
	for i, e := range got {
		if want := fmt.Sprintf("%d ", 100*i+50); !strings.HasPrefix(e, want) {
			t.Errorf("event %d has stamp %.6s, want %s", i, e, want)
		}
	}
}

// sameAsNetHTTP checks the tap, and net/http's reader after it, against that
// reader alone.
func sameAsNetHTTP(t *testing.T, body []byte, seed uint64) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 0))
	whole, wantErr := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body)))
	var want []string
	p := NewParser(16, 1<<20)
	var e Event
	for rest := whole; len(rest) > 0; {
		n := copy(p.Space(), rest)
		p.Advance(n)
		rest = rest[n:]
		for ok, _ := p.Next(&e); ok; ok, _ = p.Next(&e) {
			want = append(want, fmt.Sprintf("%q", e.Raw))
		}
	}

	held := rnd.IntN(min(len(body), 60) + 1)
	q := &queue{trickle: rnd.IntN(2) == 0, end: io.EOF}
	for rest := body[held:]; len(rest) > 0; {
		n := min(1+rnd.IntN(1+rnd.IntN(300)), len(rest))
		q.entries = append(q.entries, entry{1, rest[:n]})
		rest = rest[n:]
	}
	events, left, pending, err := tapped(q, 64+rnd.IntN(1000), rnd.IntN(2) == 0, body[:held])
	var got []string
	for _, e := range events {
		_, raw, _ := strings.Cut(e, " ")
		got = append(got, raw)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // as net/http makes of it before the last chunk
	}
	if err == nil {
		for _, e := range q.entries {
			left = append(left, e.data...)
		}
		var tail []byte
		tail, err = io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(left)))
		for rest := append([]byte(pending), tail...); len(rest) > 0; {
			p.Reset()
			for len(rest) > 0 {
				n := copy(p.Space(), rest)
				p.Advance(n)
				rest = rest[n:]
				for ok, _ := p.Next(&e); ok; ok, _ = p.Next(&e) {
					got = append(got, fmt.Sprintf("%q", e.Raw))
				}
			}
		}
	}
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("%q: error %v, want %v", body, err, wantErr)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q:\ngot  %q\nwant %q", body, got, want)
	}
}

func chunkedSeeds() []string {
	events := chunk("data: a\n\n") + chunk("data: "+strings.Repeat("b", 230)+"\n\n") + chunk("data: c\n\ndata: d\n\n") + chunk("data: e") + chunk("\n\n")
	return []string{
		events + "0\r\n\r\n", events, events + "5", events + "5\r", events + "5\r\nda", events + "zz\r\n", events + "3\r\ndata",
		events + "9;x=1\r\ndata: f\n\n\r\n" + events + "0\r\n\r\n", events + "0\r\nA: b\r\n\r\n", events + "9 \r\ndata: f\n\n\r\n0\r\n\r\n",
		events + "9\ndata: f\n\n\r\n0\r\n\r\n", events + "00000000000000009\r\ndata: f\n\n\r\n0\r\n\r\n", events + "ffffffffffffffff\r\n",
		events + "9;name=\"" + strings.Repeat("v", 150) + "\"\r\ndata: f\n\n\r\n" + events + "0;x\r\n\r\n", events + "9;x\ndata: f\n\n\r\n", events + "9;x\r;y\r\ndata: f\n\n\r\n",
		events + "\r\n", events + "9\r\ndata: f\n\n\rX", events + "9\r\ndata: f\n\nX", events + "A\r\ndata: ff\n\n\r\n0\r\n\r\n", "",
	}
}

func TestTapReadsLikeNetHTTP(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, s := range chunkedSeeds() {
		for seed := range uint64(50) {
			sameAsNetHTTP(t, []byte(s), seed)
			b := []byte(s)
			if len(b) > 0 {
				b[rnd.IntN(len(b))] = "0\r\n9fx; "[rnd.IntN(8)]
				sameAsNetHTTP(t, b, seed)
			}
		}
	}
}

func FuzzTap(f *testing.F) {
	for i, s := range chunkedSeeds() {
		f.Add([]byte(s), uint64(i))
	}
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		if len(body) < 8<<10 { // beyond, net/http counts how much is not data
			sameAsNetHTTP(t, body, seed)
		}
	})
}

// A head is cut off wherever reads end, and one of status 1xx is a head too.
func TestHeadEnd(t *testing.T) {
	heads := []string{"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n"}
	all := strings.Join(heads, "")
	for size := 1; size <= len(all); size++ {
		var h headEnd
		var got []string
		head := ""
		for rest := all; len(rest) > 0; {
			b := rest[:min(size, len(rest))]
			for len(b) > 0 {
				n := h.find([]byte(b))
				head += b[:n]
				b, rest = b[n:], rest[n:]
				if !h.atLineStart && strings.HasSuffix(head, "\n") {
					got, head = append(got, head), ""
				}
			}
		}
		if !slices.Equal(got, heads) {
			t.Fatalf("reads of %d: %q", size, got)
		}
	}
}

// A size line longer than net/http's buffer is read all the same.
func TestLongExtension(t *testing.T) {
	line := strings.Replace(chunk("data: a\n\n"), "\r\n", ";name="+strings.Repeat("v", 500)+"\r\n", 1)
	url := rawServer(t, func(c net.Conn, _ []byte) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+line+line+"0\r\n\r\n")
	})
	for _, clock := range []Clock{Precise, Fast} {
		var g got
		if r := post(newClient(t, Options{Clock: clock}), url, &g); r.Err != nil || len(g.events) != 2 {
			t.Errorf("%v: %v, %d events", clock, r.Err, len(g.events))
		}
	}
}
