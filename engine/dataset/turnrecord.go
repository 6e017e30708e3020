package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// turnRecord is a turn as single_turn, multi_turn and random_pool files write it.
type turnRecord struct {
	Text         *string         `json:"text"`
	Texts        json.RawMessage `json:"texts"`
	Image        *string         `json:"image"`
	Images       json.RawMessage `json:"images"`
	ImageUUIDs   []string        `json:"image_uuids"`
	Audio        *string         `json:"audio"`
	Audios       json.RawMessage `json:"audios"`
	Video        *string         `json:"video"`
	Videos       json.RawMessage `json:"videos"`
	Timestamp    number          `json:"timestamp"`
	Delay        number          `json:"delay"`
	Role         *string         `json:"role"`
	SessionID    *string         `json:"session_id"`
	OutputLength whole           `json:"output_length"`
	Extra        json.RawMessage `json:"extra"`
}

// item is one text or medium and the name of the group it belongs to.
type item struct{ name, content, uuid string }

// items reads the singular or the plural form of one kind of content. The
// plural is a list of strings, or of {"name", "contents"} groups. unnamed is
// the name of those without one.
func items(kind string, one *string, many json.RawMessage, unnamed string) ([]item, error) {
	single, plural := one != nil && *one != "", !isNull(many)
	if single && plural {
		return nil, fmt.Errorf("%s and %ss are both there: give one of them", kind, kind)
	}
	if single {
		return []item{{name: unnamed, content: *one}}, nil
	}
	if !plural {
		return nil, nil
	}
	var plain []string
	if json.Unmarshal(many, &plain) == nil {
		out := make([]item, len(plain))
		for i, s := range plain {
			out[i] = item{name: unnamed, content: s}
		}
		return out, nil
	}
	var groups []struct {
		Name     string   `json:"name"`
		Contents []string `json:"contents"`
		UUIDs    []string `json:"uuids"`
	}
	if err := json.Unmarshal(many, &groups); err != nil {
		return nil, fmt.Errorf(`%ss is %s: expected a list of strings, or of {"name", "contents"} objects`, kind, shorten(many))
	}
	var out []item
	for _, g := range groups {
		if len(g.UUIDs) > 0 && len(g.Contents) == 0 {
			g.Contents = make([]string, len(g.UUIDs))
		}
		if len(g.UUIDs) > 0 && (kind != "image" || len(g.UUIDs) != len(g.Contents) || slices.Contains(g.UUIDs, "")) {
			return nil, fmt.Errorf("%ss: a group has %d contents and %d uuids: expected one uuid for each image", kind, len(g.Contents), len(g.UUIDs))
		}
		for i, s := range g.Contents {
			x := item{name: g.Name, content: s}
			if len(g.UUIDs) > 0 {
				x.uuid = g.UUIDs[i]
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// turn makes a Turn of a record; raw is what it was read from.
func (r *reading) turn(t *turnRecord, raw []byte) (Turn, error) {
	var out Turn
	texts, err := items("text", t.Text, t.Texts, r.pool)
	if err != nil {
		return out, err
	}
	for _, x := range texts {
		out.Texts = append(out.Texts, Text{x.name, x.content})
	}
	images, err := items("image", t.Image, t.Images, "")
	if err == nil {
		images, err = withUUIDs(t, images)
	}
	if err != nil {
		return out, err
	}
	audios, err := items("audio", t.Audio, t.Audios, "")
	if err != nil {
		return out, err
	}
	videos, err := items("video", t.Video, t.Videos, "")
	if err != nil {
		return out, err
	}
	for _, m := range []struct {
		kind  mediaKind
		items []item
		into  *[]Media
	}{{imageMedia, images, &out.Images}, {audioMedia, audios, &out.Audios}, {videoMedia, videos, &out.Videos}} {
		for _, x := range m.items {
			content, err := r.media.load(m.kind, x.content, x.uuid != "")
			if err != nil {
				return out, err
			}
			*m.into = append(*m.into, Media{content, x.uuid})
		}
	}
	if len(out.Texts)+len(out.Images)+len(out.Audios)+len(out.Videos) == 0 {
		return out, fmt.Errorf("it has %s, but nothing to send: expected text, texts, image(s), audio(s) or video(s)", keysOf(raw))
	}
	return out, t.rest(&out, r)
}

// withUUIDs gives the images the names by which a server may know them.
func withUUIDs(t *turnRecord, images []item) ([]item, error) {
	if t.ImageUUIDs == nil {
		return images, nil
	}
	if t.Image != nil {
		return nil, errors.New("image_uuids goes with images, not with image")
	}
	if len(images) == 0 {
		images = make([]item, len(t.ImageUUIDs))
	}
	if len(images) != len(t.ImageUUIDs) {
		return nil, fmt.Errorf("image_uuids has %d entries for %d images", len(t.ImageUUIDs), len(images))
	}
	for i := range images {
		switch {
		case images[i].uuid != "" || images[i].name != "":
			return nil, errors.New("image_uuids goes with plain strings: give groups their own uuids")
		case t.ImageUUIDs[i] == "":
			return nil, fmt.Errorf("image_uuids: entry %d is empty", i+1)
		}
		images[i].uuid = t.ImageUUIDs[i]
	}
	return images, nil
}

// rest sets what a turn has beside its content.
func (t *turnRecord) rest(out *Turn, r *reading) error {
	if t.Role != nil {
		out.Role = *t.Role
	}
	if t.OutputLength.set {
		if out.MaxTokens = t.OutputLength.n; out.MaxTokens <= 0 {
			return fmt.Errorf("output_length is %d: must be above 0", out.MaxTokens)
		}
	}
	var err error
	if out.Extra, err = extraOf(t.Extra); err != nil {
		return err
	}
	return r.times(out, t.Timestamp, t.Delay)
}

// times sets when a turn is sent. Recorded pauses are capped, and times are
// dropped, where the settings say so.
func (r *reading) times(out *Turn, at, delay number) error {
	if at.v != 0 && delay.v != 0 {
		return errors.New("timestamp and delay are both there: give one of them")
	}
	if delay.v < 0 {
		return fmt.Errorf("delay is %v ms: must be at least 0", delay.v)
	}
	if r.cfg.IgnoreDelays && r.cfg.Schedule == nil {
		return nil
	}
	if out.DelayMS = delay.v; r.cfg.DelayCapMS != nil {
		out.DelayMS = min(out.DelayMS, *r.cfg.DelayCapMS)
	}
	out.TimestampMS, out.Timed = at.v, at.set
	return nil
}

func parseSingleTurn(r *reading, in rec) (row, error) {
	var t turnRecord
	if err := decodeRecord(in.raw, &t); err != nil {
		return row{}, err
	}
	turn, err := r.turn(&t, in.raw)
	out := row{turns: []Turn{turn}}
	if t.SessionID != nil {
		out.key, out.id = *t.SessionID, *t.SessionID
	}
	return out, err
}

func parsePoolEntry(r *reading, in rec) (row, error) {
	var t turnRecord
	if err := decodeRecord(in.raw, &t); err != nil {
		return row{}, err
	}
	for _, f := range []struct {
		name string
		set  bool
	}{{"timestamp", t.Timestamp.set}, {"delay", t.Delay.set}} {
		if f.set {
			return row{}, fmt.Errorf("%s has no meaning in a random pool, whose entries are drawn", f.name)
		}
	}
	turn, err := r.turn(&t, in.raw)
	return row{turns: []Turn{turn}}, err
}

func parseMultiTurn(r *reading, in rec) (row, error) {
	var c struct {
		SessionID *string           `json:"session_id"`
		Turns     []json.RawMessage `json:"turns"`
	}
	if err := decodeRecord(in.raw, &c); err != nil {
		return row{}, err
	}
	if c.Turns == nil {
		return row{}, fmt.Errorf("it has %s, but no list turns", keysOf(in.raw))
	}
	if len(c.Turns) == 0 {
		return row{}, errors.New("turns is empty: expected at least one")
	}
	var out row
	if c.SessionID != nil {
		out.key, out.id = *c.SessionID, *c.SessionID
	}
	for i, raw := range c.Turns {
		var t turnRecord
		err := decodeRecord(raw, &t)
		if err == nil {
			var turn Turn
			if turn, err = r.turn(&t, raw); err == nil {
				out.turns = append(out.turns, turn)
			}
		}
		if err != nil {
			return row{}, fmt.Errorf("turn %d: %w", i+1, err)
		}
	}
	return out, nil
}

// hoistSystem makes the first turn the conversation's system message, if it is
// one: with texts alone, and not followed by another. Sent as a turn, it would
// be a request without a question.
func hoistSystem(c *Conversation) {
	if len(c.Turns) < 2 || c.Turns[1].Role == "system" || !plainSystem(&c.Turns[0]) {
		return
	}
	var texts []string
	for _, t := range c.Turns[0].Texts {
		texts = append(texts, t.Content)
	}
	if text := strings.Join(texts, "\n"); text != "" {
		c.System, c.Turns = text, c.Turns[1:]
	}
}

// plainSystem reports whether a turn is a system message that carries nothing
// a conversation's system message could not.
func plainSystem(t *Turn) bool {
	return t.Role == "system" && len(t.Images)+len(t.Audios)+len(t.Videos) == 0 &&
		t.MaxTokens == 0 && t.Extra == nil && !t.Timed && t.DelayMS == 0
}
