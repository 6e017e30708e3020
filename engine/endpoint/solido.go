package endpoint

// SolidoRAG is the API of a retrieval pipeline.
type SolidoRAG struct{}

// Spec describes the API.
func (SolidoRAG) Spec() Spec {
	return Spec{
		Type: "solido-rag", Title: "SOLIDO RAG Metrics", Path: "/rag/api/prompt",
		CanStream: true, ProducesTokens: true, TokenizesInput: true,
	}
}

// Encode appends a request payload: the texts as a list, with AIPerf's filters.
func (SolidoRAG) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := lastTurn("solido-rag", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := newBody(dst, o, t)
	if b.key("query") {
		b.texts(t, false)
	}
	if b.key("filters") {
		b.dst = append(b.dst, `{"family":"Solido","tool":"SDE"}`...)
	}
	b.str("inference_model", modelOf(t, o))
	return b.end(), nil
}

var solidoNames = []string{"content", "error", "object", "message"}

// Decode reads an event or a whole answer.
func (SolidoRAG) Decode(data []byte, d *Delta) error {
	m, ok := d.members(data, solidoNames)
	if !ok {
		return nil
	}
	d.fail(m[1], m[2], m[3])
	if d.Text = d.words(m[0]); d.Text != nil {
		d.Kind = TextUnit
	} else {
		d.Foreign = !d.Failed && m[0] == nil
	}
	return nil
}
