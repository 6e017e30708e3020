package endpoint

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
)

// allNames are the lists of members that the APIs read.
var allNames = map[string][]string{
	"responses": responsesNames, "messages": anthropicNames, "delta": anthropicDeltaNames, "auto": autoNames, "ranking": rankingNames,
	"vector": vectorNames, "embedding": embeddingNames, "generate": generateNames, "image": imageNames, "retrieval": retrievalNames,
	"transcript": transcriptNames, "video": videoNames, "job": jobNames, "item": itemNames, "error": errorNames, "file": fileNames, "solido": solidoNames,
}

// agreeOnMembers checks the quick reader of members against the complete one,
// and reports whether the quick one took the data.
func agreeOnMembers(t *testing.T, data []byte) (quick bool) {
	t.Helper()
	for api, names := range allNames {
		var fast, full members
		if !fast.scan(data, names) {
			continue
		}
		quick = true
		if !full.parse(data, names) {
			t.Fatalf("the quick reader accepts what is no object: %q", data)
		}
		for i := range names {
			if string(fast[i]) != string(full[i]) {
				t.Fatalf("%s: the readers differ on %q in %q: %q, %q", api, names[i], data, fast[i], full[i])
			}
		}
	}
	return quick
}

func TestNamesFit(t *testing.T) {
	for api, names := range allNames {
		if len(names) > maxMembers {
			t.Errorf("%s reads %d members, more than %d", api, len(names), maxMembers)
		}
	}
}

func TestMemberReadersAgree(t *testing.T) {
	quick, all := 0, 0
	seeds := decodeSeeds(t)
	for _, c := range aiperfCases(t, "decode.jsonl") {
		seeds = append(seeds, c.Units...)
	}
	for _, u := range append(corpusUnits(t), seeds...) {
		if !json.Valid([]byte(u)) || u[0] != '{' {
			continue
		}
		all++
		if agreeOnMembers(t, []byte(u)) {
			quick++
		}
	}
	if quick < all*97/100 {
		t.Errorf("only %d of %d objects took the quick path", quick, all)
	}
	r := rand.New(rand.NewPCG(3, 4))
	bits := []string{"null", `""`, "{}", "[]", ",", ":", `"delta":`, `"type":"x"`, "1e999", "01", `\u0041`, "\xff", "\x00", " ", "}", "]", `\`}
	for range 6_000 {
		b := []byte(seeds[r.IntN(len(seeds))])
		for range 1 + r.IntN(3) {
			i := r.IntN(len(b) + 1)
			j := min(len(b), i+r.IntN(12))
			b = append(append(append([]byte{}, b[:i]...), bits[r.IntN(len(bits))]...), b[j:]...)
		}
		agreeOnMembers(t, b)
	}
}

func FuzzMembers(f *testing.F) {
	for _, s := range decodeSeeds(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		agreeOnMembers(t, data)
		var list []string
		ok := eachElement(data, func(raw json.RawMessage) bool { list = append(list, string(raw)); return true })
		if !ok || !json.Valid(data) {
			return
		}
		full := asList(data)
		if len(full) != len(list) {
			t.Fatalf("%q: %d elements, want %d", data, len(list), len(full))
		}
		for i := range full {
			if string(full[i]) != list[i] {
				t.Errorf("%q: element %d is %q, want %q", data, i, list[i], full[i])
			}
		}
	})
}

func TestTruthy(t *testing.T) {
	for raw, want := range map[string]bool{
		"": false, " ": false, "null": false, "false": false, "true": true, `""`: false, `" "`: true, "[]": false, "[ ]": false, "[0]": true,
		"{}": false, "{ \n}": false, `{"a":0}`: true, "0": false, "-0.0": false, "0e5": false, "1": true, "1e-400": false, " 1 ": true,
	} {
		if got := truthy(json.RawMessage(raw)); got != want {
			t.Errorf("truthy(%q) = %v, want %v", raw, got, want)
		}
	}
}
