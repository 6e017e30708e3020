package token

import (
	"strings"
	"testing"
)

// english is about 2 kB of prose with numbers, names and punctuation.
var english = strings.Repeat("The first run of the benchmark, on 14 May, sent 2,048 requests to the endpoint; "+
	"it wasn't slow (the median was 183.5 ms), but Priya's dashboard showed an odd plateau. "+
	"\"Could the batching engine be starved?\" she asked. We looked at the queue, and it's there: "+
	"tokens arrive in bursts, the prefill competes with decoding, and throughput collapses.\n\n", 6)

func BenchmarkCount(b *testing.B) {
	tok := Builtin()
	b.SetBytes(int64(len(english)))
	b.ReportAllocs()
	for b.Loop() {
		tok.Count(english)
	}
}

func BenchmarkEncode(b *testing.B) {
	tok := Builtin()
	b.SetBytes(int64(len(english)))
	b.ReportAllocs()
	for b.Loop() {
		tok.Encode(english)
	}
}

// BenchmarkMerge counts words that no cache knows.
func BenchmarkMerge(b *testing.B) {
	tok, err := builtin()
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("zxqvanterolibdumkerfopalistrande", 64) // one piece of 2 kB
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		tok.Count(text)
	}
}

func BenchmarkLoadBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unpackRanks(o200kPacked); err != nil {
			b.Fatal(err)
		}
	}
}
