package app

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"tacho/engine/endpoint"
	"tacho/engine/jinja"
	"tacho/engine/token"
)

// chatTemplate makes of the messages of a request the prompt that the server
// makes of them. It is safe for concurrent use.
type chatTemplate struct {
	tmpl *jinja.Template
	chat token.Chat
	e    endpoint.Endpoint
}

// useChatTemplate takes the tokenizer's chat template into the counts. A
// tokenizer without one, or with one that cannot be read, counts the texts
// alone, and the user is told.
func (s *session) useChatTemplate(e endpoint.Endpoint) {
	switch chat, ok := token.ChatOf(s.prompts); {
	case !s.spec.System:
		s.notices = append(s.notices, fmt.Sprintf("--apply-chat-template has no effect: %s sends no messages", s.spec.Type))
	case !ok:
		s.notices = append(s.notices, "--apply-chat-template has no effect: the tokenizer has no chat template; texts are counted as they are")
	default:
		tmpl, err := jinja.CompileChat(chat.Template)
		if err != nil {
			s.notices = append(s.notices, fmt.Sprintf("--apply-chat-template has no effect: the tokenizer's chat template cannot be used (%v); texts are counted as they are", err))
			return
		}
		s.chat = &chatTemplate{tmpl, chat, e}
	}
}

// render is the prompt of some messages, with the beginning of the answer.
func (c *chatTemplate) render(messages []any) (string, error) {
	b, err := c.tmpl.Render(nil, jinja.Object{
		{Name: "messages", Value: messages}, {Name: "add_generation_prompt", Value: true},
		{Name: "bos_token", Value: c.chat.BOS}, {Name: "eos_token", Value: c.chat.EOS},
	})
	return string(b), err
}

// input is what of a request's body is counted: the prompt of its messages, and
// its tools, as AIPerf counts them. It is false for a body that is no chat, or
// that the template refuses.
func (c *chatTemplate) input(body []byte) (string, bool) {
	var in struct {
		Messages []struct {
			Role    string
			Content json.RawMessage
		}
		Tools json.RawMessage
	}
	if json.Unmarshal(body, &in) != nil || len(in.Messages) == 0 {
		return "", false
	}
	var messages []any
	for _, m := range in.Messages {
		messages = append(messages, message(m.Role, contentText(m.Content)))
	}
	text, err := c.render(messages)
	if err != nil {
		return "", false
	}
	if len(in.Tools) > 0 {
		only, err := json.Marshal(map[string]json.RawMessage{"tools": in.Tools})
		if err != nil {
			return "", false
		}
		if tools, err := endpoint.ReadInputs(c.e, only); err == nil && tools.Texts > 0 {
			text += " " + tools.Text
		}
	}
	return text, true
}

func message(role, content string) jinja.Object {
	return jinja.Object{{Name: "role", Value: role}, {Name: "content", Value: content}}
}

// contentText is the text of a message: itself, or of its parts.
func contentText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []struct{ Text string }
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	var texts []string
	for _, p := range parts {
		if p.Text != "" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, " ")
}

// probes are the texts by which the size of a template is measured.
var probes = []string{"Hello", "How far is it to the sea?", "One two three four five six seven eight nine ten."}

// overheads are what the template adds to the first turn of a conversation and
// to each later one, in tokens. special is what the tokenizer itself adds, which
// prompts are shortened by already. As in AIPerf a turn is charged with the mark
// about one message, and the first also with what begins the answer.
func (c *chatTemplate) overheads(tok token.Tokenizer, special int) (first, later int) {
	var fixed, wrap float64
	for _, p := range probes {
		one, err := c.render([]any{message("user", p)})
		if err != nil {
			return 0, 0
		}
		three, err := c.render([]any{message("user", p), message("assistant", p), message("user", p)})
		if err != nil {
			return 0, 0
		}
		n := float64(tok.Count(p))
		each := (float64(tok.Count(three)-tok.Count(one)) - 2*n) / 2
		rest := float64(tok.Count(one)) - n - each - float64(special)
		if each < 0 || rest < 0 {
			return 0, 0
		}
		fixed, wrap = fixed+rest, wrap+each
	}
	k := float64(len(probes))
	f, w := int(math.RoundToEven(fixed/k)), int(math.RoundToEven(wrap/k))
	return f + w, w
}
