package transport

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// parse feeds a stream in reads of the given sizes, the last one repeated, and
// describes each event in a line.
func parse(t testing.TB, stream string, sizes ...int) []string {
	t.Helper()
	p := NewParser(16, 1<<20)
	var out []string
	var e Event
	note := func() {
		out = append(out, fmt.Sprintf("name=%q id=%q data=%q comment=%q retry=%d raw=%q", e.Name, e.ID, e.Data, e.Comment, e.RetryMS, e.Raw))
	}
	for i := 0; len(stream) > 0; i++ {
		n := copy(p.Space(), stream[:min(sizes[min(i, len(sizes)-1)], len(stream))])
		p.Advance(n)
		stream = stream[n:]
		for {
			ok, err := p.Next(&e)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			note()
		}
	}
	if p.Tail(&e) {
		note()
	}
	return out
}

func TestParser(t *testing.T) {
	type ev struct {
		name, id, data, comment string
		retry                   int64
	}
	for _, c := range []struct {
		name, stream string
		want         []ev
	}{
		{"empty", "", nil},
		{"blank lines only", "\n\r\n\r\r\n\n", nil},
		{"LF", "data: a\n\ndata: b\n\n", []ev{{data: "a"}, {data: "b"}}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []ev{{data: "a"}, {data: "b"}}},
		{"CR", "data: a\r\rdata: b\r\r", []ev{{data: "a"}, {data: "b"}}},
		{"mixed line ends", "data: a\r\n\ndata: b\n\r\ndata: c\r\n\rdata: d\n\r", []ev{{data: "a"}, {data: "b"}, {data: "c"}, {data: "d"}}},
		{"more blank lines", "\n\ndata: a\n\n\n\ndata: b\n\n", []ev{{data: "a"}, {data: "b"}}},
		{"no space after the colon", "data:a\n\n", []ev{{data: "a"}}},
		{"white space at both ends", "data:  a b \t\n\n", []ev{{data: "a b"}}},
		{"white space around the name", " data : a\n\n", []ev{{data: "a"}}},
		{"several data lines", "data: a\ndata: b\ndata:\ndata: c\n\n", []ev{{data: "a\nb\n\nc"}}},
		{"first data line empty", "data\ndata: b\n\n", []ev{{data: "\nb"}}},
		{"all fields", "event: delta\nid: 7\nretry: 1500\ndata: x\n\n", []ev{{name: "delta", id: "7", data: "x", retry: 1500}}},
		{"fields do not last", "event: delta\nid: 7\ndata: x\n\ndata: y\n\n", []ev{{name: "delta", id: "7", data: "x"}, {data: "y"}}},
		{"retry that is no number", "retry: soon\ndata: x\n\n", []ev{{data: "x"}}},
		{"comment alone", ": ping\n\ndata: x\n\n", []ev{{comment: "ping"}, {data: "x"}}},
		{"comments", ": a\n:b\ndata: x\n\n", []ev{{data: "x", comment: "a\nb"}}},
		{"error with a comment", "event: error\n: overloaded\n\n", []ev{{name: "error", comment: "overloaded"}}},
		{"no colon", "data\n\n", []ev{{}}},
		{"unknown field", "foo: bar\n\n", []ev{{}}},
		{"tail", "data: a\n\ndata: [DONE]", []ev{{data: "a"}, {data: "[DONE]"}}},
		{"tail after a line end", "data: a\n\ndata: b\r", []ev{{data: "a"}, {data: "b"}}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []ev{{data: "a"}}},
		{"byte order mark and tail", "\xef\xbb\xbfdata: a", []ev{{data: "a"}}},
		{"byte order mark later on", "data: a\n\n\xef\xbb\xbfdata: b\n\n", []ev{{data: "a"}, {}}},
		{"colon in data", "data: a: b\n\n", []ev{{data: "a: b"}}},
		{"raw newline inside JSON", "data: {\"t\":\"a\nb\"}\n\n", []ev{{data: `{"t":"a\nb"}`}}},
		{"two raw newlines", "data: {\"t\":\"a\nb\nc\"}\n\n", []ev{{data: `{"t":"a\nb\nc"}`}}},
		{"a known field ends unfinished JSON", "data: {\"t\":\nid: 4\nx\n\n", []ev{{id: "4", data: `{"t":`}}},
		{"finished JSON takes nothing on", "data: {}\nrest\n\n", []ev{{data: "{}"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want []string
			for _, e := range c.want {
				want = append(want, fmt.Sprintf("name=%q id=%q data=%q comment=%q retry=%d", e.name, e.id, e.data, e.comment, e.retry))
			}
			for size := 1; size <= len(c.stream)+1; size++ {
				var got []string
				for _, line := range parse(t, c.stream, size) {
					line, _, _ = strings.Cut(line, " raw=")
					got = append(got, line)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("reads of %d bytes\ngot  %q\nwant %q", size, got, want)
				}
			}
		})
	}
}

func captures(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/captures/*.body")
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	all := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = string(b)
	}
	return all
}

// TestCapturesCutAnywhere cuts what real servers sent at random, with each of the
// three line ends, and wants what a plain split of the stream gives.
func TestCapturesCutAnywhere(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, stream := range captures(t) {
		blocks := strings.Split(strings.TrimSuffix(stream, "\n\n"), "\n\n")
		for _, end := range []string{"\n", "\r\n", "\r"} {
			s := strings.ReplaceAll(stream, "\n", end)
			whole := parse(t, s, len(s))
			if len(whole) != len(blocks) {
				t.Fatalf("%s with %q: %d events, want %d", name, end, len(whole), len(blocks))
			}
			for i, b := range blocks {
				raw := fmt.Sprintf("raw=%q", strings.ReplaceAll(b, "\n", end))
				if !strings.HasSuffix(whole[i], raw) {
					t.Fatalf("%s with %q: event %d is %s, want %s", name, end, i, whole[i], raw)
				}
			}
			for range 50 {
				sizes := make([]int, 1+rnd.IntN(200))
				for i := range sizes {
					sizes[i] = 1 + rnd.IntN(1+rnd.IntN(600))
				}
				if got := parse(t, s, sizes...); !slices.Equal(got, whole) {
					t.Fatalf("%s with %q cut into %v differs", name, end, sizes)
				}
			}
		}
	}
}

func TestEventTooLarge(t *testing.T) {
	p := NewParser(16, 1000)
	var e Event
	var err error
	n := 0
	for ; err == nil && n < 5000; n += 10 {
		p.Advance(copy(p.Space(), "0123456789"))
		_, err = p.Next(&e)
	}
	if !errors.Is(err, ErrEventTooLarge) || n < 1000 || n > 1100 {
		t.Errorf("error %v after %d bytes, want ErrEventTooLarge soon after 1000", err, n)
	}
}

func TestParserReset(t *testing.T) {
	p := NewParser(16, 1000)
	var e Event
	p.Advance(copy(p.Space(), "event: x\ndata: 1\r"))
	p.Next(&e)
	p.Reset()
	p.Advance(copy(p.Space(), "\xef\xbb\xbfid: 2\n\n"))
	if ok, _ := p.Next(&e); !ok || string(e.ID) != "2" || len(e.Data)+len(e.Name) > 0 {
		t.Errorf("after Reset: %v %+v", ok, e)
	}
}

// sameWhole feeds pieces to one parser, whole where it takes them so, and to
// another that never does, and wants the same events.
func sameWhole(t *testing.T, pieces [][]byte) (whole int) {
	t.Helper()
	show := func(e *Event) string {
		return fmt.Sprintf("name=%q id=%q data=%q comment=%q retry=%d raw=%q at %d %d %v", e.Name, e.ID, e.Data, e.Comment, e.RetryMS, e.Raw, e.AtNS, e.UserNS, e.Kernel)
	}
	a, b := NewParser(16, 1<<20), NewParser(16, 1<<20)
	var got, want []string
	feed := func(p *Parser, piece []byte, e *Event, out *[]string) {
		for len(piece) > 0 {
			n := copy(p.Space(), piece)
			p.Advance(n)
			piece = piece[n:]
			for ok, _ := p.Next(e); ok; ok, _ = p.Next(e) {
				*out = append(*out, show(e))
			}
		}
	}
	for i, piece := range pieces {
		e, f := Event{AtNS: int64(i), UserNS: int64(i + 1), Kernel: true}, Event{AtNS: int64(i), UserNS: int64(i + 1), Kernel: true}
		if a.Whole(piece, &e) {
			whole++
			got = append(got, show(&e))
		} else {
			feed(a, piece, &e, &got)
		}
		feed(b, piece, &f, &want)
		if !slices.Equal(got, want) {
			t.Fatalf("after %q\ngot  %q\nwant %q", pieces[:i+1], got, want)
		}
	}
	return whole
}

func TestWholePieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	bits := []string{"data: x\n\n", "data: {\"a\": 1}\n\n", "data:x\n\n", "data: \n\n", "data:  x\n\n", "data: x \n\n", "data: x\r\n\r\n", "data: x\ny\n\n",
		"data: x\n", "\n", "\r", "\xef\xbb\xbf", ": c\n\n", "data: {\n\n", "data", ": x", "event: e\n", "data: x\rdata: y\n\n", "data: x\n\ndata: y\n\n", "data: \x00\n\n"}
	whole := 0
	for range 20_000 {
		pieces := make([][]byte, 1+rnd.IntN(6))
		for i := range pieces {
			pieces[i] = []byte(bits[rnd.IntN(len(bits))])
		}
		whole += sameWhole(t, pieces)
	}
	for name, stream := range captures(t) {
		events := bytes.SplitAfter([]byte(stream), []byte("\n\n"))
		if n := sameWhole(t, events); n == 0 && strings.HasPrefix(stream, "data: {") {
			t.Errorf("%s: no piece was taken whole", name)
		}
	}
	if whole < 5000 {
		t.Errorf("only %d pieces were taken whole", whole)
	}
}

func FuzzWhole(f *testing.F) {
	f.Add([]byte("data: a\n\n"), []byte("data: b\n\n"), []byte("data: c\r"))
	f.Add([]byte("data: a\r"), []byte("\n"), []byte("data: c\n\n"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) { sameWhole(t, [][]byte{a, b, c}) })
}

func FuzzParser(f *testing.F) {
	for _, s := range captures(f) {
		f.Add([]byte(s[:min(len(s), 1500)]), uint64(7))
	}
	f.Add([]byte("data: a\r\n\r\n: c\rdata: {\"\nx\"}\n\n\xef\xbb\xbfevent:e"), uint64(3))
	f.Fuzz(func(t *testing.T, stream []byte, seed uint64) {
		s := string(stream)
		whole := parse(t, s, max(len(s), 1))
		rnd := rand.New(rand.NewPCG(seed, 0))
		sizes := make([]int, 64)
		for i := range sizes {
			sizes[i] = 1 + rnd.IntN(40)
		}
		if got := parse(t, s, sizes...); !slices.Equal(got, whole) {
			t.Errorf("cut into %v\ngot  %q\nwant %q", sizes, got, whole)
		}
		if len(whole) > bytes.Count(stream, []byte("\n"))+bytes.Count(stream, []byte("\r"))+1 {
			t.Errorf("%d events of %q", len(whole), s)
		}
	})
}
