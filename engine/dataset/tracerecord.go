package dataset

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

func parseMooncake(r *reading, in rec) (row, error) {
	var t struct {
		InputLength  whole           `json:"input_length"`
		TextInput    *string         `json:"text_input"`
		Messages     json.RawMessage `json:"messages"`
		Tools        json.RawMessage `json:"tools"`
		Payload      json.RawMessage `json:"payload"`
		OutputLength whole           `json:"output_length"`
		HashIDs      []int64         `json:"hash_ids"`
		Timestamp    number          `json:"timestamp"`
		Delay        number          `json:"delay"`
		SessionID    *string         `json:"session_id"`
		Extra        json.RawMessage `json:"extra"`
	}
	if err := decodeRecord(in.raw, &t); err != nil {
		return row{}, err
	}
	turn := Turn{MaxTokens: clampOutput(t.OutputLength)}
	out := row{turns: []Turn{turn}}
	if t.SessionID != nil {
		out.key, out.id = *t.SessionID, *t.SessionID
	}
	inputs := 0
	for _, set := range []bool{t.InputLength.set, t.TextInput != nil, !isNull(t.Messages), !isNull(t.Payload)} {
		if set {
			inputs++
		}
	}
	to := &out.turns[0]
	var err error
	switch {
	case inputs == 0:
		return row{}, fmt.Errorf("it has %s, but no input: expected one of input_length, text_input, messages, payload", keysOf(in.raw))
	case inputs > 1:
		return row{}, errors.New("it has more than one of input_length, text_input, messages, payload: expected one")
	case t.HashIDs != nil && !t.InputLength.set:
		return row{}, errors.New("hash_ids needs input_length")
	case !isNull(t.Tools) && isNull(t.Messages):
		return row{}, errors.New("tools needs messages")
	case t.InputLength.set:
		out.trace, out.input = &traceText{tokens: t.InputLength.n, hashes: t.HashIDs}, t.InputLength.n
		err = r.checkBlocks(out.trace)
	case t.TextInput != nil:
		to.Texts = []Text{{Name: "text", Content: *t.TextInput}}
	case !isNull(t.Messages):
		out.alone = true
		if err = objectsOf("messages", t.Messages, "role"); err == nil {
			to.Messages, err = compact(t.Messages)
		}
		if err == nil && !isNull(t.Tools) {
			if err = objectsOf("tools", t.Tools, ""); err == nil {
				to.Tools, err = compact(t.Tools)
			}
		}
	default:
		out.alone = true
		if to.Body, err = bodyOf("payload", t.Payload); to.MaxTokens == 0 {
			to.MaxTokens = askedFor(to.Body)
		}
	}
	if err != nil {
		return row{}, err
	}
	if to.Extra, err = extraOf(t.Extra); err != nil {
		return row{}, err
	}
	if err := r.times(to, t.Timestamp, t.Delay); err != nil {
		return row{}, err
	}
	return r.limit(out), nil
}

// clampOutput is the answer length that a trace recorded. Nothing at all
// cannot be asked for, so it becomes 1.
func clampOutput(n whole) int {
	if !n.set {
		return 0
	}
	return max(1, n.n)
}

// bodyOf checks that raw is an object with something in it.
func bodyOf(what string, raw json.RawMessage) (json.RawMessage, error) {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil, fmt.Errorf("%s is %s: expected an object", what, shorten(raw))
	}
	if len(m) == 0 {
		return nil, fmt.Errorf("%s is empty: expected a request body", what)
	}
	return compact(raw)
}

// checkBlocks checks that a trace's blocks fit its length.
func (r *reading) checkBlocks(t *traceText) error {
	if t.tokens <= 0 || t.tokens > maxPromptTokens {
		return fmt.Errorf("input_length is %d: must be from 1 to %d", t.tokens, maxPromptTokens)
	}
	if n, size := len(t.hashes), r.blockSize(); n > 0 && (n-1)*size >= t.tokens {
		return fmt.Errorf("input_length is %d, but hash_ids names %d blocks of %d tokens: expected at most %d ids (or another --isl-block-size)",
			t.tokens, n, size, (t.tokens+size-1)/size)
	}
	return nil
}

func (r *reading) blockSize() int {
	if r.cfg.BlockSize > 0 {
		return r.cfg.BlockSize
	}
	return r.format.block
}

// limit marks a row that is longer than the settings allow, and cuts the
// length of its answer.
func (r *reading) limit(out row) row {
	s := &r.cfg.Synthesis
	if s.MaxISL > 0 && out.input > s.MaxISL {
		out.skip = skipLong
	}
	if s.MaxOSL > 0 && !s.reshapes() {
		to := &out.turns[0]
		to.MaxTokens = min(to.MaxTokens, s.MaxOSL)
	}
	return out
}

func parseBailian(r *reading, in rec) (row, error) {
	var t struct {
		ChatID       whole   `json:"chat_id"`
		Parent       whole   `json:"parent_chat_id"`
		Timestamp    number  `json:"timestamp"`
		InputLength  whole   `json:"input_length"`
		OutputLength whole   `json:"output_length"`
		Turn         whole   `json:"turn"`
		HashIDs      []int64 `json:"hash_ids"`
	}
	if err := decodeRecord(in.raw, &t); err != nil {
		return row{}, err
	}
	for _, f := range []struct {
		name string
		set  bool
	}{{"chat_id", t.ChatID.set}, {"timestamp", t.Timestamp.set}, {"input_length", t.InputLength.set}, {"output_length", t.OutputLength.set}} {
		if !f.set {
			return row{}, fmt.Errorf("it has %s, but no number %s", keysOf(in.raw), f.name)
		}
	}
	out := row{
		turns: []Turn{{MaxTokens: clampOutput(t.OutputLength)}}, linked: true,
		chat: int64(t.ChatID.n), parent: noParent, order: 1,
		trace: &traceText{tokens: t.InputLength.n, hashes: t.HashIDs}, input: t.InputLength.n,
	}
	if t.Parent.set {
		out.parent = int64(t.Parent.n)
	}
	if t.Turn.set {
		out.order = float64(t.Turn.n)
	}
	if err := r.checkBlocks(out.trace); err != nil {
		return row{}, err
	}
	t.Timestamp.v *= 1000 // it is seconds there
	if err := r.times(&out.turns[0], t.Timestamp, number{}); err != nil {
		return row{}, err
	}
	return r.limit(out), nil
}

// noParent marks the first row of a chain.
const noParent = -1

// burstColumns are the columns of a BurstGPT trace that are read.
var burstColumns = []string{"Timestamp", "Request tokens", "Response tokens"}

func parseBurst(r *reading, in rec) (row, error) {
	fields, err := csvFields(in.raw)
	if err != nil {
		return row{}, err
	}
	var v [3]float64
	for i, name := range burstColumns {
		at := r.columns[name]
		if at >= len(fields) {
			return row{}, fmt.Errorf("the row has %d fields, none for the column %s", len(fields), name)
		}
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(fields[at]), 64); err != nil || math.IsNaN(v[i]) || math.Abs(v[i]) > 1<<53 || i > 0 && v[i] != math.Trunc(v[i]) {
			return row{}, fmt.Errorf("%s is %.40q: expected a number", name, fields[at])
		}
	}
	if v[1] > maxPromptTokens {
		return row{}, fmt.Errorf("%s is %v: must be at most %d", burstColumns[1], v[1], maxPromptTokens)
	}
	out := row{
		turns: []Turn{{MaxTokens: max(1, int(v[2]))}},
		trace: &traceText{tokens: max(1, int(v[1]))}, input: int(v[1]),
	}
	if err := r.times(&out.turns[0], number{v[0] * 1000, true}, number{}); err != nil {
		return row{}, err
	}
	return r.limit(out), nil
}

// csvFields splits one CSV row.
func csvFields(raw []byte) ([]string, error) {
	cr := csv.NewReader(bytes.NewReader(raw))
	cr.FieldsPerRecord = -1
	fields, err := cr.Read()
	if err != nil {
		var pe *csv.ParseError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, fmt.Errorf("it is no CSV: %w", err)
	}
	return fields, nil
}
