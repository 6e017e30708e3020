package endpoint

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// say is all that a delta says.
func say(d *Delta, err error) string {
	return fmt.Sprintf("%v kind %d text %q reasoning %q tool %q calls %+v usage %v %+v done %v notjson %v foreign %v loose %v failed %v %q video %v part %v role %v folds %q",
		err, d.Kind, d.Text, d.Reasoning, d.Tool, d.Calls, d.HasUsage, d.Usage, d.Done, d.NotJSON, d.Foreign, d.Loose, d.Failed, d.Error, d.Video, d.part, d.role, d.folds)
}

// sameAfter checks that units say the same whatever was read before them, and
// returns how many were read by the frame.
func sameAfter(t *testing.T, e Endpoint, relaxed bool, units ...[]byte) (framed int) {
	t.Helper()
	used := Delta{Relaxed: relaxed}
	for i, data := range units {
		if used.last.fill(data) != nil {
			framed++
		}
		fresh := Delta{Relaxed: relaxed}
		want := say(&fresh, e.Decode(data, &fresh))
		if got := say(&used, e.Decode(data, &used)); got != want {
			t.Fatalf("%s: unit %d after the others\n%q\ngot  %s\nwant %s", e.Spec().Type, i, units[:i+1], got, want)
		}
	}
	return framed
}

func TestFrameReadsRealStreams(t *testing.T) {
	framed, texts := 0, 0
	for _, name := range captureFiles(t) {
		var units [][]byte
		for _, u := range captureUnits(t, name) {
			units = append(units, []byte(u))
			if strings.Contains(u, `"content":"`) || strings.Contains(u, `"text":"`) {
				texts++
			}
		}
		for _, e := range []Endpoint{Chat{}, Completions{}} {
			framed += sameAfter(t, e, false, units...)
		}
	}
	if framed < texts/2 {
		t.Errorf("the frame read %d units, want at least half of %d", framed, texts)
	}
}

// Units that differ from the one before at a place or two, most of them inside
// of the text.
func TestFrameAgreesOnVariants(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	bits := []string{"", "x", " word", "日本", `"`, `\`, `\n`, `\"`, "\xff", "\x00", "\n", `","content":"`, `"}`, `null`, "a longer text than eight bytes", "0"}
	seeds := append(decodeSeeds(t),
		`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"x","reasoning_content":"y"}}]}`,
		`{"object":"chat.completion.chunk","choices":[{"delta":{"content":null,"reasoning":"why"}}]}`,
		`{"choices":[{"delta":{"content":"x"}}],"object":"chat.completion.chunk"}`,
		`{"choices":[{"delta":{"content":"x"}}]}`,
		`{"object":"text_completion","choices":[{"text":"text_completion"}]}`)
	framed := 0
	for range 40_000 {
		a := seeds[r.IntN(len(seeds))]
		units := [][]byte{[]byte(a)}
		for range 1 + r.IntN(3) {
			at := r.IntN(len(a) + 1)
			for _, key := range []string{`"content":"`, `"text":"`, `"reasoning":"`, `"reasoning_content":"`} {
				if i := strings.Index(a, key); i >= 0 && r.IntN(4) > 0 {
					at = min(i+len(key)+r.IntN(3), len(a))
				}
			}
			cut := min(at+r.IntN(4), len(a))
			units = append(units, []byte(a[:at]+bits[r.IntN(len(bits))]+a[cut:]))
		}
		e := []Endpoint{Chat{}, Completions{}}[r.IntN(2)]
		framed += sameAfter(t, e, r.IntN(2) == 0, units...)
	}
	if framed < 5000 {
		t.Errorf("only %d units took the frame", framed)
	}
}

func FuzzFrame(f *testing.F) {
	for _, s := range decodeSeeds(f) {
		f.Add([]byte(s), []byte(strings.Replace(s, `t":"`, `t":"more `, 1)), true)
	}
	f.Fuzz(func(t *testing.T, a, b []byte, relaxed bool) {
		for _, e := range []Endpoint{Chat{}, Completions{}} {
			sameAfter(t, e, relaxed, a, b, a)
		}
	})
}

// TestResetIsComplete fills every field of a delta and wants reset to leave
// only buffers and settings.
func TestResetIsComplete(t *testing.T) {
	kept := map[string]bool{"Relaxed": true, "unit": true, "last": true, "tool": true, "vals": true, "replay": true}
	var d, zero Delta
	zero.reset()
	d.Kind, d.Text, d.Reasoning, d.Tool = ImageUnit, []byte("a"), []byte("b"), []byte("c")
	d.Calls, d.Usage, d.HasUsage = []ToolPiece{{}}, Usage{}, true
	d.Done, d.NotJSON, d.Foreign, d.Loose, d.Failed, d.Error = true, true, true, true, true, []byte("d")
	d.Video, d.part, d.role, d.folds = Video{1, 2}, partID{1, 2}, wholePart, []byte("{}")
	for v, i := reflect.ValueOf(&d).Elem(), 0; i < v.NumField(); i++ {
		if name := v.Type().Field(i).Name; !kept[name] && fmt.Sprint(v.Field(i)) == fmt.Sprint(reflect.ValueOf(&zero).Elem().Field(i)) {
			t.Errorf("field %s is not filled in by this test", name)
		}
	}
	d.reset()
	for v, i := reflect.ValueOf(&d).Elem(), 0; i < v.NumField(); i++ {
		name := v.Type().Field(i).Name
		if got, want := fmt.Sprint(v.Field(i)), fmt.Sprint(reflect.ValueOf(&zero).Elem().Field(i)); !kept[name] && got != want {
			t.Errorf("reset leaves %s as %s, want %s", name, got, want)
		}
	}
}

// BenchmarkStream decodes units that differ in their text alone, as those of a
// stream do.
func BenchmarkStream(b *testing.B) {
	unit := captureUnits(b, "vllm/chat_stream_usage")[20]
	i := strings.Index(unit, `"content":"`) + len(`"content":"`)
	var units [8][]byte
	for j := range units {
		units[j] = []byte(unit[:i] + strings.Repeat("z", j) + unit[i:])
	}
	var d Delta
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if err := (Chat{}).Decode(units[n%len(units)], &d); err != nil || !d.Content() {
			b.Fatal(err)
		}
	}
}
