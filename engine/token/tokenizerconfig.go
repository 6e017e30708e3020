package token

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// tokenizerConfig is what counts of a tokenizer_config.json.
type tokenizerConfig struct {
	Added   map[string]addedNode `json:"added_tokens_decoder"` // by id
	BOS     tokenText            `json:"bos_token"`
	EOS     tokenText            `json:"eos_token"`
	CleanUp bool                 `json:"clean_up_tokenization_spaces"`
	Chat    chatText             `json:"chat_template"`
	Class   string               `json:"tokenizer_class"`
}

// chatText is a chat template, or the one named "default" of several.
type chatText string

// UnmarshalJSON reads both forms, and null as "".
func (t *chatText) UnmarshalJSON(b []byte) error {
	if firstByte(b) != '[' {
		return json.Unmarshal(b, (*string)(t))
	}
	var list []struct{ Name, Template string }
	err := json.Unmarshal(b, &list)
	for _, x := range list {
		if x.Name == "default" {
			*t = chatText(x.Template)
		}
	}
	return err
}

// Chat is what a tokenizer says of chats: the Jinja template that servers make
// the prompt with, and the tokens it may name.
type Chat struct{ Template, BOS, EOS string }

// ChatOf is the chat template of a tokenizer; ok is false if it has none.
func ChatOf(t Tokenizer) (c Chat, ok bool) {
	p, ok := t.(*pipeline)
	if !ok || p.chat.Template == "" {
		return Chat{}, false
	}
	return p.chat, true
}

// tokenText is a token that is written as a string or as an object with its content.
type tokenText string

// UnmarshalJSON reads both forms, and null as "".
func (t *tokenText) UnmarshalJSON(b []byte) error {
	if firstByte(b) == '{' {
		var n addedNode
		err := json.Unmarshal(b, &n)
		*t = tokenText(n.Content)
		return err
	}
	return json.Unmarshal(b, (*string)(t))
}

// parseConfig reads a tokenizer_config.json; none at all is an empty one.
func parseConfig(b []byte) (*tokenizerConfig, error) {
	c := &tokenizerConfig{}
	if len(b) == 0 {
		return c, nil
	}
	return c, json.Unmarshal(b, c)
}

// missing lists, by id, the added tokens that the configuration has beyond have: transformers
// adds them when it loads a tokenizer.
func (c *tokenizerConfig) missing(have []addedNode) []addedNode {
	known := make(map[string]bool, len(have))
	for _, n := range have {
		known[n.Content] = true
	}
	var out []addedNode
	for _, key := range slices.Sorted(maps.Keys(c.Added)) {
		n := c.Added[key]
		id, err := strconv.Atoi(key)
		if err != nil || id < 0 || id >= maxRank || known[n.Content] {
			continue
		}
		n.ID = id
		out = append(out, n)
	}
	return out
}
