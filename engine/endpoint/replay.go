package endpoint

import (
	"bytes"
	"encoding/json"
)

// dialect is the form in which an API takes an answer back as history.
type dialect uint8

const (
	chatDialect dialect = iota
	responsesDialect
	anthropicDialect
)

// replay is what a unit gives to the history of the turns that follow, beside
// its text. Its slices alias the unit's data.
type replay struct {
	dialect dialect
	// broken marks an event that ends an answer in failure: only its text can
	// be sent back.
	broken bool
	id     []byte // of the answer, at the server
	noID   bool   // the answer failed there: its id is no good
	items  []outputItem
	blocks []blockPiece
}

func (r *replay) reset() { *r = replay{items: r.items[:0], blocks: r.blocks[:0]} }

// speaks says in which dialect the unit goes into the history.
func (d *Delta) speaks(in dialect) {
	if d.replay == nil {
		d.replay = new(replay)
	}
	d.replay.dialect = in
}

// outputItem is one item of a Responses answer. Items of the answer's own list
// go before those that were announced one by one, whichever came first.
type outputItem struct {
	raw  json.RawMessage
	late bool
}

// history puts the answer together for the turns that follow.
type history struct {
	dialect dialect
	broken  bool
	id      []byte
	noID    bool
	said    []byte // the message as text alone
	items   []outputItem
	keys    map[string]bool
	text    []byte // of the content blocks
	blocks  []block
}

func (h *history) reset(trim func([]byte) []byte) {
	*h = history{said: trim(h.said), id: h.id[:0], text: trim(h.text), items: h.items[:0], blocks: h.blocks[:0]}
}

// add takes in a unit. It copies what it keeps.
func (h *history) add(d *Delta) {
	if r := d.replay; r != nil {
		h.dialect = max(h.dialect, r.dialect)
		h.broken = h.broken || r.broken
		for _, it := range r.items {
			h.items = append(h.items, outputItem{bytes.Clone(it.raw), it.late})
		}
		for i := range r.blocks {
			h.block(&r.blocks[i])
		}
	}
	// What counts as said is AIPerf's: thinking too, where a unit has nothing
	// but that.
	switch {
	case !d.Content():
	case d.Kind == ReasoningUnit && len(d.Text) == 0:
		h.said = append(h.said, d.Reasoning...)
	case d.Kind == ReasoningUnit:
		h.said = append(h.said, d.Text...)
	default:
		h.said = append(append(h.said, d.Text...), d.Tool...)
	}
}

// identify keeps the answer's id, which needs no capture.
func (h *history) identify(r *replay) {
	if r == nil {
		return
	}
	h.noID = h.noID || r.noID
	if len(r.id) > 0 {
		h.id = append(h.id[:0], r.id...)
	}
}

// appendItems appends the items of a Responses answer as a JSON array, each
// once, and reports whether there were any.
func (h *history) appendItems(dst []byte) ([]byte, bool) {
	if h.broken || len(h.items) == 0 {
		return dst, false
	}
	seen := map[string]bool{}
	dst = append(dst, '[')
	start := len(dst)
	for _, late := range []bool{false, true} {
		for _, it := range h.items {
			if it.late != late || seen[itemKey(it.raw)] {
				continue
			}
			seen[itemKey(it.raw)] = true
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, it.raw)
		}
	}
	return append(dst, ']'), true
}

var itemNames = []string{"id", "call_id", "item_id"}

// itemKey tells items apart: by id, or else by all they are.
func itemKey(raw json.RawMessage) string {
	var m members
	if m.read(raw, itemNames) {
		for _, id := range m[:len(itemNames)] {
			if truthy(id) {
				return string(id)
			}
		}
	}
	return string(raw)
}
