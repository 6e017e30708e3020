package token

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// spMessage writes a small model: <unk>, <s>, </s>, and pieces with scores.
func spMessage(kind uint64, charMap string, collapse uint64) []byte {
	bytesField := func(b []byte, n protowire.Number, v []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), v)
	}
	number := func(b []byte, n protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
	}
	var out []byte
	add := func(text string, score float32, kind uint64) {
		p := bytesField(nil, 1, []byte(text))
		p = protowire.AppendFixed32(protowire.AppendTag(p, 2, protowire.Fixed32Type), math.Float32bits(score))
		if kind != 1 { // a usual piece says nothing
			p = number(p, 3, kind)
		}
		out = bytesField(out, 1, p)
	}
	add("<unk>", 0, pieceUnknown)
	add("<s>", 0, pieceControl)
	add("</s>", 0, pieceControl)
	// "ab" is worth more than "bc", so abc is ab and c.
	for i, text := range []string{"▁ab", "ab", "bc", "▁a", "▁", "a", "b", "c"} {
		add(text, -float32(i), 1)
	}
	out = bytesField(out, 2, number(nil, 3, kind))
	norm := number(nil, 3, 1)
	norm = number(norm, 4, collapse)
	if charMap != "" {
		norm = bytesField(norm, 2, []byte(charMap))
	}
	return bytesField(out, 3, norm)
}

func TestSentencePiece(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tokenizer.model.v1")
	if err := os.WriteFile(path, spMessage(modelBPE, "", 0), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{dir, path} {
		tok, src, err := LoadFile("m", p)
		if err != nil || src.Path != path {
			t.Fatalf("%v, %+v", err, src)
		}
		for text, want := range map[string][]int{"abc": {3, 10}, "bc": {7, 5}, "ab ab": {3, 3}, "b x": {7, 9, 7, 0}, "abc</s>": {3, 10, 2}} {
			if got := tok.Encode(text); !slices.Equal(got, want) {
				t.Errorf("%q is %v, want %v", text, got, want)
			}
		}
		if got := tok.Decode([]int{3, 10, 3}); got != "abc ab" {
			t.Errorf("decoded %q", got)
		}
		if n := SpecialTokens(tok); n != 1 {
			t.Errorf("%d special tokens, want the one at the beginning", n)
		}
	}
}

func TestSentencePieceThatCannotBeRead(t *testing.T) {
	good := spMessage(modelBPE, "", 0)
	for want, data := range map[string][]byte{
		"of words or characters":         spMessage(3, "", 0),
		"character map is cut short":     spMessage(modelBPE, "map", 0),
		"it has no pieces":               {},
		"it is no SentencePiece model: ": good[:len(good)-3],
	} {
		if _, err := parseSentencePiece("m", data, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzSentencePiece(f *testing.F) {
	f.Add(spMessage(modelBPE, "", 0))
	f.Add(spMessage(modelUnigram, "m", 1))
	f.Add(spMessage(modelUnigram, "", 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		if tok, err := parseSentencePiece("m", data, nil); err == nil {
			tok.Decode(tok.Encode("abc ab"))
		}
	})
}
