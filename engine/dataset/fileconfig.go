package dataset

import (
	"errors"
	"fmt"
	"math"
)

// FileConfig describes conversations that are read from a file.
type FileConfig struct {
	// Path is the file, or for random_pool, raw_payload and
	// sagemaker_data_capture also a folder of files.
	Path string
	// Format is how it is written; empty is found out from its first record.
	Format Format
	// Entries is the number of conversations drawn from a random pool; 0 is
	// 100. Other formats have as many as the file.
	Entries int
	// OSL is the length to ask for where the file says none; zero asks for
	// none.
	OSL Dist
	// BlockSize is the tokens of one hash block of a trace; 0 is the format's
	// usual size.
	BlockSize int
	// Corpus is where the words of a trace's prompts come from, Sonnet or
	// Coding.
	Corpus Corpus
	// Batch is how many entries of each kind a random pool's turn gets.
	Batch PoolBatch
	// IgnoreDelays drops recorded times and pauses, except for a Schedule.
	IgnoreDelays bool
	// DelayCapMS is the longest recorded pause that is kept; nil is no cap.
	DelayCapMS *float64
	// Synthesis reshapes a trace.
	Synthesis Synthesis
	// Schedule asks for times to send at; nil is for load of another kind.
	Schedule *Window
	// ScratchDir takes what is unpacked; empty is the system's place.
	ScratchDir string
	// NoSystemMessage leaves a leading system turn in its place, for an API
	// that has no system messages. Otherwise it becomes the conversation's.
	NoSystemMessage bool

	atOnce int64 // in the place of readWhole, for tests; 0 is readWhole
}

// PoolBatch is the number of texts and media in a random pool's turn. nil is
// 1; another number than 1 draws each kind on its own, 0 leaves it out.
type PoolBatch struct{ Text, Image, Audio, Video *int }

// flat reports whether a number other than 1 is set.
func (b *PoolBatch) flat() bool {
	for _, n := range []*int{b.Text, b.Image, b.Audio, b.Video} {
		if n != nil && *n != 1 {
			return true
		}
	}
	return false
}

// Window is the part of a schedule to replay, and its zero. Times are ms in
// the trace. Conversations that begin outside Start..End are left out.
type Window struct {
	// AutoOffset makes the first time the zero; otherwise Start is, or 0.
	AutoOffset bool
	Start, End *float64
}

func (w *Window) holds(ms float64) bool {
	return w == nil || (w.Start == nil || ms >= *w.Start) && (w.End == nil || ms <= *w.End)
}

// zero is the time that a phase begins with, if first is the first one.
func (w *Window) zero(first float64) float64 {
	switch {
	case w == nil:
		return 0
	case w.AutoOffset:
		return first
	case w.Start != nil:
		return *w.Start
	}
	return 0
}

// Synthesis reshapes a trace. Zero values leave as it is what they are about.
type Synthesis struct {
	// Speedup divides the timestamps.
	Speedup float64
	// PrefixLen and PromptLen scale the shared and the other part of prompts,
	// OutputLen the lengths of answers.
	PrefixLen, PromptLen float64
	OutputLen            *float64
	// PrefixRoots spreads the rows over this many unrelated sets of blocks.
	PrefixRoots int
	// MaxISL drops rows that are longer; MaxOSL cuts answers.
	MaxISL, MaxOSL int
}

// reshapes reports whether rows change, beyond being dropped and cut.
func (s *Synthesis) reshapes() bool {
	is := func(v float64) bool { return v != 0 && v != 1 }
	return is(s.Speedup) || is(s.PrefixLen) || is(s.PromptLen) || s.OutputLen != nil && *s.OutputLen != 1 || s.PrefixRoots > 1
}

// check reports everything that is wrong with a configuration, as far as it
// can be told without the file. f is the format, empty if not known yet.
func (c *FileConfig) check(f Format) []error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bad(c.Entries < 0, "entries is %d: must be at least 1", c.Entries)
	errs = append(errs, c.OSL.check("OSL")...)
	bad(c.BlockSize < 0, "block size is %d: must be at least 1", c.BlockSize)
	bad(c.DelayCapMS != nil && !(*c.DelayCapMS >= 0), "delay cap is below 0")
	s := &c.Synthesis
	for _, m := range []struct {
		name  string
		value float64
	}{{"synthesis speedup ratio", s.Speedup}, {"synthesis prefix length multiplier", s.PrefixLen}, {"synthesis prompt length multiplier", s.PromptLen}} {
		bad(!(m.value >= 0) || math.IsInf(m.value, 0), "%s is %v: must be above 0", m.name, m.value)
	}
	bad(s.OutputLen != nil && (!(*s.OutputLen >= 0) || math.IsInf(*s.OutputLen, 0)), "synthesis output length multiplier must be at least 0")
	bad(s.PrefixRoots < 0, "synthesis prefix root multiplier is %d: must be at least 1", s.PrefixRoots)
	bad(s.MaxISL < 0 || s.MaxOSL < 0, "synthesis max ISL %d and max OSL %d: must be at least 1", s.MaxISL, s.MaxOSL)
	if w := c.Schedule; w != nil {
		for _, v := range []*float64{w.Start, w.End} {
			bad(v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)), "a bound of the fixed schedule is no number")
		}
		bad(w.Start != nil && w.End != nil && *w.Start > *w.End, "the fixed schedule ends before it starts")
		bad(w.Start != nil && w.AutoOffset, "an automatic offset and a start offset both set the zero of the schedule: give one of them")
	}
	for _, b := range []struct {
		name string
		n    *int
	}{{"text", c.Batch.Text}, {"image", c.Batch.Image}, {"audio", c.Batch.Audio}, {"video", c.Batch.Video}} {
		bad(b.n != nil && *b.n < 0, "%s batch size is below 0", b.name)
	}
	if f == "" {
		return errs
	}
	known := formats[f]
	if known == nil {
		return append(errs, fmt.Errorf("unknown dataset type %q", f))
	}
	bad(c.Corpus == Vocabulary && known.trace, "prompt corpus random does not go with %s: its blocks are cut from a text; use sonnet or coding", f)
	bad((s.reshapes() || s.MaxISL > 0 || s.MaxOSL > 0) && !known.trace, "synthesis options are for traces, and the file is %s", f)
	bad((c.Batch != PoolBatch{}) && f != RandomPool, "batch sizes are for random_pool files, and the file is %s", f)
	return errs
}

// errors joined under the name of the file.
func (c *FileConfig) wrapAll(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("data file %s: %w", c.Path, errors.Join(errs...))
}
