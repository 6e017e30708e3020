package endpoint

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// body writes a JSON object key by key with the user's extra keys merged over
// it, as Python's dict.update does: an override takes the place of the key it
// overrides, a new key goes to the end, and the turn's extras win over the
// run's. It allocates nothing.
type body struct {
	dst    []byte
	layers [2][]dataset.KV // run, turn
	own    [8]string       // keys written by the endpoint itself
	n      int             // of own
	comma  bool
	// reserved are keys that the user cannot set: theirs are left out.
	reserved []string
	// asked replaces a stream_options of the user that is no object, instead
	// of leaving it alone.
	asked bool
}

func newBody(dst []byte, o *Options, t *dataset.Turn) body {
	return body{dst: append(dst, '{'), layers: [2][]dataset.KV{o.Extra, t.Extra}}
}

// extra returns the value that the user gave for a key, the last one.
func (b *body) extra(key string) (json.RawMessage, bool) {
	if slices.Contains(b.reserved, key) {
		return nil, false
	}
	for l := len(b.layers) - 1; l >= 0; l-- {
		for i := len(b.layers[l]) - 1; i >= 0; i-- {
			if b.layers[l][i].Key == key {
				return b.layers[l][i].Value, true
			}
		}
	}
	return nil, false
}

func (b *body) rawKey(key string) {
	if b.comma {
		b.dst = append(b.dst, ',')
	}
	b.comma = true
	b.dst = append(pytext.AppendString(b.dst, key), ':')
}

// key starts a key of the endpoint's own. It reports whether the caller is to
// append the value; otherwise the user's has been written.
func (b *body) key(key string) bool {
	b.own[b.n] = key
	b.n++
	b.rawKey(key)
	if v, ok := b.extra(key); ok {
		b.dst = append(b.dst, v...)
		return false
	}
	return true
}

func (b *body) str(key, v string) {
	if b.key(key) {
		b.dst = pytext.AppendString(b.dst, v)
	}
}

func (b *body) bool(key string, v bool) {
	if b.key(key) {
		b.dst = strconv.AppendBool(b.dst, v)
	}
}

func (b *body) int(key string, v int) {
	if b.key(key) {
		b.dst = strconv.AppendInt(b.dst, int64(v), 10)
	}
}

// tools writes the schemas that the latest turn with any gives.
func (b *body) tools(r *Request) {
	for i := len(r.Turns) - 1; i >= 0; i-- {
		if tools := r.Turns[i].Tools; tools != nil {
			if b.key("tools") {
				b.dst = append(b.dst, tools...)
			}
			return
		}
	}
}

// texts writes the texts of a turn that are not empty as a list, or a single
// one as a string if bare.
func (b *body) texts(t *dataset.Turn, bare bool) {
	n := 0
	for i := range t.Texts {
		if t.Texts[i].Content != "" {
			n++
		}
	}
	list := n != 1 || !bare
	if list {
		b.dst = append(b.dst, '[')
	}
	start := len(b.dst)
	for i := range t.Texts {
		if s := t.Texts[i].Content; s != "" {
			b.dst = pytext.AppendString(separate(b.dst, start), s)
		}
	}
	if list {
		b.dst = append(b.dst, ']')
	}
}

// isOwn says that the endpoint has written the key.
func (b *body) isOwn(key string) bool {
	for _, k := range b.own[:b.n] {
		if k == key {
			return true
		}
	}
	return false
}

// extras appends the user's keys that are not the endpoint's own, each once,
// and returns whether stream_options was among them. If usage is set, that
// key is completed to ask for usage.
func (b *body) extras(usage, continuous bool) (options bool) {
	for l, layer := range b.layers {
		for i, kv := range layer {
			if b.isOwn(kv.Key) || b.seenBefore(l, i) || slices.Contains(b.reserved, kv.Key) {
				continue
			}
			v, _ := b.extra(kv.Key)
			b.rawKey(kv.Key)
			if kv.Key == "stream_options" {
				options = true
				if usage {
					if b.asked && !isObject(v) {
						v = nil
					}
					b.dst = appendStreamOptions(b.dst, v, continuous)
					continue
				}
			}
			b.dst = append(b.dst, v...)
		}
	}
	return options
}

// seenBefore says that the key of layers[l][i] stands earlier in the list.
func (b *body) seenBefore(l, i int) bool {
	key := b.layers[l][i].Key
	for m := range l + 1 {
		layer := b.layers[m]
		if m == l {
			layer = layer[:i]
		}
		for _, kv := range layer {
			if kv.Key == key {
				return true
			}
		}
	}
	return false
}

// finish writes the extras and, if the request streams, asks for the usage
// block: AIPerf 0.13 does on every streaming request, unless the user has
// said otherwise in stream_options.
func (b *body) finish(stream, continuous bool) []byte {
	if v, ok := b.extra("stream"); ok {
		stream = truthy(v)
	}
	return b.ask(stream, continuous)
}

// ask writes the extras, with usage asked for if so.
func (b *body) ask(usage, continuous bool) []byte {
	if !b.extras(usage, continuous) && usage {
		b.rawKey("stream_options")
		b.dst = appendStreamOptions(b.dst, nil, continuous)
	}
	return append(b.dst, '}')
}

// end writes the extras for an API that has no usage to ask for.
func (b *body) end() []byte { return b.ask(false, false) }

// appendStreamOptions appends the user's stream_options with include_usage,
// and continuous_usage_stats if wanted, added where the user gave neither.
// Values that are no object stay as they are; null counts as absent.
func appendStreamOptions(dst []byte, user json.RawMessage, continuous bool) []byte {
	switch {
	case len(user) == 0 || string(user) == "null":
		dst = append(dst, `{"include_usage":true`...)
		if continuous {
			dst = append(dst, `,"continuous_usage_stats":true`...)
		}
		return append(dst, '}')
	case user[0] != '{':
		return append(dst, user...)
	}
	return appendUserStreamOptions(dst, user, continuous)
}

func appendUserStreamOptions(dst []byte, user json.RawMessage, continuous bool) []byte {
	var given map[string]json.RawMessage
	if json.Unmarshal(user, &given) != nil {
		return append(dst, user...)
	}
	dst = append(dst, user[:len(user)-1]...)
	add := func(key string) {
		if _, ok := given[key]; ok {
			return
		}
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), key...), `":true`...)
	}
	add("include_usage")
	if continuous {
		add("continuous_usage_stats")
	}
	return append(dst, '}')
}

// truthy is Python's truth of a JSON value, false for an absent one.
func truthy(v json.RawMessage) bool {
	v = bytes.TrimSpace(v)
	if len(v) == 0 {
		return false
	}
	switch v[0] {
	case '"':
		return len(v) > 2
	case '[', '{':
		inner := bytes.TrimSpace(v[1:])
		return len(inner) > 0 && inner[0] != ']' && inner[0] != '}'
	case 't':
		return true
	case 'n', 'f':
		return false
	}
	f, err := strconv.ParseFloat(string(v), 64)
	return err != nil || f != 0
}
