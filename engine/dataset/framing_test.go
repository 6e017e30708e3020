package dataset

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// memory is a source in memory.
type memory struct{ *strings.Reader }

func (memory) Close() error { return nil }

// readStore returns all records of a file, with their lines.
func readStore(f framing, content string) (out []rec, err error) {
	s := newStore("x", memory{strings.NewReader(content)}, f, 0, 1)
	for {
		recs, at, err := s.grow()
		if err != nil {
			return out, err
		}
		if len(recs) == 0 {
			return out, nil
		}
		for i := range recs {
			again, err := s.record(at + i)
			if err != nil {
				return out, err
			}
			out = append(out, again)
		}
	}
}

func TestFramings(t *testing.T) {
	type line struct {
		raw  string
		line int
	}
	for name, c := range map[string]struct {
		f    framing
		in   string
		want []line
	}{
		"lines":      {framedLines, "\n a \r\n\nb\nc", []line{{"a", 2}, {"b", 4}, {"c", 5}}},
		"rows":       {framedRows, "a,\"b\nc\"\n\n\"\"\"\n\"\n", []line{{"a,\"b\nc\"", 1}, {"\"\"\"\n\"", 4}}},
		"nothing":    {framedLines, "", nil},
		"list":       {framedList, "\n{\"a\":\"]}\\\"\"} ,\n[1,{}], 5 , \"x\\\\\", null\n]", []line{{`{"a":"]}\""}`, 2}, {`[1,{}]`, 3}, {`5`, 3}, {`"x\\"`, 3}, {`null`, 3}}},
		"empty list": {framedList, " ]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readStore(c.f, c.in)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %v", got, c.want)
			}
			for i, w := range c.want {
				if string(got[i].raw) != w.raw || got[i].line != w.line {
					t.Errorf("record %d is %q in line %d, want %q in %d", i, got[i].raw, got[i].line, w.raw, w.line)
				}
			}
		})
	}
}

// Records that are longer than a block, and blocks of blank lines, are read.
func TestLongRecords(t *testing.T) {
	long := strings.Repeat("x", 5*blockBytes)
	for f, in := range map[framing]string{
		framedLines: "a\n" + long + "\n" + strings.Repeat("\n", 2*blockBytes) + "b",
		framedList:  `"a","` + long + `",` + strings.Repeat("\n", 2*blockBytes) + `"b"]`,
	} {
		got, err := readStore(f, in)
		if err != nil || len(got) != 3 || len(got[1].raw) < len(long) || strings.Trim(string(got[2].raw), `"`) != "b" {
			t.Fatalf("%d records, %v", len(got), err)
		}
		if want := 1 + strings.Count(in[:strings.LastIndex(in, "b")], "\n"); got[2].line != want {
			t.Errorf("the last is in line %d, want %d", got[2].line, want)
		}
	}
	s := newStore("x", memory{strings.NewReader("a\nb")}, framedLines, 0, 1)
	if _, err := s.record(0); err == nil || !strings.Contains(err.Error(), "no record 0 of 0") {
		t.Errorf("a record that is not known gave %v", err)
	}
	endless := endlessSource{}
	if _, _, err := newStore("x", endless, framedLines, 0, 1).grow(); err == nil || !strings.Contains(err.Error(), "longer than 256 MiB") {
		t.Errorf("an endless record gave %v", err)
	}
}

// endlessSource is one line without end.
type endlessSource struct{}

func (endlessSource) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (endlessSource) Close() error                          { return nil }

// Whatever the bytes, records come in order, cover the file as they say, and
// are the same when they are read again.
func FuzzFraming(f *testing.F) {
	for _, s := range []string{"a\nb\n\nc", "a,\"b\nc\"\n", "{\"a\":\"]}\\\"\"} ,\n[1,{}], 5]", "\"", "[[[", "{\"a\": [1, 2", ",", "]x"} {
		for k := range 3 {
			f.Add([]byte(s), k)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, k int) {
		fr := framing(uint(k) % 3)
		got, err := readStore(fr, string(in))
		lines, rest := 0, in
		for _, r := range got {
			at := bytes.Index(rest, r.raw)
			if at < 0 || len(r.raw) == 0 {
				t.Fatalf("record %q is not in %q", r.raw, rest)
			}
			rest = rest[at+len(r.raw):]
			if r.line < lines || r.line > 1+bytes.Count(in, newline) {
				t.Fatalf("record %q is in line %d after %d", r.raw, r.line, lines)
			}
			lines = r.line
		}
		if fr == framedList && err == nil {
			var all []json.RawMessage
			if whole := append([]byte("["), in...); json.Unmarshal(whole, &all) == nil && len(all) != len(got) {
				t.Fatalf("%q has %d elements, got %d", in, len(all), len(got))
			}
		}
		if fr != framedList && err != nil {
			t.Fatalf("%q: %v", in, err)
		}
	})
}

func TestMember(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1,"k":"v"}`: `"v"`, ` { "a" : {"k":1} , "k" : [2] } `: `[2]`, `{}`: "", `{"a":"k"}`: "", `{"k":null}`: "null",
		`[1]`: "?", `{"a" 1}`: "?", `{"a":1 "k":2}`: "?", `{"a":`: "?", `{a:1}`: "?", ``: "?", `{"a":1,`: "?",
	} {
		got, ok := member([]byte(in), "k")
		if !ok {
			got = []byte("?")
		}
		if string(got) != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzMember(f *testing.F) {
	for _, s := range []string{`{"a":1,"k":"v"}`, `{"k":{"k":1}}`, `{"\\u006b":1}`, `{"a":"\\\"","k":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, ok := member(in, "k")
		var m map[string]json.RawMessage
		if !ok || json.Unmarshal(in, &m) != nil || bytes.Contains(in, []byte(`\`)) {
			return
		}
		if bytes.Count(in, []byte(`"k"`)) == 1 && string(m["k"]) != string(got) {
			t.Fatalf("%q: got %s, want %s", in, got, m["k"])
		}
	})
}

func FuzzListStart(f *testing.F) {
	for _, s := range []string{`{"data":[1]}`, `{"x":{"data":[2]},"data":[]}`, `[1]`, `{`, `{"data":`, `5`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, key := range []string{"", "data"} {
			at, err := listStart(bytes.NewReader(in), key)
			if err == nil && (at < 1 || at > int64(len(in)) || in[at-1] != '[') {
				t.Fatalf("the list of %q begins at %d", in, at)
			}
		}
		if _, err := linesBefore(bytes.NewReader(in), int64(len(in))); err != nil && err != io.EOF {
			t.Fatal(err)
		}
	})
}
