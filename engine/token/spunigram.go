package token

import (
	"fmt"
	"math"
	"strings"
)

// unigram builds a model that looks for the most likely pieces. Its ids are SentencePiece's own:
// some of Hugging Face's classes move them, which changes no count.
func (m *spModel) unigram(name string, config []byte) (*pipeline, error) {
	cfg, err := parseConfig(config)
	if err != nil {
		return nil, fmt.Errorf("tokenizer_config.json: %w", err)
	}
	best, worst := math.Inf(-1), math.Inf(1)
	for _, p := range m.pieces {
		if p.kind == pieceNormal {
			best, worst = max(best, float64(p.score)), min(worst, float64(p.score))
		}
	}
	all := make([]unigramPiece, len(m.pieces))
	cuttable := !m.rules.suffix
	for id, p := range m.pieces {
		e := unigramPiece{text: p.text, score: float64(p.score), id: int32(id), mute: p.kind != pieceNormal && p.kind != pieceUserDefined}
		if p.kind == pieceUserDefined { // worth more than anything else of the same length
			e.score = float64(len(p.text))*best - 0.1
		}
		all[id] = e
		if !e.mute && strings.LastIndex(p.text, lowerOneEighth) > 0 {
			cuttable = false
		}
	}
	added, unknown := m.special()
	u := makeUnigram(all, worst, m.byteFallback)
	u.unk = int32(unknown)
	t := newPipeline(name)
	t.model = u
	if err := t.setTexts(u.byText); err != nil {
		return nil, err
	}
	if _, err := (&file{AddedTokens: added, Decoder: m.decoder()}).around(t, cfg); err != nil {
		return nil, err
	}
	t.around = aroundUnigram[strings.TrimSuffix(cfg.Class, "Fast")]
	t.normalize = []normalizer{m.rules.normalizer(m.userDefined())}
	if cuttable {
		t.split = []preTokenizer{cutWords}
	}
	return t, nil
}

// aroundUnigram has, by the class that tokenizer_config.json names, how many special tokens it
// sets around a text. SentencePiece sets none.
var aroundUnigram = map[string]int{
	"T5Tokenizer": 1, "MT5Tokenizer": 1, "PegasusTokenizer": 1, "UdopTokenizer": 1, "XGLMTokenizer": 1,
	"XLMRobertaTokenizer": 2, "CamembertTokenizer": 2, "BarthezTokenizer": 2, "AlbertTokenizer": 2, "BigBirdTokenizer": 2,
	"DebertaV2Tokenizer": 2, "RemBertTokenizer": 2, "XLNetTokenizer": 2, "FNetTokenizer": 2, "MBartTokenizer": 2,
	"MBart50Tokenizer": 2, "NllbTokenizer": 2,
}
