package token

import (
	"encoding/json"
	"math"
)

// pairs builds a model that merges pairs.
func (m *spModel) pairs(name string, config []byte) (*pipeline, error) {
	data, err := m.tokenizerJSON()
	if err != nil {
		return nil, err
	}
	t, err := parseTokenizer(name, data, config)
	if err != nil {
		return nil, err
	}
	user := m.userDefined()
	if m.rules.plain() && len(user) == 0 {
		return t, nil
	}
	// What Hugging Face's normalizers cannot say. User-defined pieces are not merged with anything.
	t.normalize = []normalizer{m.rules.normalizer(user)}
	for _, a := range t.cooked.tokens {
		user = append(user, *a)
	}
	t.cooked = newMatcher(user)
	for _, u := range user {
		t.added[int(u.id)] = m.rules.shown(u.content)
	}
	return t, nil
}

// userDefined are the pieces that are found before all others.
func (m *spModel) userDefined() (out []addedToken) {
	for id, p := range m.pieces {
		if p.kind == pieceUserDefined {
			out = append(out, addedToken{id: int32(id), content: p.text})
		}
	}
	return out
}

// special are the pieces that mean something else than their text, and the unknown one.
func (m *spModel) special() (added []addedNode, unknown int) {
	unknown = -1
	for id, p := range m.pieces {
		if p.kind == pieceUnknown {
			unknown = id
		}
		if p.kind == pieceUnknown || p.kind == pieceControl {
			added = append(added, addedNode{ID: id, Content: p.text, Special: true})
		}
	}
	return added, unknown
}

// decoder makes text of pieces.
func (m *spModel) decoder() *node {
	underline, blank := lowerOneEighth, " "
	d := &node{Type: "Sequence", Decoders: []node{
		{Type: "Replace", Pattern: &pattern{String: &underline}, Content: blank}, {Type: "ByteFallback"}, {Type: "Fuse"},
	}}
	switch {
	case m.rules.suffix:
	case m.rules.collapse:
		d.Decoders = append(d.Decoders, node{Type: "Strip", Content: blank, Start: math.MaxInt})
	case m.rules.prefix:
		d.Decoders = append(d.Decoders, node{Type: "Strip", Content: blank, Start: 1})
	}
	return d
}

// tokenizerJSON writes the model as Hugging Face's converter does.
func (m *spModel) tokenizerJSON() ([]byte, error) {
	vocab := make(map[string]int, len(m.pieces))
	for id, p := range m.pieces {
		vocab[p.text] = id
	}
	added, unknown := m.special()
	model := map[string]any{
		"type": "BPE", "fuse_unk": true, "byte_fallback": m.byteFallback, "vocab": vocab, "merges": m.merges(vocab),
	}
	if unknown >= 0 {
		model["unk_token"] = m.pieces[unknown].text
	}
	normalizers := []map[string]any{{"type": "Replace", "pattern": map[string]any{"String": " "}, "content": lowerOneEighth}}
	if m.rules.prefix {
		normalizers = append([]map[string]any{{"type": "Prepend", "prepend": lowerOneEighth}}, normalizers...)
	}
	j := map[string]any{
		"version": "1.0", "added_tokens": added, "decoder": m.decoder(), "model": model,
		"normalizer": map[string]any{"type": "Sequence", "normalizers": normalizers},
	}
	if id, ok := vocab["<s>"]; ok {
		begin := map[string]any{"SpecialToken": map[string]any{"id": "<s>", "type_id": 0}}
		j["post_processor"] = map[string]any{
			"type": "TemplateProcessing", "single": []any{begin, map[string]any{"Sequence": map[string]any{"id": "A", "type_id": 0}}}, "pair": []any{},
			"special_tokens": map[string]any{"<s>": map[string]any{"id": "<s>", "ids": []int{id}, "tokens": []string{"<s>"}}},
		}
	}
	return json.Marshal(j)
}
