package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// file is a tokenizer.json. Padding and truncation are not read: counts are of whole texts.
type file struct {
	AddedTokens   []addedNode `json:"added_tokens"`
	Normalizer    *node       `json:"normalizer"`
	PreTokenizer  *node       `json:"pre_tokenizer"`
	PostProcessor *node       `json:"post_processor"`
	Decoder       *node       `json:"decoder"`
	Model         *modelNode  `json:"model"`
}

type addedNode struct {
	ID         int    `json:"id"`
	Content    string `json:"content"`
	Special    bool   `json:"special"`
	Normalized bool   `json:"normalized"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
}

// node is any normalizer, pre-tokenizer, post-processor or decoder: the union of their fields.
type node struct {
	Type          string `json:"type"`
	Normalizers   []node `json:"normalizers"`
	Pretokenizers []node `json:"pretokenizers"`
	Processors    []node `json:"processors"`
	Decoders      []node `json:"decoders"`

	Pattern  *pattern `json:"pattern"`
	Content  string   `json:"content"`
	Behavior string   `json:"behavior"`
	Invert   bool     `json:"invert"`

	Prepend             string `json:"prepend"`
	Lowercase           bool   `json:"lowercase"`
	CleanText           bool   `json:"clean_text"`
	HandleChineseChars  bool   `json:"handle_chinese_chars"`
	StripAccents        *bool  `json:"strip_accents"`
	StripLeft           bool   `json:"strip_left"`
	StripRight          bool   `json:"strip_right"`
	PrecompiledCharsmap string `json:"precompiled_charsmap"`

	AddPrefixSpace   *bool   `json:"add_prefix_space"`
	UseRegex         *bool   `json:"use_regex"`
	Replacement      string  `json:"replacement"`
	PrependScheme    *string `json:"prepend_scheme"`
	Split            *bool   `json:"split"`
	IndividualDigits bool    `json:"individual_digits"`
	Delimiter        string  `json:"delimiter"`

	Start   int     `json:"start"`
	Stop    int     `json:"stop"`
	Prefix  *string `json:"prefix"`
	Suffix  string  `json:"suffix"`
	Cleanup *bool   `json:"cleanup"`

	Single        []templatePart           `json:"single"`
	SpecialTokens map[string]templateToken `json:"special_tokens"`
}

// prependScheme of a Metaspace node, from the older add_prefix_space if need be.
func (n *node) prependScheme() string {
	switch {
	case n.PrependScheme != nil:
		return *n.PrependScheme
	case n.AddPrefixSpace != nil && !*n.AddPrefixSpace:
		return "never"
	}
	return "always"
}

// modelNode is any model: the union of their fields. Vocab is an object, or an array for Unigram.
type modelNode struct {
	Type                    string          `json:"type"`
	Vocab                   json.RawMessage `json:"vocab"`
	Merges                  json.RawMessage `json:"merges"`
	UnkToken                *string         `json:"unk_token"`
	UnkID                   *int            `json:"unk_id"`
	Dropout                 *float64        `json:"dropout"`
	FuseUnk                 bool            `json:"fuse_unk"`
	ByteFallback            bool            `json:"byte_fallback"`
	IgnoreMerges            bool            `json:"ignore_merges"`
	ContinuingSubwordPrefix *string         `json:"continuing_subword_prefix"`
	EndOfWordSuffix         string          `json:"end_of_word_suffix"`
	MaxInputCharsPerWord    int             `json:"max_input_chars_per_word"`
}

func (m *modelNode) prefix() string {
	if m.ContinuingSubwordPrefix == nil {
		return ""
	}
	return *m.ContinuingSubwordPrefix
}

// kind is the type; files of early versions leave it out.
func (m *modelNode) kind() string {
	switch {
	case m.Type != "":
		return m.Type
	case firstByte(m.Vocab) == '[':
		return "Unigram"
	case len(m.Merges) > 0:
		return "BPE"
	case m.MaxInputCharsPerWord > 0:
		return "WordPiece"
	}
	return "WordLevel"
}

func unsupported(what, kind string) error {
	return fmt.Errorf("%s %q is not supported", what, kind)
}

// parseTokenizer builds a tokenizer from the bytes of a tokenizer.json and, if they are there, of
// the tokenizer_config.json beside it.
func parseTokenizer(name string, data, config []byte) (*pipeline, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
			return nil, fmt.Errorf("it is no tokenizer.json (%s writes one from other kinds)", converter)
		}
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	cfg, err := parseConfig(config)
	if err != nil {
		return nil, fmt.Errorf("tokenizer_config.json: %w", err)
	}
	t, err := f.build(name, cfg)
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	return t, nil
}

func newPipeline(name string) *pipeline {
	return &pipeline{name: name, memo: newMemo(), added: map[int]string{}, isSpecial: map[int]struct{}{}, separator: -1}
}

func (f *file) build(name string, cfg *tokenizerConfig) (*pipeline, error) {
	t := newPipeline(name)
	if f.Model == nil {
		return nil, errors.New("there is no model")
	}
	if err := t.setModel(f.Model); err != nil {
		return nil, err
	}
	return f.around(t, cfg)
}

// around builds everything but the model.
func (f *file) around(t *pipeline, cfg *tokenizerConfig) (*pipeline, error) {
	var err error
	if t.normalize, err = newNormalizers(f.Normalizer); err != nil {
		return nil, err
	}
	split, byteLevel, err := newPreTokenizers(f.PreTokenizer)
	if err != nil {
		return nil, err
	}
	t.split, t.byteLevel = split, byteLevel
	if b, ok := t.model.(*bpe); ok && b.cuttable && !byteLevel {
		t.split = append(t.split, cutWords)
	}
	if t.decode, err = newDecoder(f.Decoder); err != nil {
		return nil, err
	}
	if t.around, err = tokensAround(f.PostProcessor); err != nil {
		return nil, err
	}
	added := append(f.AddedTokens, cfg.missing(f.AddedTokens)...)
	if err := t.addTokens(added); err != nil {
		return nil, err
	}
	t.setSeparator(cfg, added)
	_, pairs := t.model.(*bpe)
	t.tidy = cfg.CleanUp && !pairs // transformers ignores the wish for BPE
	t.chat = Chat{Template: string(cfg.Chat), BOS: string(cfg.BOS), EOS: string(cfg.EOS)}
	return t, nil
}

func (t *pipeline) setModel(m *modelNode) error {
	var vocab map[string]int32
	switch m.kind() {
	case "BPE":
		b, err := newBPE(m)
		if err != nil {
			return err
		}
		t.model, vocab = b, b.vocab
	case "WordPiece":
		w, err := newWordPiece(m)
		if err != nil {
			return err
		}
		t.model, vocab = w, w.vocab
	case "WordLevel":
		w, err := newWordLevel(m)
		if err != nil {
			return err
		}
		t.model, vocab = w, w.vocab
	case "Unigram":
		u, err := newUnigram(m)
		if err != nil {
			return err
		}
		t.model, vocab = u, u.byText
	default:
		return unsupported("model", m.Type)
	}
	return t.setTexts(vocab)
}

// setTexts fills t.tokens from the vocabulary.
func (t *pipeline) setTexts(vocab map[string]int32) error {
	size := 0
	for s, id := range vocab {
		if id < 0 || id >= maxRank {
			return fmt.Errorf("id %d of %q is out of range", id, s)
		}
		size = max(size, int(id)+1)
	}
	t.tokens = make([]string, size)
	for s, id := range vocab {
		t.tokens[id] = s
	}
	return nil
}

// addTokens sets the added tokens. Those that are normalized are looked for in the normalized
// text, and so in their own normalized form, which is also what they decode to.
func (t *pipeline) addTokens(nodes []addedNode) error {
	var raw, cooked []addedToken
	for _, n := range nodes {
		if n.ID < 0 || n.ID >= maxRank {
			return fmt.Errorf("id %d of added token %q is out of range", n.ID, n.Content)
		}
		t.added[n.ID] = n.Content
		if n.Special {
			t.isSpecial[n.ID] = struct{}{}
		}
		a := addedToken{
			id: int32(n.ID), content: n.Content, singleWord: n.SingleWord, lstrip: n.LStrip, rstrip: n.RStrip,
		}
		if !n.Normalized {
			raw = append(raw, a)
			continue
		}
		for _, f := range t.normalize {
			a.content = f(a.content)
		}
		cooked = append(cooked, a)
		t.added[n.ID] = a.content
	}
	t.raw, t.cooked = newMatcher(raw), newMatcher(cooked)
	return nil
}

// setSeparator takes BOS, else EOS, from the configuration.
func (t *pipeline) setSeparator(cfg *tokenizerConfig, added []addedNode) {
	for _, want := range []string{string(cfg.BOS), string(cfg.EOS)} {
		if want == "" {
			continue
		}
		if i := slices.IndexFunc(added, func(n addedNode) bool { return n.Content == want }); i >= 0 {
			t.separator = added[i].ID
			return
		}
		if id := slices.Index(t.tokens, want); id >= 0 {
			t.separator = id
			return
		}
	}
}
