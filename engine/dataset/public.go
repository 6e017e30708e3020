package dataset

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// PublicConfig describes conversations of a public data set.
type PublicConfig struct {
	// Name is one of PublicNames, with - or _ between words.
	Name string
	// Path is a copy of it, a file or a folder of files; empty looks into
	// CacheDir, and else downloads it there.
	Path string
	// CacheDir holds a folder for each data set; empty is a folder of this
	// program in the user's cache.
	CacheDir string
	// Limit is how many conversations are used; 0 is all.
	Limit int
	// OSL is the length to ask for where the data set says none. ShareGPT says
	// how long the recorded answer was; with an OSL short answers are used too.
	OSL Dist
	// ScratchDir takes what is unpacked; empty is the system's place.
	ScratchDir string
	// Getenv looks up environment variables; nil is os.Getenv. Read are
	// HF_ENDPOINT, HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, HF_HOME,
	// HOME, HF_HUB_OFFLINE and HF_DATASETS_OFFLINE.
	Getenv func(string) string `json:"-"`
	// Client makes the downloads; nil is one that honours the proxy variables.
	Client *http.Client `json:"-"`
	// Progress, if not nil, hears how many bytes of a file have come; total is
	// 0 when nobody knows.
	Progress func(file string, have, total int64) `json:"-"`
}

func (c *PublicConfig) check() []error {
	var errs []error
	if _, err := findPublic(c.Name); err != nil {
		errs = append(errs, err)
	}
	if c.Limit < 0 {
		errs = append(errs, fmt.Errorf("limit of a public dataset is %d: must be at least 1", c.Limit))
	}
	return append(errs, c.OSL.check("OSL")...)
}

// aiperfCache is where AIPerf keeps the files that it downloads, from where it
// is started.
const aiperfCache = ".cache/aiperf/datasets"

// find returns the files of a data set, downloading them if need be.
func (c *PublicConfig) find(ctx context.Context, s *publicSet) ([]string, error) {
	if c.Path != "" {
		return dataFiles(c.Path)
	}
	dir := c.CacheDir
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("public dataset %s: there is no place for it: %w; name a copy with --dataset-path", s.name, err)
		}
		dir = filepath.Join(base, "tacho", "datasets")
	}
	dir = filepath.Join(dir, s.name)
	if files, err := dataFiles(dir); err == nil && complete(dir) {
		return files, nil
	}
	if s.file != "" {
		if files, err := dataFiles(filepath.Join(aiperfCache, s.file)); err == nil {
			return files, nil
		}
	}
	h := &hub{getenv: c.Getenv, client: c.Client, progress: c.Progress}
	if h.getenv == nil {
		h.getenv = os.Getenv
	}
	if h.client == nil {
		h.client = http.DefaultClient
	}
	err := errors.New("offline mode forbids a download")
	if !h.offline() {
		var files []string
		if files, err = h.fetch(ctx, s, dir); err == nil {
			return files, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	text := fmt.Sprintf("public dataset %s: %%w\nPut a copy into %s, or name one with --dataset-path: %s", s.name, dir, s.wanted())
	if e := s.export(); e != "" {
		text += "\nWhere there is a network, this makes one: " + strings.ReplaceAll(e, "%", "%%")
	}
	return nil, fmt.Errorf(text, err)
}

// complete reports whether no download into dir is unfinished.
func complete(dir string) bool {
	parts, _ := filepath.Glob(filepath.Join(dir, "*.part"))
	return len(parts) == 0
}

// dataFiles are the files of a copy: one file, or all in a folder.
func dataFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &RecordError{path, 0, withoutPath(err)}
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, &RecordError{path, 0, withoutPath(err)}
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && e.Name() != originFile && dataKind(e.Name()) >= 0 {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, &RecordError{path, 0, fmt.Errorf("the folder has none of %s", strings.Join(dataKinds, ", "))}
	}
	slices.Sort(files)
	return files, nil
}

// publicFraming tells how a copy is written: a list, lines or rows.
func publicFraming(path, scratch string) (framing, error) {
	if name := strings.TrimSuffix(strings.ToLower(path), ".gz"); strings.HasSuffix(name, ".csv") {
		return framedRows, nil
	}
	src, err := openSource(path, scratch)
	if err != nil {
		return 0, &RecordError{path, 0, err}
	}
	defer src.Close()
	head := make([]byte, 4096)
	n, _ := src.ReadAt(head, 0)
	text := strings.TrimLeft(strings.TrimPrefix(string(head[:n]), string(byteOrderMark)), " \t\r\n")
	switch {
	case strings.HasPrefix(text, "["):
		return framedList, nil
	case strings.HasPrefix(text, "{"):
		return framedLines, nil
	}
	return 0, &RecordError{path, 1, fmt.Errorf("the file begins with %s: expected JSON, or a name that ends in .csv", shorten([]byte(text)))}
}
