package endpoint

import "encoding/json"

// ChatEmbeddings sends a chat and gets a vector: the way in which vLLM embeds
// images.
type ChatEmbeddings struct{}

// Spec describes the API.
func (ChatEmbeddings) Spec() Spec {
	return Spec{
		Type: "chat-embeddings", Title: "Embeddings Metrics", Path: "/v1/embeddings",
		TokenizesInput: true, System: true, Images: true,
	}
}

// Encode appends a request payload, that of Chat.
func (ChatEmbeddings) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	return Chat{}.Encode(dst, o, r)
}

// Decode reads an answer with vectors in any of the common shapes.
func (ChatEmbeddings) Decode(data []byte, d *Delta) error {
	m, ok := d.members(data, autoNames)
	if !ok {
		return nil
	}
	d.fail(m[autoError], m[autoObject], m[autoMessage])
	if hasVectors(m) {
		d.Kind = EmbeddingUnit
	} else {
		d.Foreign = !d.Failed
	}
	return nil
}

// hasVectors finds vectors in the shapes of OpenAI, {"data": [{"embedding"…}]},
// and of others, {"embeddings": [[…]]} or {"embedding": […]}.
func hasVectors(m *members) bool {
	if list := asList(m[autoData]); len(list) > 0 && isKeyed(list[0], "object", `"embedding"`) {
		for _, raw := range list {
			if _, ok := asObject(raw)["embedding"]; ok {
				return true
			}
		}
	}
	for _, raw := range []json.RawMessage{m[autoEmbeddings], m[autoEmbedding]} {
		if list := asList(raw); len(list) > 0 && (isNumber(list[0]) || isArray(list[0])) {
			return true
		}
	}
	return false
}

// isKeyed says that raw is an object with a key of exactly that value.
func isKeyed(raw json.RawMessage, key, value string) bool { return string(asObject(raw)[key]) == value }

// isNumber says that raw is a number, or a boolean, which Python counts among
// them.
func isNumber(raw json.RawMessage) bool {
	if len(raw) == 0 {
		return false
	}
	c := raw[0]
	return c == '-' || '0' <= c && c <= '9' || c == 't' || c == 'f'
}
