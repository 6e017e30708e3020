package dataset

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

// manyLines is a file of several blocks.
func manyLines(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i) + "\n")
	}
	return b.String()
}

// A large file gives the same conversations as a small one, whatever is asked
// for first.
func TestLargeFileEqualsSmall(t *testing.T) {
	pad := strings.Repeat("x", 100)
	for name, c := range map[string]struct {
		file string
		cfg  FileConfig
		n    int
	}{
		"single":   {manyLines(3000, func(i int) string { return fmt.Sprintf(`{"text":"%d %s"}`, i, pad) }), FileConfig{}, 3000},
		"sessions": {manyLines(3000, func(i int) string { return fmt.Sprintf(`{"text":"%d %s","session_id":"s%d"}`, i, pad, i/4) }), FileConfig{}, 750},
		"mixed": {manyLines(3000, func(i int) string {
			if i%5 == 0 || i < 900 {
				return fmt.Sprintf(`{"text":"%d %s"}`, i, pad)
			}
			return fmt.Sprintf(`{"text":"%d %s","session_id":"s%d"}`, i, pad, i/5)
		}), FileConfig{}, 1740},
		"multi": {manyLines(1500, func(i int) string {
			return fmt.Sprintf(`{"session_id":"%d","turns":[{"text":"%s"},{"text":"b"}]}`, i, pad)
		}), FileConfig{}, 1500},
		"trace": {manyLines(3000, func(i int) string {
			return fmt.Sprintf(`{"timestamp":%d,"input_length":40,"hash_ids":[1,2,%d]}`, i*10, i+9)
		}),
			FileConfig{BlockSize: 16, Schedule: &Window{AutoOffset: true}}, 3000},
		"trace, cut": {manyLines(3000, func(i int) string { return fmt.Sprintf(`{"timestamp":%d,"input_length":%d}`, i*10, 10+i%20) }),
			FileConfig{Synthesis: Synthesis{MaxISL: 19}}, 1500},
		"burst":  {"Timestamp,Request tokens,Response tokens\n" + manyLines(5000, func(i int) string { return fmt.Sprintf("%d,%d,5", i, 5+i%7) }), FileConfig{}, 5000},
		"bodies": {manyLines(2000, func(i int) string { return fmt.Sprintf(`{"model":"%d","messages":["%s"]}`, i, pad) }), FileConfig{}, 2000},
		"inputs": {`{"other":[1,{"data":[]}],"data":[` + strings.TrimSuffix(manyLines(1500, func(i int) string {
			return fmt.Sprintf(`  {"session_id":"s%d","payloads":[{"a":"]}%s"}]},`, i, pad)
		}), ",\n") + "\n]}\n", FileConfig{Format: InputsJSON}, 1500},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.Path = write(t, "x.jsonl", c.file)
			small := mustOpen(t, Config{File: c.cfg}, nil)
			c.cfg.atOnce = 1000
			for _, content := range []string{c.file, packed(t, c.file)} {
				c.cfg.Path = write(t, "x.jsonl", content)
				large := mustOpen(t, Config{File: c.cfg}, nil).(*File)
				large.maker = small.(*File).maker // of one content, packed or not
				n, all := large.Known()
				if all || n < 1 || n >= c.n {
					t.Fatalf("%d conversations known at once, all: %v", n, all)
				}
				if !strings.Contains(fmt.Sprint(Describe(large).Notices), "as the run goes on") {
					t.Error("nothing says that the file is read as the run goes on")
				}
				var wg sync.WaitGroup
				for k := range 3 {
					r := rand.New(rand.NewPCG(1, uint64(k)))
					wg.Go(func() {
						for range 300 {
							i := r.IntN(c.n)
							got, err := large.At(i)
							if err != nil {
								t.Errorf("conversation %d: %v", i, err)
								return
							}
							if want, _ := small.At(i); !reflect.DeepEqual(got, want) {
								t.Errorf("conversation %d differs:\n%+v\n%+v", i, got, want)
								return
							}
						}
					})
				}
				wg.Wait()
				if large.Len() != c.n || small.Len() != c.n {
					t.Errorf("%d and %d conversations, want %d", large.Len(), small.Len(), c.n)
				}
				if _, all := large.Known(); !all || large.Has(c.n) {
					t.Error("the end is not known")
				}
				if c.cfg.Schedule != nil {
					a, b := starts(t, small), starts(t, large)
					if len(a) != c.n || !reflect.DeepEqual(a, b) {
						t.Errorf("%d and %d starts, or others", len(a), len(b))
					}
				}
			}
		})
	}
}

func starts(t *testing.T, d Dataset) (out []Start) {
	t.Helper()
	for s, err := range d.(Timed).Starts() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// What is wrong behind what was read is told when it is reached, and what is
// known stays.
func TestLargeFileErrors(t *testing.T) {
	good := func(n int) string { return manyLines(n, func(i int) string { return fmt.Sprintf(`{"text":"%d"}`, i) }) }
	for name, c := range map[string]struct {
		file string
		cfg  FileConfig
		at   int
		want string
	}{
		"broken session line": {good(9000) + `{"text":1,"session_id":"a"}` + "\n", FileConfig{}, 9000, "x.jsonl:9001: text is a number: expected a string"},
		"broken text":         {good(9000) + `{"text":` + "\n", FileConfig{}, 9000, "x.jsonl:9001: it is no JSON"},
		"session comes back":  {`{"text":"a","session_id":"a"}` + "\n" + good(9000) + `{"text":"b","session_id":"a"}` + "\n", FileConfig{}, 9001, `x.jsonl:9002: session "a" had ended`},
		"block sizes": {good(0) + manyLines(9000, func(i int) string { return `{"input_length":32,"hash_ids":[1,2]}` }) + `{"input_length":20,"hash_ids":[1,2]}`,
			FileConfig{BlockSize: 16}, 9000, "x.jsonl:9001: hash id 2 stands for 4 tokens here and for 16 before"},
		"not sorted": {manyLines(9000, func(i int) string { return `{"text":"a","timestamp":50}` }) + `{"text":"b","timestamp":40}`,
			FileConfig{Schedule: &Window{}}, 9000, "x.jsonl:9001: timestamp 40 comes after 50"},
		"no time": {manyLines(9000, func(i int) string { return `{"text":"a","timestamp":50}` }) + `{"text":"b"}`,
			FileConfig{Schedule: &Window{}}, 9000, "x.jsonl:9001: it has no timestamp"},
		"mixed session": {manyLines(9000, func(i int) string { return `{"text_input":"a"}` }) + `{"text_input":"a","session_id":"s"}` + "\n" + `{"payload":{"a":1},"session_id":"s"}`,
			FileConfig{}, 9001, `x.jsonl:9002: session "s" mixes`},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.Path, c.cfg.atOnce = write(t, "x.jsonl", c.file), 1000
			d := mustOpen(t, Config{File: c.cfg}, nil).(*File)
			if _, err := d.At(c.at); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("At(%d): %v, want %q", c.at, err, c.want)
			}
			if _, err := d.At(8000); err != nil {
				t.Errorf("a good conversation before it: %v", err)
			}
			order, err := NewOrder(Sequential, d, random.Seeded(1))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "broken") {
				return // found when it is sent, not when it is counted
			}
			last := 0
			for range c.at + 2 {
				last = order.Next()
			}
			if _, err := d.At(last); err == nil {
				t.Errorf("the order went on to %d, whose conversation is there", last)
			}
			if c.cfg.Schedule != nil {
				n := 0
				for _, err := range d.Starts() {
					if n++; err != nil && !strings.Contains(err.Error(), c.want) {
						t.Errorf("starts end with %v", err)
					}
				}
				if n != 9001 {
					t.Errorf("%d starts, want the 9000 good ones and the error", n)
				}
			}
		})
	}
	d := FileConfig{Path: write(t, "x.jsonl", `{"text":5}`+"\n"+good(500)), Format: SingleTurn, atOnce: 1000}
	if _, err := openFor(t, Config{File: d}, nil); err == nil || !strings.Contains(err.Error(), "x.jsonl:1: text is a number") {
		t.Errorf("a bad first line gave %v", err)
	}
	d = FileConfig{Path: write(t, "x.jsonl", manyLines(500, func(int) string { return `{"input_length":50}` })), Synthesis: Synthesis{MaxISL: 5}, atOnce: 1000}
	if _, err := openFor(t, Config{File: d}, nil); err == nil || !strings.Contains(err.Error(), "no record is left: 500 rows") {
		t.Errorf("a file of which nothing is left gave %v", err)
	}
}

func TestOrder(t *testing.T) {
	cfg := FileConfig{Path: write(t, "x.jsonl", manyLines(100, func(i int) string { return fmt.Sprintf(`{"text":"%d %s"}`, i, strings.Repeat("x", 20)) })), atOnce: 1000}
	large := mustOpen(t, Config{File: cfg}, nil)
	order, err := NewOrder(Sequential, large, random.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 250 {
		if got := order.Next(); got != i%100 {
			t.Fatalf("number %d is %d", i, got)
		}
	}
	if n, all := Known(large); n != 100 || !all {
		t.Errorf("known %d, all %v", n, all)
	}
	if n, all := Known(mustSynthetic(t, SyntheticConfig{Entries: 7, ISL: Dist{Mean: 1}}, random.Seeded(1), nil)); n != 7 || !all {
		t.Errorf("of made-up ones %d are known, all: %v", n, all)
	}
	seen := map[int]bool{}
	order, err = NewOrder(Shuffle, large, random.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		seen[order.Next()] = true
	}
	if len(seen) != 100 {
		t.Errorf("a shuffle of 100 met %d", len(seen))
	}
	if _, err := NewOrder("best", large, random.Seeded(1)); err == nil {
		t.Error("an unknown order gave no error")
	}
}

func TestLRU(t *testing.T) {
	c := lru[int, string]{limit: 100}
	for i := range 10 {
		c.put(i, fmt.Sprint(i), 20)
		if _, ok := c.get(0); !ok && i > 0 {
			t.Errorf("0 is used all the time, and gone after %d", i)
		}
	}
	if c.used > 100 || len(c.items) != 5 {
		t.Errorf("%d bytes in %d items", c.used, len(c.items))
	}
	c.put(0, "new", 25)
	if v, _ := c.get(0); v != "new" || c.used > 100 {
		t.Errorf("replaced by %q, %d bytes", v, c.used)
	}
	if c.put(99, "huge", 26); len(c.items) > 5 {
		t.Error("a value of more than a quarter is kept")
	}
	if _, ok := c.get(99); ok {
		t.Error("a value of more than a quarter is kept")
	}
}

func TestChangedFile(t *testing.T) {
	cfg := FileConfig{Path: write(t, "x.jsonl", manyLines(20, func(i int) string { return fmt.Sprintf(`{"text":"%d %s"}`, i, strings.Repeat("x", 20_000)) }))}
	d := mustOpen(t, Config{File: cfg}, token.Builtin()).(*File)
	if _, err := d.At(0); err != nil {
		t.Fatal(err)
	}
	overwrite(t, cfg.Path, "{}")
	d.stores[0].cache = lru[int, []rec]{}
	if _, err := d.At(19); err == nil || !strings.Contains(err.Error(), "changed while it was in use") {
		t.Errorf("a changed file gave %v", err)
	}
}
