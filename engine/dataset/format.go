package dataset

import (
	"fmt"
	"slices"
	"strings"

	"tacho/engine/random"
)

// Format is how a data file is written.
type Format string

// The formats, by AIPerf's names.
const (
	SingleTurn Format = "single_turn"
	MultiTurn  Format = "multi_turn"
	RandomPool Format = "random_pool"
	Mooncake   Format = "mooncake_trace"
	Bailian    Format = "bailian_trace"
	BurstGPT   Format = "burst_gpt_trace"
	SageMaker  Format = "sagemaker_data_capture"
	RawPayload Format = "raw_payload"
	InputsJSON Format = "inputs_json"
)

// ParseFormat reads the name of a format, with - or _ between its words.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_"))
	if _, ok := formats[f]; ok {
		return f, nil
	}
	return "", fmt.Errorf("unknown dataset type %q: use one of %s, %s*", name, strings.Join(formatNames, ", "), speedBench)
}

// format is what a format's reader needs to know.
type format struct {
	framing framing
	// list is the key of the list that framedList reads.
	list string
	// open opens a file; nil is openSource.
	open func(path, scratch string) (source, error)
	// parse reads one record.
	parse func(*reading, rec) (row, error)
	// trace: lengths and times of real load; block is its usual hash block.
	trace bool
	block int
	// whole: the conversations cannot be told before the last record is read.
	whole bool
}

// formats are those of files; filled by init since the parsers refer to it.
var formats map[Format]*format

func init() {
	formats = map[Format]*format{
		SingleTurn: {parse: parseSingleTurn},
		MultiTurn:  {parse: parseMultiTurn},
		RandomPool: {parse: parsePoolEntry, whole: true},
		Mooncake:   {parse: parseMooncake, trace: true, block: 512},
		Bailian:    {parse: parseBailian, trace: true, block: 16, whole: true},
		BurstGPT:   {parse: parseBurst, framing: framedRows, trace: true, block: 512},
		SageMaker:  {parse: parseCapture, trace: true, block: 512, whole: true},
		RawPayload: {parse: parsePayload},
		InputsJSON: {parse: parseInputs, framing: framedList, list: "data"},
	}
	for name, category := range speedBenchCategories() {
		formats[Format(speedBench+name)] = &format{parse: parseSpeedBench(category), whole: true}
	}
}

// FormatNames are the names of the formats, in snake case, but for those of
// [SpeedBenchNames].
func FormatNames() []string { return slices.Clone(formatNames) }

// SpeedBenchNames are the formats of SPEED-Bench, one for each part of it.
func SpeedBenchNames() []string {
	var names []string
	for name := range speedBenchCategories() {
		names = append(names, speedBench+name)
	}
	slices.Sort(names)
	return names
}

var formatNames = []string{
	string(SingleTurn), string(MultiTurn), string(RandomPool), string(Mooncake), string(Bailian),
	string(BurstGPT), string(SageMaker), string(RawPayload), string(InputsJSON),
}

// reading is what the parsers of one data set share.
type reading struct {
	cfg    *FileConfig
	format *format
	media  mediaReader
	// columns are the places of a CSV file's columns.
	columns map[string]int
	// pool is the name of the pool that is read, for texts without a name.
	pool string
	// public converts the rows of a public data set.
	public *publicReading
}

// row is what one record says. Rows of one key are one conversation.
type row struct {
	key    string // "" is a conversation of its own
	id     string // of the conversation, if the file names it
	turns  []Turn
	system string
	// alone: the turns hold all that is to be sent.
	alone bool
	// order is the row's place among those of its key, before its place in
	// the file.
	order float64
	// chat and parent link the rows of a chain; linked says that they are set.
	chat, parent int64
	linked       bool
	// trace is set when the text of the one turn is still to be made.
	trace *traceText
	// input is the recorded length of the prompt, where there is one.
	input int
	// skip is why the row is to be left out, empty if it is not.
	skip string
}

// traceText says how long a text to be made is, and of which blocks it consists.
type traceText struct {
	tokens int
	hashes []int64
	blocks []blockKey // instead of hashes, when a trace was reshaped
}

// inputKind is how a row says what is to be sent.
type inputKind byte

const (
	textInput inputKind = iota
	messagesInput
	bodyInput
)

func (r *row) kind() inputKind {
	switch {
	case len(r.turns) == 0:
	case r.turns[0].Body != nil:
		return bodyInput
	case r.turns[0].Messages != nil:
		return messagesInput
	}
	return textInput
}

// sameKind checks that the rows of a session are of one kind: messages and
// bodies hold the whole conversation, other inputs one turn of it.
func sameKind(session string, a, b inputKind) error {
	if a == b {
		return nil
	}
	return fmt.Errorf("session %.60q mixes messages, payloads and other inputs: give each session one kind", session)
}

// at is the time at which the row's first turn is to be sent.
func (r *row) at() (ms float64, ok bool) {
	if len(r.turns) == 0 {
		return 0, false
	}
	return r.turns[0].TimestampMS, r.turns[0].Timed
}

// drawn is what a data set draws for turns of a file, per conversation.
type drawn struct {
	osl    Dist
	models modelChooser
	root   random.Root
}

// finish sets what the file leaves open in conversation i, whose first turn is
// number first of all.
func (d *drawn) finish(c *Conversation, i, first int) {
	if !d.osl.None() {
		s := d.root.At("composer.turn.max_tokens", i)
		for j := range c.Turns {
			if n := d.osl.whole(s); c.Turns[j].MaxTokens == 0 {
				c.Turns[j].MaxTokens = n
			}
		}
	}
	d.models.give(c.Turns, i, first)
}

// Trace reports whether files of the format are traces of real load.
func (f Format) Trace() bool { known := formats[f]; return known != nil && known.trace }
