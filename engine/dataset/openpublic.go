package dataset

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
)

// openPublic opens a public data set.
func openPublic(ctx context.Context, cfg PublicConfig, c common) (d Dataset, err error) {
	set, err := findPublic(cfg.Name)
	if err != nil {
		return nil, err
	}
	if set.needsTokens && c.tok == nil {
		return nil, fmt.Errorf("public dataset %s chooses its conversations by their length in tokens, so it needs a tokenizer: name one with --tokenizer", set.name)
	}
	limit := cfg.limit(set)
	paths, err := cfg.find(ctx, set, &quota{cfg: &cfg, set: set, common: c, want: limit})
	if err != nil {
		return nil, err
	}
	f, err := newPublic(&cfg, set, paths, limit, c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	content, err := contentHash(paths)
	if err != nil {
		return nil, err
	}
	f.hash = hashOf("public 1", set.name, content, limit, cfg.OSL, c.hashed())
	f.mu.Lock()
	if limit > 0 || allSmall(paths) {
		f.reach(math.MaxInt)
	}
	ok, err := f.reach(0), f.grow.err
	if limit > cfg.Limit && f.known() == limit {
		f.notes.add("of %s the first %d conversations are used; --num-dataset-entries takes another number", set.name, limit)
	}
	f.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, &RecordError{paths[0], 0, errors.New("no conversation is left" + f.notes.tail())}
	}
	if _, err = f.At(0); err != nil {
		return nil, err
	}
	return f, nil
}

// newPublic sets up the reading of a data set's files.
func newPublic(cfg *PublicConfig, set *publicSet, paths []string, limit int, c common) (*File, error) {
	fr, err := publicFraming(paths[0], cfg.ScratchDir)
	if err != nil {
		return nil, err
	}
	fm := &format{framing: fr, parse: parsePublic, open: set.open}
	stores, columns, err := openStores(paths, cfg.ScratchDir, fm)
	if err != nil {
		return nil, err
	}
	if columns != nil {
		if err := hasColumns(columns, set.columns); err != nil {
			closeStores(stores)
			return nil, &RecordError{paths[0], 1, err}
		}
	}
	f := newFile(FileConfig{Path: paths[0], OSL: cfg.OSL}, set.name, fm, c.root)
	f.stores, f.system, f.draw.models, f.limit = stores, c.system, c.models, limit
	public := &publicReading{set: set, tok: c.tok, anyOutput: !cfg.OSL.None(), columns: columns}
	f.read.public, f.scan.public = public, public
	return f, nil
}

// allSmall reports whether files are small enough to be read at once.
func allSmall(paths []string) bool {
	var sum int64
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return false
		}
		sum += info.Size()
	}
	return sum <= readWhole
}

// usedOfHuge is how many conversations are used of a data set that is too large
// to be fetched as a whole, if nothing says how many: as many as AIPerf's.
const usedOfHuge = 100

// limit is how many conversations are used; 0 is all.
func (c *PublicConfig) limit(s *publicSet) int {
	switch {
	case c.Limit > 0 || !s.huge:
		return c.Limit
	case c.Requests > 0:
		return c.Requests
	}
	return usedOfHuge
}

// quota tells how many files of a data set are enough.
type quota struct {
	cfg    *PublicConfig
	set    *publicSet
	common common
	want   int            // conversations; 0 is all that there are
	counts map[string]int // by file, as far as they were counted
}

// met reports whether files hold the conversations that are wanted. Where one
// cannot be read, they do: opening the data set will say so.
func (q *quota) met(files []string) bool {
	if q.want == 0 {
		return false
	}
	sum := 0
	for _, path := range files {
		n, ok := q.counts[path]
		if !ok {
			f, err := newPublic(q.cfg, q.set, []string{path}, q.want, q.common)
			if err != nil {
				return true
			}
			n = f.Len()
			err = f.grow.err
			f.Close()
			if err != nil {
				return true
			}
			if q.counts == nil {
				q.counts = map[string]int{}
			}
			q.counts[path] = n
		}
		if sum += n; sum >= q.want {
			return true
		}
	}
	return false
}
