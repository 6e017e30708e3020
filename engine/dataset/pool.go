package dataset

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"tacho/engine/random"
)

// poolEntries is how many conversations are drawn when nobody says.
const poolEntries = 100

// Pool is a Dataset of single turns drawn, with replacement, from the entries
// of files: of several files one entry each, put together. Conversation i is
// the same however often and in whatever order it is asked for.
type Pool struct {
	cfg    FileConfig
	read   reading
	draw   drawn
	system string
	stores []*store
	pools  []string // names of the stores
	flat   bool     // kinds are drawn apart
	kinds  [4][]place
	hash   string
	found  bool

	mu    sync.Mutex
	cache lru[int, *Conversation]
}

// poolName names the texts of a file that name themselves not.
func poolName(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".gz")
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// readAll reads and checks every entry.
func (p *Pool) readAll(ctx context.Context) error {
	var errs []error
	scan := p.read
	scan.media.look = true
	total := 0
	for n, s := range p.stores {
		for {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			recs, at, err := s.grow()
			if err != nil {
				return errors.Join(append(errs, err)...)
			}
			if len(recs) == 0 {
				break
			}
			if !p.flat && s.end > readWhole {
				continue // of a very large pool the rest is checked as it is drawn
			}
			for i, r := range recs {
				if err := p.add(&scan, r, placeOf(n, at+i)); err != nil {
					if errs = append(errs, s.wrap(r.line, err)); len(errs) == maxProblems {
						return errors.Join(append(errs, errors.New("there may be more: reading stopped here"))...)
					}
				}
			}
		}
		if s.count == 0 {
			errs = append(errs, s.wrap(0, errors.New("the file is empty: expected one entry per line")))
		}
		total += s.count
	}
	if p.flat && len(errs) == 0 {
		if len(p.stores) > 1 {
			errs = append(errs, errors.New("batch sizes other than 1 draw from one file: a folder has several, and the parts they play would be lost"))
		} else if !p.anyKind() {
			errs = append(errs, errors.New("batch sizes leave nothing to send: every kind of content is absent from the pool or has batch size 0"))
		}
	}
	return errors.Join(errs...)
}

// add looks at one entry.
func (p *Pool) add(scan *reading, r rec, where place) error {
	out, err := parsePoolEntry(scan, r)
	if err != nil || !p.flat {
		return err
	}
	t := &out.turns[0]
	for _, x := range t.Texts {
		if x.Name != "" {
			return errors.New("a text has a name, which batch sizes other than 1 would drop: leave one of them out")
		}
	}
	for _, m := range t.Images {
		if m.UUID != "" {
			return errors.New("an image has a uuid, which batch sizes other than 1 would drop: leave one of them out")
		}
	}
	for k, n := range [4]int{len(t.Texts), len(t.Images), len(t.Audios), len(t.Videos)} {
		for range n {
			p.kinds[k] = append(p.kinds[k], where)
		}
	}
	return nil
}

func (p *Pool) batch() [4]int {
	var out [4]int
	for k, n := range [4]*int{p.cfg.Batch.Text, p.cfg.Batch.Image, p.cfg.Batch.Audio, p.cfg.Batch.Video} {
		if out[k] = 1; n != nil {
			out[k] = *n
		}
	}
	return out
}

func (p *Pool) anyKind() bool {
	for k, n := range p.batch() {
		if n > 0 && len(p.kinds[k]) > 0 {
			return true
		}
	}
	return false
}

// Len is the number of conversations.
func (p *Pool) Len() int {
	if p.cfg.Entries > 0 {
		return p.cfg.Entries
	}
	return poolEntries
}

// At returns conversation i.
func (p *Pool) At(i int) (*Conversation, error) {
	if i < 0 || i >= p.Len() {
		return nil, fmt.Errorf("conversation %d of %d does not exist", i, p.Len())
	}
	p.mu.Lock()
	c, ok := p.cache.get(i)
	p.mu.Unlock()
	if ok {
		return c, nil
	}
	turn, err := p.drawTurn(p.draw.root.At("dataset.loader.random_pool", i))
	if err != nil {
		return nil, err
	}
	c = &Conversation{ID: sessionID(p.draw.root, i), Turns: []Turn{turn}, System: p.system}
	p.draw.finish(c, i, i)
	p.mu.Lock()
	defer p.mu.Unlock()
	if had, ok := p.cache.get(i); ok {
		return had, nil
	}
	p.cache.put(i, c, sizeOf(c))
	return c, nil
}

func (p *Pool) drawTurn(s *random.Stream) (Turn, error) {
	var out Turn
	take := func(where place) (Turn, error) {
		st := p.stores[where.file()]
		r, err := st.record(where.rec())
		if err != nil {
			return Turn{}, err
		}
		read := p.read
		if !p.flat {
			read.pool = p.pools[where.file()]
		}
		got, err := parsePoolEntry(&read, r)
		if err != nil {
			return Turn{}, st.wrap(r.line, err)
		}
		return got.turns[0], nil
	}
	if !p.flat {
		for n, st := range p.stores {
			t, err := take(placeOf(n, s.IntN(st.count)))
			if err != nil {
				return out, err
			}
			if out.Role == "" {
				out.Role = t.Role
			}
			if out.MaxTokens == 0 {
				out.MaxTokens = t.MaxTokens
			}
			out.Texts = append(out.Texts, t.Texts...)
			out.Images = append(out.Images, t.Images...)
			out.Audios = append(out.Audios, t.Audios...)
			out.Videos = append(out.Videos, t.Videos...)
			out.Extra = append(out.Extra, t.Extra...)
		}
		return out, nil
	}
	for k, n := range p.batch() {
		pool := p.kinds[k]
		if len(pool) == 0 {
			continue
		}
		for range n {
			at := s.IntN(len(pool))
			t, err := take(pool[at])
			if err != nil {
				return out, err
			}
			first := at // which of the entry's contents it is
			for first > 0 && pool[first-1] == pool[at] {
				first--
			}
			switch at -= first; k {
			case 0:
				out.Texts = append(out.Texts, t.Texts[at])
			case 1:
				out.Images = append(out.Images, t.Images[at])
			case 2:
				out.Audios = append(out.Audios, t.Audios[at])
			default:
				out.Videos = append(out.Videos, t.Videos[at])
			}
		}
	}
	return out, nil
}

// Hash names the content: that of the files, and what decides how it is drawn.
func (p *Pool) Hash() string { return p.hash }

// Close gives back what the data set holds open.
func (p *Pool) Close() error {
	var errs []error
	for _, s := range p.stores {
		errs = append(errs, s.src.Close())
	}
	return errors.Join(errs...)
}
