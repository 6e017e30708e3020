package profiles

import "slices"

// Kinds of datasets.
const (
	DataSynthetic = "synthetic"
	DataFile      = "file"
	DataPublic    = "public"
)

// Dataset is where prompts come from: made up, read from a file, or one of the
// public ones. A file and a public dataset use some of the settings only, and
// write a few of them in other places; see shape.
type Dataset struct {
	SystemPrompt     Opt[string] `key:"system_prompt"`
	SystemPromptFile Opt[string] `key:"system_prompt_file"`
	Name             Opt[string] `key:"name"`
	Type             Opt[string] `key:"type"` // synthetic, file, public
	Path             Opt[string] `key:"path"`
	// Records are the lines of a file, in the configuration itself: a list, or
	// for a random pool a map of lists.
	Records    Opt[Records] `key:"records"`
	Public     Opt[string]  `key:"dataset"`
	Format     Opt[string]  `key:"format"` // snake case; not set: found out
	Entries    Opt[int]     `key:"entries"`
	RandomSeed Opt[int]     `key:"random_seed"`
	Sampling   Opt[string]  `key:"sampling"` // random, sequential, shuffle
	// InterTurnDelayCap bounds recorded pauses, in seconds.
	InterTurnDelayCap Opt[float64] `key:"inter_turn_delay_cap_seconds"`
	IgnoreTraceDelays Opt[bool]    `key:"ignore_trace_delays"`
	Prompts           Prompts      `key:"prompts"`
	PrefixPrompts     Prefixes     `key:"prefix_prompts"`
	// Turns per conversation; TurnDelay is the pause before each but the first,
	// in ms, times TurnDelayRatio.
	Turns          Dist         `key:"turns"`
	TurnDelay      Dist         `key:"turn_delay"`
	TurnDelayRatio Opt[float64] `key:"turn_delay_ratio"`
	Images         Images       `key:"images"`
	Audio          Audio        `key:"audio"`
	Video          Video        `key:"video"`
	Rankings       Rankings     `key:"rankings"`
	Synthesis      Synthesis    `key:"synthesis"`
}

// Prompts sizes prompts and answers, in tokens.
type Prompts struct {
	ISL       Dist     `key:"isl"`
	OSL       Dist     `key:"osl"`
	BlockSize Opt[int] `key:"block_size"`
	BatchSize Opt[int] `key:"batch_size"`
	// Corpus is sonnet, coding or random.
	Corpus Opt[string] `key:"corpus"`
	// Pairs draws both lengths together, RangeRatio from a window about their
	// means, as RatioStyle (vllm, sglang) has it.
	Pairs      Opt[Pairs]  `key:"sequence_distribution"`
	RangeRatio Opt[string] `key:"random_range_ratio"`
	RatioStyle Opt[string] `key:"random_corpus_style"`
}

// Prefixes is what prompts have in common; lengths are tokens.
type Prefixes struct {
	PoolSize     Opt[int] `key:"pool_size"`
	Length       Opt[int] `key:"length"`
	SharedSystem Opt[int] `key:"shared_system_length"`
	UserContext  Opt[int] `key:"user_context_length"`
}

// ImageNoise is the source of pictures that are made up.
const ImageNoise = "noise"

// Images are pictures of noise, or of a folder; sides are pixels. Without a
// batch size there are none.
type Images struct {
	BatchSize Opt[int]    `key:"batch_size"`
	Width     Dist        `key:"width"`
	Height    Dist        `key:"height"`
	Format    Opt[string] `key:"format"` // png, jpeg, random; not set: jpeg
	// Source is noise or a folder; SourceSampling is how that is drawn from.
	Source         Opt[string] `key:"source"`
	SourceSampling Opt[string] `key:"source_sampling"`
}

// Audio is clips of noise. Without a batch size there are none.
type Audio struct {
	BatchSize   Opt[int]       `key:"batch_size"`
	Length      Dist           `key:"length"` // seconds
	Format      Opt[string]    `key:"format"`
	SampleRates Opt[[]float64] `key:"sample_rates"` // kHz, above 96 Hz
	Depths      Opt[[]int]     `key:"depths"`       // bits
	Channels    Opt[int]       `key:"channels"`
}

// Video is drawn clips, which ffmpeg packs. Without a batch size there are
// none.
type Video struct {
	BatchSize Opt[int]     `key:"batch_size"`
	Duration  Opt[float64] `key:"duration"` // seconds
	FPS       Opt[int]     `key:"fps"`
	Width     Opt[int]     `key:"width"`
	Height    Opt[int]     `key:"height"`
	Format    Opt[string]  `key:"format"`
	Codec     Opt[string]  `key:"codec"`
	Synth     Opt[string]  `key:"synth_type"`
	Sound     VideoSound   `key:"audio"`
}

// VideoSound is the sound track of a video; without channels there is none.
type VideoSound struct {
	SampleRate Opt[float64] `key:"sample_rate"` // kHz, above 96 Hz
	Channels   Opt[int]     `key:"channels"`
	Codec      Opt[string]  `key:"codec"`
	Depth      Opt[int]     `key:"depth"` // bits
}

// Rankings sizes what ranking APIs are asked; lengths are tokens.
type Rankings struct {
	Passages      Dist `key:"passages"`
	PassageTokens Dist `key:"passage_tokens"`
	QueryTokens   Dist `key:"query_tokens"`
}

// Synthesis reshapes a trace.
type Synthesis struct {
	Speedup     Opt[float64] `key:"speedup_ratio"`
	PrefixLen   Opt[float64] `key:"prefix_len_multiplier"`
	PrefixRoots Opt[int]     `key:"prefix_root_multiplier"`
	PromptLen   Opt[float64] `key:"prompt_len_multiplier"`
	OutputLen   Opt[float64] `key:"output_len_multiplier"`
	MaxISL      Opt[int]     `key:"max_isl"`
	MaxOSL      Opt[int]     `key:"max_osl"`
}

// moved are the settings that a file or public dataset has beside its prompts
// and media, where a synthetic one has them within.
var moved = []struct{ section, key, there string }{
	{"prompts", "osl", "osl"},
	{"prompts", "batch_size", "prompt_batch_size"},
	{"images", "batch_size", "image_batch_size"},
	{"audio", "batch_size", "audio_batch_size"},
	{"video", "batch_size", "video_batch_size"},
	{"prompts", "block_size", "block_size"},
}

// recorded are the settings that a synthetic dataset does not have: without
// effect, and a rule has said so.
var recorded = []string{"inter_turn_delay_cap_seconds", "ignore_trace_delays", "synthesis"}

// keyOrders are the orders in which AIPerf writes the keys of each kind, where
// it is not that of Dataset.
var keyOrders = map[string][]string{
	DataFile: {"system_prompt", "system_prompt_file", "name", "type", "path", "records", "format", "sampling", "synthesis", "entries", "random_seed",
		"inter_turn_delay_cap_seconds", "osl", "prompt_batch_size", "image_batch_size", "audio_batch_size", "video_batch_size", "block_size",
		"ignore_trace_delays", "prompts"},
	DataPublic: {"system_prompt", "system_prompt_file", "name", "type", "dataset", "path", "entries", "random_seed", "sampling", "inter_turn_delay_cap_seconds",
		"ignore_trace_delays", "prompts", "synthesis", "osl"},
}

// shape brings the tree of a dataset into the form that its kind has.
func (d *Dataset) shape(o Object) Object {
	order, ok := keyOrders[d.Type.V]
	if !ok {
		return slices.DeleteFunc(o, func(m Member) bool { return slices.Contains(recorded, m.Key) })
	}
	for _, m := range moved {
		section, _ := o.get(m.section).(Object)
		if v := section.get(m.key); v != nil {
			o.put(m.there, v)
			o.put(m.section, section.without(m.key))
		}
	}
	o = slices.DeleteFunc(o, func(m Member) bool { sub, ok := m.Value.(Object); return ok && len(sub) == 0 })
	slices.SortStableFunc(o, func(a, b Member) int { return place(order, a.Key) - place(order, b.Key) })
	return o
}

// place is the index of a key; unknown ones come last.
func place(order []string, key string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

// get returns the value of a key, nil if there is none.
func (o Object) get(key string) any {
	for _, m := range o {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// without returns the object without a key.
func (o Object) without(key string) Object {
	return slices.DeleteFunc(slices.Clone(o), func(m Member) bool { return m.Key == key })
}
