package dataset

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"strconv"
	"sync"

	"tacho/engine/random"
)

// readWhole is the size up to which a file is read in full, and every record
// of it checked, before the first request. A larger one is read as the run
// goes on, where its format allows that.
const readWhole = 128 << 20

// cachedConversations bounds the conversations of a file that are kept, in
// bytes.
const cachedConversations = 32 << 20

// File is a Dataset of conversations in a file or folder. It is [Growing]: of
// a large file it knows the conversations as far as it has read.
type File struct {
	cfg      FileConfig
	kind     string
	detected bool
	format   *format
	read     reading // of what is sent
	scan     reading // of what is only looked at
	draw     drawn
	system   string
	stores   []*store
	maker    *blockMaker // nil for formats that carry their texts
	shape    *reshaper   // nil if nothing is reshaped
	hash     string
	limit    int // conversations to use; 0 is all

	mu     sync.Mutex
	index  placeIndex
	ids    []int64 // of chains, by conversation; nil for other formats
	first  []int   // number of each conversation's first turn; nil when not needed
	starts []Start // in the order of time; nil for a file that is still read
	base   float64 // taken off all recorded times
	grow   growth
	cache  lru[int, *Conversation]
	notes  notes
}

// Len is the number of conversations. Of a file that is still being read it
// waits for the end.
func (f *File) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reach(math.MaxInt)
	return f.index.len()
}

// Has reports whether there is a conversation i, reading on as far as that
// takes. Where reading fails it reports true, and At says why.
func (f *File) Has(i int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reach(i) || f.grow.err != nil
}

// Known is the number of conversations known so far, and whether these are all.
func (f *File) Known() (n int, all bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known(), f.grow.done
}

// At returns conversation i, reading it from the file if need be.
func (f *File) At(i int) (*Conversation, error) {
	f.mu.Lock()
	if i < 0 || !f.reach(i) {
		n, err := f.known(), f.grow.err
		f.mu.Unlock()
		if err != nil && i >= 0 {
			return nil, err
		}
		return nil, fmt.Errorf("conversation %d of %d does not exist", i, n)
	}
	if c, ok := f.cache.get(i); ok {
		f.mu.Unlock()
		return c, nil
	}
	where := f.index.of(nil, i)
	f.mu.Unlock()

	c, size, err := f.build(i, where)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if had, ok := f.cache.get(i); ok {
		return had, nil // another goroutine was first, and made the same
	}
	f.cache.put(i, c, size)
	return c, nil
}

// rowAt reads and parses one record.
func (f *File) rowAt(p place, with *reading) (row, error) {
	s := f.stores[p.file()]
	r, err := s.record(p.rec())
	if err != nil {
		return row{}, err
	}
	out, err := f.format.parse(with, r)
	if err != nil {
		return row{}, s.wrap(r.line, err)
	}
	f.shift(&out)
	return out, nil
}

// shift sets a row's times from the zero of the schedule.
func (f *File) shift(r *row) {
	speed := 1.0
	if f.shape != nil {
		speed = f.shape.s.Speedup
	}
	for j := range r.turns {
		if t := &r.turns[j]; t.Timed {
			t.TimestampMS = (t.TimestampMS - f.base) / speed
		}
	}
}

// build makes conversation i of its records, and estimates its size in memory.
func (f *File) build(i int, where []place) (c *Conversation, size int, err error) {
	c, err = f.assemble(i, where, &f.read)
	if err != nil {
		return nil, 0, err
	}
	c.System = joinSystem(f.system, c.System)
	first := i
	if f.first != nil {
		first = f.first[i]
	}
	f.draw.finish(c, i, first)
	return c, sizeOf(c), nil
}

// assemble joins the rows of conversation i. Texts of traces are made only
// when with is the reading of what is sent.
func (f *File) assemble(i int, where []place, with *reading) (*Conversation, error) {
	c := &Conversation{}
	for _, p := range where {
		r, err := f.rowAt(p, with)
		if err != nil {
			return nil, err
		}
		if f.shape != nil {
			f.shape.apply(&r, p.rec())
		}
		if r.trace != nil && with == &f.read {
			text, n := f.maker.text(r.trace, p.rec())
			r.turns[0].Texts, r.turns[0].InputTokens = []Text{{Name: "text", Content: text}}, n
		}
		c.ID = r.id
		c.SelfContained = r.alone
		c.System = joinSystem(c.System, r.system)
		c.Turns = append(c.Turns, r.turns...)
	}
	if f.kind == string(SingleTurn) && len(where) > 1 {
		c.SelfContained = true // lines of one session go one after another, each for itself
	}
	switch {
	case f.ids != nil:
		c.ID = strconv.FormatInt(f.ids[i], 10)
	case c.ID == "":
		c.ID = sessionID(f.draw.root, i)
	}
	if f.kind == string(MultiTurn) && !f.cfg.NoSystemMessage {
		hoistSystem(c)
	}
	return c, nil
}

// sizeOf estimates the memory of a conversation.
func sizeOf(c *Conversation) int {
	n := 256 + len(c.System)
	for i := range c.Turns {
		t := &c.Turns[i]
		n += 256 + len(t.Messages) + len(t.Tools) + len(t.Body)
		for _, x := range t.Texts {
			n += 32 + len(x.Content)
		}
		for _, kv := range t.Extra {
			n += 64 + len(kv.Value)
		}
	}
	return n + int(mediaBytes(c))
}

// Hash names the content: that of the files, and what decides how it is read.
func (f *File) Hash() string { return f.hash }

// Close gives back what the data set holds open.
func (f *File) Close() error {
	var errs []error
	for _, s := range f.stores {
		errs = append(errs, s.src.Close())
	}
	return errors.Join(errs...)
}

// Start is when a conversation begins in a fixed schedule.
type Start struct {
	Index int
	// AtMS is ms from the start of the phase; below 0 is at once.
	AtMS float64
}

// Starts yields the conversations in the order in which a fixed schedule
// begins them. An error ends it. It fails at once for a data set that was not
// opened with a Schedule.
func (f *File) Starts() iter.Seq2[Start, error] {
	return func(yield func(Start, error) bool) {
		if f.cfg.Schedule == nil {
			yield(Start{}, errors.New("the data set was not opened for a fixed schedule"))
			return
		}
		if f.starts != nil {
			for _, s := range f.starts {
				if !yield(s, nil) {
					return
				}
			}
			return
		}
		for i := 0; f.Has(i); i++ {
			s, err := f.startOf(i)
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// startOf reads when conversation i begins. Known conversations of a file that
// is still read lie within the schedule and are in order.
func (f *File) startOf(i int) (Start, error) {
	f.mu.Lock()
	if !f.reach(i) {
		defer f.mu.Unlock()
		return Start{}, f.grow.err
	}
	where := f.index.of(nil, i)
	f.mu.Unlock()
	r, err := f.rowAt(where[0], &f.scan)
	if err != nil {
		return Start{}, err
	}
	ms, _ := r.at()
	return Start{i, ms}, nil
}

// newFile sets up a File; its records are still to be read.
func newFile(cfg FileConfig, kind string, fm *format, root random.Root) *File {
	f := &File{
		cfg: cfg, kind: kind, format: fm, draw: drawn{osl: cfg.OSL, root: root},
		cache: lru[int, *Conversation]{limit: cachedConversations},
	}
	f.read = reading{cfg: &f.cfg, format: fm, media: mediaReader{dir: filepath.Dir(cfg.Path)}}
	f.scan = f.read
	f.scan.media.look = true
	return f
}
