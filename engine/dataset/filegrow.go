package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
)

// growth is how far a File has come with a file that it reads as it goes.
type growth struct {
	done bool
	err  error // why it cannot go on; what is known stays usable
	file int   // the file at hand
	next int   // its record to look at next
	// pending are records of the block at hand that were not looked at.
	pending []rec
	// open: more records may join the last conversation, those with key.
	open bool
	key  string
	// seen are the keys of conversations that are complete.
	seen    map[uint64]struct{}
	seed    maphash.Seed
	sizes   blockSizes
	lastMS  float64
	anyTime bool
}

// maxSeen bounds the memory for keys; sessions beyond are not checked for
// coming back.
const maxSeen = 1 << 20

// known is the number of conversations that are complete. The caller locks.
func (f *File) known() int {
	n := f.index.len()
	if f.grow.open && !f.grow.done {
		n-- // more turns may follow
	}
	return n
}

// reach reads on until conversation i is known, and reports whether it is. The
// caller locks.
func (f *File) reach(i int) bool {
	g := &f.grow
	for f.known() <= i && !g.done && g.err == nil {
		if len(g.pending) == 0 && !f.more() {
			break
		}
		r := g.pending[0]
		g.pending = g.pending[1:]
		where := placeOf(g.file, g.next)
		g.next++
		if err := f.look(r, where); err != nil {
			g.err = f.stores[g.file].wrap(r.line, err)
		}
		if f.limit > 0 && f.known() >= f.limit {
			g.done, g.seen, g.pending = true, nil, nil
			f.finishNotes()
		}
	}
	return i < f.known()
}

// more reads the next block. It reports false when there is none, or none that
// can be read.
func (f *File) more() bool {
	g := &f.grow
	for {
		recs, _, err := f.stores[g.file].grow()
		switch {
		case err != nil:
			g.err = err
			return false
		case len(recs) > 0:
			g.pending = recs
			return true
		case g.file+1 == len(f.stores):
			g.done, g.seen = true, nil
			f.finishNotes()
			return false
		}
		g.file, g.next, g.open = g.file+1, 0, false
	}
}

// look finds out which conversation a record belongs to.
func (f *File) look(r rec, where place) error {
	if key, ok := f.glance(r.raw); ok {
		return f.place(key, key, where, nil)
	}
	out, err := f.format.parse(&f.scan, r)
	if err != nil {
		return err
	}
	if skip, err := f.leaveOut(&out); skip || err != nil {
		return err
	}
	if out.trace != nil {
		if err := f.grow.sizes.add(out.trace, f.maker.size); err != nil {
			return err
		}
	}
	unique := out.key
	if unique == "" {
		unique = out.id
	}
	return f.place(out.key, unique, where, &out)
}

// glance finds the session of a record without parsing it, several times as
// fast. ok is false where more than that must be known. What else is wrong
// with the record is told when it is sent.
func (f *File) glance(raw []byte) (key string, ok bool) {
	if f.cfg.Schedule != nil || f.cfg.Synthesis.MaxISL > 0 || f.format.list != "" || f.read.public != nil ||
		f.format.trace && bytes.Contains(raw, []byte(`"hash_ids"`)) {
		return "", false
	}
	if !bytes.Contains(raw, []byte(`"session_id"`)) {
		return "", true
	}
	value, ok := member(raw, "session_id")
	if !ok {
		return "", false
	}
	if value == nil || string(value) == "null" {
		return "", true
	}
	err := json.Unmarshal(value, &key)
	return key, err == nil
}

// place puts a record into the index. Records of one key that follow one
// another are one conversation; unique is what no other may have. r is what the
// record says, nil if nobody looked.
func (f *File) place(key, unique string, where place, r *row) error {
	g := &f.grow
	if key != "" && g.open && g.key == key {
		if r == nil {
			got, err := f.rowAt(where, &f.scan)
			if err != nil {
				return err
			}
			r = &got
		}
		first, err := f.rowAt(f.index.of(nil, f.index.len()-1)[0], &f.scan)
		if err != nil {
			return err
		}
		if err := sameKind(key, first.kind(), r.kind()); err != nil {
			return err
		}
		f.index.join(where)
		return nil
	}
	if unique != "" {
		if err := f.newKey(unique); err != nil {
			return err
		}
	}
	if r != nil {
		if err := f.inOrder(r); err != nil {
			return err
		}
	}
	f.index.begin(where)
	g.open, g.key = key != "", key
	return nil
}

// newKey reports a session that goes on after it had ended: its conversation
// may be under way by then.
func (f *File) newKey(key string) error {
	g := &f.grow
	if g.seen == nil {
		g.seen, g.seed = map[uint64]struct{}{}, maphash.MakeSeed()
	}
	h := maphash.String(g.seed, key)
	if _, ok := g.seen[h]; ok {
		return fmt.Errorf("session %.60q had ended at an earlier line: in a file of more than %d MiB the lines of a session must follow one another (sort the file by session_id)", key, readWhole>>20)
	}
	if len(g.seen) < maxSeen {
		g.seen[h] = struct{}{}
	}
	return nil
}

// leaveOut decides whether the settings leave a row out, and counts it.
func (f *File) leaveOut(r *row) (bool, error) {
	skip := r.skip
	if ms, ok := r.at(); f.cfg.Schedule != nil {
		follows := r.key != "" && f.grow.open && f.grow.key == r.key
		switch {
		case follows && !ok: // it comes after an answer
		case !ok:
			return false, errNoTimestamp
		case !f.cfg.Schedule.holds(ms):
			skip = skipOutside
		}
	}
	if skip != "" {
		f.skipped(skip)
	}
	return skip != "", nil
}

var errNoTimestamp = errors.New("it has no timestamp, which a fixed schedule needs")

// inOrder checks that a conversation begins no earlier than the one before,
// and takes the zero of the schedule from the first.
func (f *File) inOrder(r *row) error {
	g := &f.grow
	if f.cfg.Schedule == nil {
		return nil
	}
	ms, _ := r.at()
	if !g.anyTime {
		g.anyTime = true
		f.base = f.cfg.Schedule.zero(ms)
	} else if ms < g.lastMS {
		return fmt.Errorf("timestamp %v comes after %v: a fixed schedule from a file of more than %d MiB must be sorted by time", ms, g.lastMS, readWhole>>20)
	}
	g.lastMS = ms
	return nil
}
