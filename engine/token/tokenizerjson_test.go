package token

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestMiniLM compares a WordPiece vocabulary in use, of which the file asks for padding and
// truncation to 128 tokens, with Hugging Face tokenizers.
func TestMiniLM(t *testing.T) {
	tok, src, err := LoadFile("all-MiniLM-L6-v2", "testdata/minilm")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, tok, "testdata/minilm.jsonl.gz")
	if n := SpecialTokens(tok); n != 2 {
		t.Errorf("%d special tokens, want 2: [CLS] and [SEP]", n)
	}
	if got := tok.Decode(tok.Encode("Hello, world! It's unbelievable.")); got != "hello, world! it ' s unbelievable." {
		t.Errorf("decoded %q", got)
	}
	if src.Kind != "file" || src.Name != "all-MiniLM-L6-v2" || !strings.HasPrefix(src.SHA256, "be50c362") {
		t.Errorf("source %+v", src)
	}
	v := tok.(Vocabulary)
	if n := v.VocabSize(); n != 30522 || len(v.TokenIDs(true)) != n || len(v.TokenIDs(false)) != n-5 {
		t.Errorf("vocabulary of %d, %d without special tokens", n, len(v.TokenIDs(false)))
	}
	if n := tok.Count(strings.Repeat("word ", 1000)); n != 1000 {
		t.Errorf("1000 words count as %d tokens: truncation must be off", n)
	}
}

// tiny is a tokenizer.json with a word-level model; more are its other members.
func tiny(more string) string {
	return `{"model":{"type":"WordLevel","vocab":{"a":0,"b":1,"[UNK]":2},"unk_token":"[UNK]"}` + more + `}`
}

func TestUnsupportedPartsAreNamed(t *testing.T) {
	for _, c := range []struct{ name, json, want string }{
		{"normalizer", tiny(`,"normalizer":{"type":"Rot13"}`), `normalizer "Rot13" is not supported`},
		{"in a sequence", tiny(`,"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Rot13"}]}`), `normalizer "Rot13"`},
		{"pre-tokenizer", tiny(`,"pre_tokenizer":{"type":"UnicodeScripts"}`), `pre_tokenizer "UnicodeScripts"`},
		{"nested pre-tokenizer", tiny(`,"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"X"}]}`), `pre_tokenizer "X"`},
		{"post-processor", tiny(`,"post_processor":{"type":"X"}`), `post_processor "X"`},
		{"nested post-processor", tiny(`,"post_processor":{"type":"Sequence","processors":[{"type":"X"}]}`), `post_processor "X"`},
		{"template", tiny(`,"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}]}`), `"<s>" is not defined`},
		{"decoder", tiny(`,"decoder":{"type":"CTC"}`), `decoder "CTC"`},
		{"nested decoder", tiny(`,"decoder":{"type":"Sequence","decoders":[{"type":"X"}]}`), `decoder "X"`},
		{"model", `{"model":{"type":"Neural"}}`, `model "Neural"`},
		{"no model", `{}`, "no model"},
		{"behavior", tiny(`,"pre_tokenizer":{"type":"Split","pattern":{"String":"x"},"behavior":"Shuffled"}`), `"Shuffled"`},
		{"no pattern", tiny(`,"pre_tokenizer":{"type":"Split","behavior":"Isolated"}`), "pattern is missing"},
		{"empty pattern", tiny(`,"pre_tokenizer":{"type":"Split","pattern":{"String":""}}`), "pattern is empty"},
		{"no kind of pattern", tiny(`,"pre_tokenizer":{"type":"Split","pattern":{}}`), "neither"},
		{"bad expression", tiny(`,"pre_tokenizer":{"type":"Split","pattern":{"Regex":"("}}`), "regular expression"},
		{"alien expression", tiny(`,"pre_tokenizer":{"type":"Split","pattern":{"Regex":"[\\p{L}&&[^\\p{Han}]]"}}`), "&& is not supported"},
		{"metaspace", tiny(`,"pre_tokenizer":{"type":"Metaspace","replacement":""}`), "not one character"},
		{"scheme", tiny(`,"pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"x"}`), `prepend_scheme "x"`},
		{"delimiter", tiny(`,"pre_tokenizer":{"type":"CharDelimiterSplit"}`), "CharDelimiterSplit"},
		{"replace", tiny(`,"normalizer":{"type":"Replace"}`), "without a pattern"},
		{"replace nothing", tiny(`,"normalizer":{"type":"Replace","pattern":{"String":""}}`), "empty pattern"},
		{"strip", tiny(`,"decoder":{"type":"Strip","content":"ab"}`), "not one character"},
		{"charsmap", tiny(`,"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"}`), "cut short"},
		{"charsmap size", tiny(`,"normalizer":{"type":"Precompiled","precompiled_charsmap":"/////w=="}`), "cut short"},
		{"charsmap base64", tiny(`,"normalizer":{"type":"Precompiled","precompiled_charsmap":"?"}`), "Precompiled"},
		{"dropout", `{"model":{"type":"BPE","dropout":0.1,"vocab":{},"merges":[]}}`, "dropout 0.1"},
		{"merge", `{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}`, `"a" + "b" is not in the vocabulary`},
		{"merge line", `{"model":{"type":"BPE","vocab":{"a":0},"merges":["ab"]}}`, "not a pair"},
		{"merge prefix", `{"model":{"type":"BPE","continuing_subword_prefix":"##","vocab":{"a":0},"merges":[["a","a"]]}}`, "shorter than the prefix"},
		{"merge type", `{"model":{"type":"BPE","vocab":{"a":0},"merges":[[1]]}}`, "merges"},
		{"id", `{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}`, "out of range"},
		{"huge id", `{"model":{"type":"BPE","vocab":{"a":2000000000},"merges":[]}}`, "out of range"},
		{"added id", tiny(`,"added_tokens":[{"id":-5,"content":"x"}]`), "out of range"},
		{"unknown token", `{"model":{"type":"WordPiece","vocab":{"a":0}}}`, `"[UNK]" is not in the vocabulary`},
		{"unigram", `{"model":{"type":"Unigram","vocab":[["a"]]}}`, "entry 0"},
		{"empty unigram", `{"model":{"type":"Unigram","vocab":[]}}`, "empty"},
		{"unk_id", `{"model":{"type":"Unigram","unk_id":3,"vocab":[["a",0]]}}`, "unk_id 3"},
		{"vocab type", `{"model":{"type":"WordLevel","vocab":7}}`, "WordLevel vocab"},
		{"not JSON", `{`, "tokenizer.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseTokenizer("x", []byte(c.json), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "tokenizer.json") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestSmallVocabularies holds what can be worked out by hand; TestNodes has the rest.
func TestSmallVocabularies(t *testing.T) {
	unigram := `{"pre_tokenizer":%s,"decoder":{"type":"Metaspace","replacement":"▁"},"model":{"type":"Unigram","unk_id":0,
		"vocab":[["<unk>",0],["▁",-2],["▁a",-1],["b",-3],["ab",-1.5],["▁ab",-9]]}}`
	for _, c := range []struct {
		name, json, text string
		ids              []int
		decoded          string
	}{
		{"unigram", fmt.Sprintf(unigram, `{"type":"Metaspace","replacement":"▁"}`), "ab a ??b", []int{1, 4, 2, 1, 0, 3}, "ab a <unk>b"},
		{"add_prefix_space false", fmt.Sprintf(unigram, `{"type":"Metaspace","replacement":"▁","add_prefix_space":false}`), "ab a", []int{4, 2}, "ab a"},
		{"unigram without unknown token", `{"model":{"type":"Unigram","vocab":[["a",-1]]}}`, "aza", []int{0, 0}, "a a"},
		{"model types left out", `{"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}`, "abb", []int{2, 1}, "ab b"},
		{"WordPiece by its fields", `{"model":{"vocab":{"[UNK]":0,"a":1,"##b":2},"max_input_chars_per_word":3}}`, "abb", []int{1, 2, 2}, "a ##b ##b"},
		{"WordPiece limit", `{"model":{"type":"WordPiece","vocab":{"[UNK]":0,"a":1,"##b":2},"max_input_chars_per_word":3}}`, "abbb", []int{0}, "[UNK]"},
		{"WordLevel unknown", tiny(`,"pre_tokenizer":{"type":"WhitespaceSplit"}`), "a c b", []int{0, 2, 1}, "a [UNK] b"},
		{"WordLevel without unknown token", `{"pre_tokenizer":{"type":"WhitespaceSplit"},"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"?"}}`, "a c", []int{0}, "a"},
		{"version line", `{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["#version: 0.2","a b"]}}`, "ab", []int{2}, "ab"},
		{"padding and truncation", tiny(`,"padding":{"strategy":{"Fixed":9}},"truncation":{"max_length":1},"pre_tokenizer":{"type":"WhitespaceSplit"}`), "a a a", []int{0, 0, 0}, "a a a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tok, err := parseTokenizer("x", []byte(c.json), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := tok.Encode(c.text); !slices.Equal(got, c.ids) {
				t.Errorf("Encode(%q) = %v, want %v", c.text, got, c.ids)
			}
			if got := tok.Decode(c.ids); got != c.decoded {
				t.Errorf("Decode(%v) = %q, want %q", c.ids, got, c.decoded)
			}
		})
	}
}

func TestTokenizerConfig(t *testing.T) {
	config := `{"added_tokens_decoder":{"2":{"content":"[UNK]"},"7":{"content":"<new>","special":true},"x":{"content":"y"}},
		"bos_token":null,"eos_token":{"content":"<new>"},"clean_up_tokenization_spaces":true}`
	json := tiny(`,"pre_tokenizer":{"type":"WhitespaceSplit"},"added_tokens":[{"id":2,"content":"[UNK]","special":true},{"id":3,"content":"."}]`)
	tok, err := parseTokenizer("x", []byte(json), []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	if got := tok.Encode("a<new>b."); !slices.Equal(got, []int{0, 7, 1, 3}) {
		t.Errorf("a token of the configuration is not found: %v", got)
	}
	if id, ok := tok.Separator(); id != 7 || !ok {
		t.Errorf("separator %d, %v; want EOS, 7", id, ok)
	}
	if got := tok.Decode([]int{0, 3}); got != "a." {
		t.Errorf("Decode = %q, want the blank before the dot gone", got)
	}
	if got := tok.TokenIDs(false); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("ids without special ones: %v", got)
	}
	if _, err := parseTokenizer("x", []byte(json), []byte("{")); err == nil || !strings.Contains(err.Error(), "tokenizer_config.json") {
		t.Errorf("error %v does not name the file", err)
	}
	bos, err := parseTokenizer("x", []byte(json), []byte(`{"bos_token":"a","eos_token":"b"}`))
	if err != nil {
		t.Fatal(err)
	}
	if id, ok := bos.Separator(); id != 0 || !ok {
		t.Errorf("separator %d, %v; want BOS, 0", id, ok)
	}
	none, err := parseTokenizer("x", []byte(json), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := none.Separator(); ok {
		t.Error("there is a separator without a configuration")
	}
}

func FuzzTokenizerJSON(f *testing.F) {
	f.Add(tiny(`,"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Metaspace","replacement":"_"}`), "a b\xff")
	f.Add(`{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"<0xE2>":3,"▁":4},"merges":["a b"],"byte_fallback":true,"unk_token":"a"}}`, "abb▁▁x☃")
	f.Add(`{"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1],["ab",-1e300]]},"decoder":{"type":"Strip","content":"a","start":1}}`, "abba?")
	f.Add(`{"model":{"type":"WordPiece","vocab":{"[UNK]":0,"a":1}},"pre_tokenizer":{"type":"BertPreTokenizer"},"normalizer":{"type":"BertNormalizer","clean_text":true}}`, "a,中")
	f.Add(tiny(`,"added_tokens":[{"id":9,"content":"b","lstrip":true,"rstrip":true,"single_word":true}],"normalizer":{"type":"Precompiled","precompiled_charsmap":"BAAAAAD/AAEAYQ=="}`), "b  b b")
	f.Fuzz(func(t *testing.T, json, text string) {
		tok, err := parseTokenizer("fuzz", []byte(json), nil)
		if err != nil || len(text) > 1000 {
			return
		}
		ids := tok.Encode(text)
		if n := tok.Count(text); n != len(ids) {
			t.Errorf("Count = %d, Encode gives %d ids", n, len(ids))
		}
		tok.Decode(ids)
	})
}
