package dataset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// maxProblems is how many bad records are listed before reading stops.
const maxProblems = 10

// Reasons for leaving rows out.
const (
	skipLong     = "are longer than the max ISL"
	skipOutside  = "are outside the fixed schedule's window"
	skipCategory = "are of other categories"
	skipInvalid  = "have no usable prompt, or one that is too long or too short"
)

// entry is a record on its way into the index.
type entry struct {
	where place
	conv  int
	order float64
	atMS  float64
	chat  int64 // of a chain; in the end that of its root
	kind  inputKind
	line  int
}

// layout sorts records into conversations.
type layout struct {
	f       *File
	entries []entry
	convs   map[string]int
	count   int
	ids     map[string]int // line of each id that must be unique
	chains  chains
	sizes   blockSizes
	kinds   map[int]inputKind
	left    map[string]bool // sessions whose rows so far lie outside the schedule
	errs    []error
}

// leave notes a session whose rows so far are left out.
func (l *layout) leave(key string, follows bool) {
	if key == "" || follows {
		return
	}
	if l.left == nil {
		l.left = map[string]bool{}
	}
	l.left[key] = true
}

// readAll reads and checks every record of every file.
func (f *File) readAll(ctx context.Context) error {
	l := &layout{f: f, convs: map[string]int{}, ids: map[string]int{}, kinds: map[int]inputKind{}}
	for n, s := range f.stores {
		for {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			recs, at, err := s.grow()
			if err != nil {
				return errors.Join(append(l.errs, err)...)
			}
			if len(recs) == 0 {
				break
			}
			for i, r := range recs {
				if err := l.add(r, n, at+i); err != nil {
					if l.errs = append(l.errs, s.wrap(r.line, err)); len(l.errs) == maxProblems {
						return errors.Join(append(l.errs, errors.New("there may be more: reading stopped here"))...)
					}
				}
			}
		}
	}
	if err := errors.Join(l.errs...); err != nil {
		return err
	}
	return l.finish()
}

// add reads one record.
func (l *layout) add(r rec, file, n int) error {
	f := l.f
	out, err := f.format.parse(&f.scan, r)
	if err != nil {
		return err
	}
	e := entry{where: placeOf(file, n), order: out.order, chat: out.chat, kind: out.kind(), line: r.line}
	var timed bool
	if e.atMS, timed = out.at(); f.cfg.Schedule != nil {
		_, follows := l.convs[out.key]
		left := out.key != "" && l.left[out.key]
		captured := f.format == formats[SageMaker]
		switch {
		case out.skip != "" || captured && timed:
		case !timed && out.key != "" && follows: // it comes after an answer
		case !timed && left:
			out.skip = skipOutside
		case !timed:
			return errNoTimestamp
		case !f.cfg.Schedule.holds(e.atMS):
			out.skip = skipOutside
			l.leave(out.key, follows)
		}
	}
	switch {
	case out.skip != "":
		f.skipped(out.skip)
		return nil
	case out.trace != nil && f.shape == nil:
		if err := l.sizes.add(out.trace, f.maker.size); err != nil {
			return err
		}
	case out.trace != nil:
		f.shape.see(out.trace)
	}
	if e.conv, err = l.conversation(&out, file, r.line); err != nil {
		return err
	}
	if had, ok := l.kinds[e.conv]; ok {
		if err := sameKind(out.key, had, e.kind); err != nil {
			return err
		}
	} else if out.key != "" {
		l.kinds[e.conv] = e.kind
	}
	l.entries = append(l.entries, e)
	return nil
}

// conversation is the number of the conversation that a row belongs to.
func (l *layout) conversation(r *row, file, line int) (int, error) {
	key := r.key
	switch {
	case r.linked:
		l.chains.add(r.chat, r.parent)
		return 0, nil // told when all are known
	case l.f.kind == string(RawPayload) && len(l.f.stores) > 1:
		key = l.f.stores[file].path
	case key == "" && r.id != "":
		if had, ok := l.ids[r.id]; ok {
			return 0, fmt.Errorf("session_id %.60q was there before, in line %d: expected each once", r.id, had)
		}
		l.ids[r.id] = line
	}
	if n, ok := l.convs[key]; ok && key != "" {
		return n, nil
	}
	n := l.count
	l.count++
	if key != "" {
		l.convs[key] = n
	}
	return n, nil
}

// finish makes the index of what was read.
func (l *layout) finish() error {
	f := l.f
	switch f.format {
	case formats[Bailian]:
		l.joinChains()
	case formats[SageMaker]:
		l.sortCaptures()
		l.window()
	}
	if len(l.entries) == 0 {
		return &RecordError{f.cfg.Path, 0, errors.New("no record is left" + f.notes.tail())}
	}
	if err := l.checkShapes(); err != nil {
		return err
	}
	// By conversation in the order in which they first appear.
	rank, next := map[int]int{}, 0
	for _, e := range l.entries {
		if _, ok := rank[e.conv]; !ok {
			rank[e.conv] = next
			next++
		}
	}
	for i := range l.entries {
		l.entries[i].conv = rank[l.entries[i].conv]
	}
	slices.SortStableFunc(l.entries, func(a, b entry) int {
		switch {
		case a.conv != b.conv:
			return a.conv - b.conv
		case a.order < b.order:
			return -1
		case a.order > b.order:
			return 1
		}
		return 0
	})
	last := -1
	for _, e := range l.entries {
		if e.conv == last {
			f.index.join(e.where)
			continue
		}
		last = e.conv
		f.index.begin(e.where)
		if f.cfg.Schedule != nil {
			f.starts = append(f.starts, Start{e.conv, e.atMS})
		}
		if f.format == formats[Bailian] {
			f.ids = append(f.ids, e.chat)
		}
	}
	f.grow.done = true
	l.schedule()
	f.finishNotes()
	return f.countTurns()
}

// sortCaptures puts captured requests in the order of their times, which count
// from the first of them.
func (l *layout) sortCaptures() {
	slices.SortStableFunc(l.entries, func(a, b entry) int {
		switch {
		case a.order < b.order:
			return -1
		case a.order > b.order:
			return 1
		}
		return 0
	})
	if len(l.entries) == 0 {
		return
	}
	l.f.base = l.entries[0].order
	for i := range l.entries {
		l.entries[i].atMS = l.entries[i].order - l.f.base
		l.entries[i].order = 0
	}
}

// window drops what lies outside the part of the schedule that is wanted.
func (l *layout) window() {
	w := l.f.cfg.Schedule
	if w == nil {
		return
	}
	l.entries = slices.DeleteFunc(l.entries, func(e entry) bool {
		if w.holds(e.atMS) {
			return false
		}
		l.f.skipped(skipOutside)
		return true
	})
}

// schedule sorts the conversations by time and finds the zero.
func (l *layout) schedule() {
	f := l.f
	if f.cfg.Schedule == nil {
		return
	}
	sort.SliceStable(f.starts, func(i, j int) bool { return f.starts[i].AtMS < f.starts[j].AtMS })
	zero := f.cfg.Schedule.zero(f.starts[0].AtMS)
	f.base += zero
	speed := 1.0
	if f.shape != nil {
		speed = f.shape.s.Speedup
	}
	for i := range f.starts {
		f.starts[i].AtMS = (f.starts[i].AtMS - zero) / speed
	}
}

// checkShapes looks for rows that cannot be reshaped, now that the shared
// blocks are known.
func (l *layout) checkShapes() error {
	f := l.f
	if f.shape == nil {
		return nil
	}
	var errs []error
	for _, e := range l.entries {
		s := f.stores[e.where.file()]
		r, err := s.record(e.where.rec())
		if err != nil {
			return err
		}
		out, err := f.format.parse(&f.scan, r)
		if err == nil && out.trace != nil {
			err = f.shape.check(out.trace)
		}
		if err != nil {
			if errs = append(errs, s.wrap(r.line, err)); len(errs) == maxProblems {
				break
			}
		}
	}
	return errors.Join(errs...)
}

// countTurns numbers the turns, which is what round robin goes by.
func (f *File) countTurns() error {
	if !f.draw.models.counts() {
		return nil
	}
	n := 0
	for i := range f.index.len() {
		c, err := f.assemble(i, f.index.of(nil, i), &f.scan)
		if err != nil {
			return err
		}
		f.first = append(f.first, n)
		n += len(c.Turns)
	}
	return nil
}
