package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// openFile opens a data file or a folder of them.
func openFile(ctx context.Context, cfg FileConfig, c common) (d Dataset, err error) {
	info, err := os.Stat(cfg.Path)
	if err != nil {
		return nil, &RecordError{cfg.Path, 0, withoutPath(err)}
	}
	detected := cfg.Format == ""
	paths := []string{cfg.Path}
	switch {
	case info.IsDir():
		if detected {
			if cfg.Format, err = detectFolder(cfg.Path, cfg.ScratchDir); err != nil {
				return nil, err
			}
		}
		if f := cfg.Format; f != RandomPool && f != RawPayload && f != SageMaker {
			return nil, &RecordError{cfg.Path, 0, fmt.Errorf("it is a folder: %s is read from one file", f)}
		}
		if paths, err = filesIn(cfg.Path, cfg.Format == SageMaker); err != nil {
			return nil, err
		}
	case detected:
		src, err := openSource(cfg.Path, cfg.ScratchDir)
		if err != nil {
			return nil, &RecordError{cfg.Path, 0, err}
		}
		cfg.Format, err = detectFile(cfg.Path, src)
		src.Close()
		if err != nil {
			return nil, err
		}
	}
	if err := cfg.wrapAll(cfg.check(cfg.Format)); err != nil {
		return nil, err
	}
	fm := formats[cfg.Format]
	stores, columns, err := openStores(paths, cfg.ScratchDir, fm)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			closeStores(stores)
		}
	}()
	content, err := contentHash(paths)
	if err != nil {
		return nil, err
	}
	name := hashOf("file 1", content, cfg.hashed(), c.hashed())
	if cfg.Format == RandomPool {
		return openPool(ctx, cfg, c, stores, name, detected)
	}
	if fm.framing == framedRows {
		if err := hasColumns(columns, burstColumns); err != nil {
			return nil, &RecordError{cfg.Path, 1, err}
		}
	}
	f := newFile(cfg, string(cfg.Format), fm, c.root)
	f.stores, f.hash, f.detected, f.system, f.draw.models = stores, name, detected, c.system, c.models
	f.setColumns(columns)
	if err := f.prepareTrace(content, c); err != nil {
		return nil, err
	}
	if err := f.start(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// hashed is what of the configuration decides the content.
func (c FileConfig) hashed() FileConfig {
	c.Path, c.ScratchDir = "", ""
	return c
}

func (c *common) hashed() any {
	name := ""
	if c.tok != nil {
		name = c.tok.Name()
	}
	return []any{c.system, c.models.names, c.models.random, c.models.weights, c.root, name}
}

func (f *File) setColumns(columns []string) {
	if columns == nil {
		return
	}
	places := map[string]int{}
	for i, name := range columns {
		places[name] = i
	}
	f.read.columns, f.scan.columns = places, places
}

// prepareTrace readies what makes the prompts of a trace.
func (f *File) prepareTrace(content string, c common) error {
	if !f.format.trace {
		return nil
	}
	p, err := newPrompter(f.cfg.Corpus, c.tok)
	if err != nil {
		return fmt.Errorf("data file %s: %w", f.cfg.Path, err)
	}
	f.maker = newBlockMaker(&p, c.root, content, f.read.blockSize())
	f.shape = newReshaper(f.cfg.Synthesis, f.read.blockSize(), c.root)
	return nil
}

// start reads a small file in full, and of a large one the beginning.
func (f *File) start(ctx context.Context) error {
	if f.whole() {
		return f.readAll(ctx)
	}
	f.mu.Lock()
	f.notes.add("%s is large: it is read, and checked, as the run goes on", f.cfg.Path)
	ok, err := f.reach(0), f.grow.err
	f.mu.Unlock()
	switch {
	case err != nil:
		return err
	case !ok:
		return &RecordError{f.cfg.Path, 0, errors.New("no record is left" + f.notes.tail())}
	}
	_, err = f.At(0)
	return err
}

// whole reports whether all is read at once: of formats whose conversations
// cannot be told otherwise, and of files that are small.
func (f *File) whole() bool {
	if f.format.whole || f.shape != nil || len(f.stores) > 1 {
		return true
	}
	limit := int64(readWhole)
	if f.cfg.atOnce > 0 {
		limit = f.cfg.atOnce
	}
	_, err := f.stores[0].src.ReadAt(make([]byte, 1), limit)
	return err != nil
}

// openPool opens a random pool.
func openPool(ctx context.Context, cfg FileConfig, c common, stores []*store, name string, detected bool) (Dataset, error) {
	p := &Pool{
		cfg: cfg, stores: stores, hash: name, found: detected, system: c.system, flat: cfg.Batch.flat(),
		draw:  drawn{osl: cfg.OSL, models: c.models, root: c.root},
		cache: lru[int, *Conversation]{limit: cachedConversations},
	}
	p.read = reading{cfg: &p.cfg, format: formats[RandomPool], media: mediaReader{dir: stores[0].folder()}}
	for _, s := range stores {
		p.pools = append(p.pools, poolName(s.path))
	}
	if err := p.readAll(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

func openStores(paths []string, scratch string, fm *format) (stores []*store, columns []string, err error) {
	for _, path := range paths {
		s, cols, err := openStore(path, scratch, fm)
		if err != nil {
			closeStores(stores)
			return nil, nil, err
		}
		stores, columns = append(stores, s), cols
	}
	return stores, columns, nil
}

func closeStores(stores []*store) {
	for _, s := range stores {
		s.src.Close()
	}
}

// contentHash names the content of files: their SHA-256, or of very large ones
// that of their size and of samples.
func contentHash(paths []string) (string, error) {
	h := sha256.New()
	for _, path := range paths {
		if err := hashFile(h, path); err != nil {
			return "", &RecordError{path, 0, withoutPath(err)}
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:32], nil
}

// hashSamples is how many stretches of a large file are read.
const hashSamples = 64

func hashFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	fmt.Fprintf(w, "%d:", size)
	if size <= readWhole {
		_, err = io.Copy(w, f)
		return err
	}
	for k := range int64(hashSamples) {
		at := (size - blockBytes) / (hashSamples - 1) * k
		if _, err := io.Copy(w, io.NewSectionReader(f, at, blockBytes)); err != nil {
			return err
		}
	}
	return nil
}
