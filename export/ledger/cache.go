package ledger

import (
	"bytes"
	"encoding/gob"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"tacho/export"
)

// cacheVersion is the layout of the file and of what is in it.
const cacheVersion = 2

// maxCached bounds the file; beyond that it starts over.
const maxCached = 50_000

// stamp is what changes when a file does.
type stamp struct{ Size, ModNS int64 }

// sign is the stamps of the files that an Entry is made of.
type sign [3]stamp

// cached is one directory as it was read.
type cached struct {
	Sign  sign
	Entry Entry
}

// cacheData is what the file holds.
type cacheData struct {
	Version int
	Dirs    map[string]cached
}

// cache remembers directories from scan to scan. A cache that cannot be read or
// written is an empty one.
type cache struct {
	path  string // empty for none
	mu    sync.Mutex
	dirs  map[string]cached
	fresh bool // there is something to write
}

// cacheFile is in the user's cache folder; empty when there is none.
func cacheFile() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "tacho", "ledger.gob")
}

func openCache(path string) *cache {
	c := &cache{path: path, dirs: map[string]cached{}}
	if path == "" {
		return c
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return c
	}
	var d cacheData
	if gob.NewDecoder(bytes.NewReader(b)).Decode(&d) == nil && d.Version == cacheVersion && d.Dirs != nil && len(d.Dirs) <= maxCached {
		c.dirs = d.Dirs
	}
	return c
}

// signature stamps the files of a run.
func signature(list []fs.DirEntry, n export.Names) (s sign) {
	kinds := [...]export.Kind{export.ManifestJSON, export.ProfileJSON, export.Records}
	for _, e := range list {
		for i, k := range kinds {
			if e.Name() != n.Of(k) {
				continue
			}
			if st, err := e.Info(); err == nil {
				s[i] = stamp{st.Size(), st.ModTime().UnixNano()}
			}
		}
	}
	return s
}

func (c *cache) get(dir string, s sign) (Entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.dirs[dir]
	return e.Entry, ok && e.Sign == s
}

func (c *cache) put(dir string, s sign, e Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirs[dir], c.fresh = cached{s, e}, true
}

// close writes the cache if anything is new.
func (c *cache) close() {
	if c.path == "" || !c.fresh {
		return
	}
	for dir := range c.dirs {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			delete(c.dirs, dir)
		}
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(cacheData{cacheVersion, c.dirs}) != nil {
		return
	}
	// Only time is lost without it.
	_, _ = export.WriteFile(filepath.Dir(c.path), filepath.Base(c.path), b.Bytes(), 0o600)
}
