package simserver

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"

	"tacho/engine/pytext"
)

// embeddingDims is the length of a vector where the request names none.
const embeddingDims = 384

// embeddingsRequest is the part of an embeddings request that matters here: a
// list of inputs, or a chat, whose last turn is embedded.
type embeddingsRequest struct {
	params
	Input          json.RawMessage `json:"input"`
	EncodingFormat string          `json:"encoding_format"`
	Dimensions     int             `json:"dimensions"`
	Messages       []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
}

// embeddings serves POST /v1/embeddings.
func embeddings(x *exchange) {
	var r embeddingsRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	inputs, ok := r.inputs()
	if !ok {
		x.refuse(http.StatusBadRequest, "Bad Request", "input", "1 validation error:\n  input: a string, a list of strings or of token ids, or messages are required")
		return
	}
	dims := embeddingDims
	if r.Dimensions > 0 {
		dims = min(r.Dimensions, 1<<14)
	}
	x.pool(&params{Model: r.Model}, strings.Join(inputs, "\n"), 1, func(dst []byte, u usage) []byte {
		dst = append(dst, `{"id":"embd-`+x.id+`","object":"list","created":`...)
		dst = strconv.AppendInt(dst, wall(x.arrivalNS)/1e9, 10)
		dst = append(pytext.AppendString(append(dst, `,"model":`...), r.Model), `,"data":[`...)
		for i, in := range inputs {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(append(dst, `{"index":`...), int64(i), 10)
			dst = append(dst, `,"object":"embedding","embedding":`...)
			dst = append(appendVector(dst, hashText(in), dims, r.EncodingFormat == "base64"), '}')
		}
		dst = strconv.AppendInt(append(dst, `],"usage":{"prompt_tokens":`...), int64(u.prompt), 10)
		dst = strconv.AppendInt(append(dst, `,"total_tokens":`...), int64(u.prompt), 10)
		return append(dst, `,"completion_tokens":0,"prompt_tokens_details":null}}`...)
	})
}

// inputs are the texts to embed, token ids as their JSON.
func (r *embeddingsRequest) inputs() ([]string, bool) {
	if r.Messages != nil {
		var b strings.Builder
		for _, m := range r.Messages {
			b.WriteString(m.Role + "\n" + textOf(m.Content) + "\n")
		}
		return []string{b.String()}, len(r.Messages) > 0
	}
	if _, _, ok := promptText(r.Input); !ok {
		return nil, false
	}
	var list []json.RawMessage
	if json.Unmarshal(r.Input, &list) != nil || len(list) > 0 && list[0][0] != '"' && list[0][0] != '[' {
		list = []json.RawMessage{r.Input} // one text, or one list of ids
	}
	out := make([]string, len(list))
	for i, raw := range list {
		if json.Unmarshal(raw, &out[i]) != nil {
			out[i] = string(raw)
		}
	}
	return out, true
}

// appendVector appends a vector of length 1 that depends on the seed alone, as
// numbers or as base64 of their 32-bit form.
func appendVector(dst []byte, seed uint64, dims int, encoded bool) []byte {
	scale := math.Sqrt(3 / float64(dims)) // of numbers even between -1 and 1
	var bin []byte
	if !encoded {
		dst = append(dst, '[')
	}
	for i := range dims {
		v := float32((2*unit(seed, uint64(i)) - 1) * scale)
		if encoded {
			bin = binary.LittleEndian.AppendUint32(bin, math.Float32bits(v))
			continue
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendFloat(dst, float64(v), 'f', -1, 32)
	}
	if !encoded {
		return append(dst, ']')
	}
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), bin), '"')
}
