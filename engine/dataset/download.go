package dataset

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// originFile is written beside downloaded files and says where they came from.
const originFile = "origin.json"

// origin is its content.
type origin struct {
	Source string `json:"source"`
	// Partial: the data set has more files, which were not needed.
	Partial bool          `json:"partial,omitempty"`
	Files   []originEntry `json:"files"`
}

type originEntry struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
}

// readOrigin reads what is noted of the files in dir, as far as it can be read.
func readOrigin(dir string) (from origin) {
	if b, err := os.ReadFile(filepath.Join(dir, originFile)); err == nil && json.Unmarshal(b, &from) != nil {
		return origin{}
	}
	return from
}

// files are the paths of the files, nil if they are not all in dir.
func (o *origin) files(dir string) (paths []string) {
	for _, f := range o.Files {
		path := filepath.Join(dir, f.Name)
		if info, err := os.Stat(path); err != nil || info.Size() != f.Size || filepath.Base(f.Name) != f.Name {
			return nil
		}
		paths = append(paths, path)
	}
	return paths
}

func (o *origin) write(dir string) error {
	b, err := json.MarshalIndent(o, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, originFile), append(b, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("note where the data came from: %w", err)
	}
	return nil
}

// redacted is an address without the password that HF_ENDPOINT may hold.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Redacted()
}

// lockName is the file in a data set's folder that the process holds locked
// which downloads into it.
const lockName = "fetch.lock"

// fetchAlone fetches a data set while no other process does. Another's download
// is waited for, and taken.
func (h *hub) fetchAlone(ctx context.Context, s *publicSet, dir string, q *quota) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for the data: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("store the data: %w", err)
	}
	defer f.Close() // which unlocks it
	for waited := false; ; waited = true {
		// A file system that knows no locks is used without.
		if ok, err := tryLock(f); ok || err != nil {
			if waited {
				if files := here(h.env, s, dir, q); files != nil {
					return files, nil
				}
			}
			return h.fetch(ctx, s, dir, q)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lockPoll):
		}
	}
}

// lockPoll is how often a process looks whether another has ended its download.
const lockPoll = 200 * time.Millisecond

// fetch downloads the files of a data set into dir, as many as are needed, and
// returns their paths. A file that is there already is taken as it is; one that
// was not finished is gone on with.
func (h *hub) fetch(ctx context.Context, s *publicSet, dir string, q *quota) ([]string, error) {
	list, err := h.files(ctx, s)
	if err != nil {
		return nil, err
	}
	// Until all files are there, none of them is taken for the data set.
	mark := filepath.Join(dir, "unfinished.part")
	if err := os.WriteFile(mark, nil, 0o644); err != nil {
		return nil, fmt.Errorf("store the data: %w", err)
	}
	known := map[string]originEntry{}
	for _, f := range readOrigin(dir).Files {
		known[f.Name] = f
	}
	var paths []string
	from := origin{Source: s.source()}
	for i, r := range list {
		to := filepath.Join(dir, r.name)
		entry := originEntry{Name: r.name, Address: redacted(r.address), Size: r.size, SHA256: r.sha256}
		if _, err := os.Stat(to); err != nil {
			if entry.SHA256, entry.Size, err = h.fetchFile(ctx, r, to); err != nil {
				return nil, fmt.Errorf("fetch %s: %w", r.name, err)
			}
		} else if had, ok := known[r.name]; ok {
			entry = had
		}
		from.Files = append(from.Files, entry)
		paths = append(paths, to)
		from.Partial = i+1 < len(list)
		if err := from.write(dir); err != nil {
			return nil, err
		}
		if from.Partial && q.met(paths) {
			break
		}
	}
	if err := os.Remove(mark); err != nil {
		return nil, fmt.Errorf("store the data: %w", err)
	}
	return paths, nil
}

// fetchTries is how often a broken transfer is taken up again.
const fetchTries = 3

// fetchFile downloads one file, checks it, and puts it in its place.
func (h *hub) fetchFile(ctx context.Context, r remote, to string) (sum string, size int64, err error) {
	// The name tells which content the part is of, so that it is never gone on
	// with for another.
	part := to + "." + shortID(r) + ".part"
	for try := 0; ; try++ {
		err = h.transfer(ctx, r, part)
		if err == nil || try+1 == fetchTries || ctx.Err() != nil || !errors.Is(err, errBroken) {
			break
		}
	}
	if err != nil {
		return "", 0, err
	}
	if sum, size, err = r.verify(part); err != nil {
		os.Remove(part)
		return "", 0, err
	}
	if err := os.Rename(part, to); err != nil {
		return "", 0, fmt.Errorf("put the file in its place: %w", err)
	}
	return sum, size, nil
}

func shortID(r remote) string {
	id := r.sha256 + r.gitOID
	if id == "" {
		sum := sha256.Sum256([]byte(r.address))
		id = hex.EncodeToString(sum[:])
	}
	return id[:min(8, len(id))]
}

// errBroken is in the chain of errors after which a transfer can go on.
var errBroken = errors.New("the transfer broke off")

// transfer appends to part what it lacks.
func (h *hub) transfer(ctx context.Context, r remote, part string) error {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("store the file: %w", err)
	}
	defer f.Close()
	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("store the file: %w", err)
	}
	if r.size > 0 && have >= r.size {
		return nil
	}
	header := http.Header{"Accept-Encoding": {"identity"}}
	if have > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	watched, alive, stop := h.watched(ctx)
	defer stop()
	resp, err := h.get(watched, r.address, header)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	total := r.size
	switch resp.StatusCode {
	case http.StatusPartialContent:
		if !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)) {
			return fmt.Errorf("asked for the rest from byte %d, got %s", have, resp.Header.Get("Content-Range"))
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return nil // there is nothing more; verify tells whether it is whole
	default: // the server sends it from the beginning
		if have, err = f.Seek(0, io.SeekStart); err == nil {
			err = f.Truncate(0)
		}
		if err != nil {
			return fmt.Errorf("store the file: %w", err)
		}
	}
	if n := resp.ContentLength; n >= 0 && total == 0 {
		total = have + n
	}
	n, err := io.Copy(f, io.TeeReader(resp.Body, h.meter(r.name, have, total, alive)))
	have += n
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, new(*fs.PathError)):
		return fmt.Errorf("store the file: %w", err) // a full disk, say
	case errors.Is(context.Cause(watched), errSilent):
		return fmt.Errorf("%w after %d of %d bytes: %w", errBroken, have, total, context.Cause(watched))
	case err != nil:
		return fmt.Errorf("%w after %d of %d bytes: %w", errBroken, have, total, err)
	case have < total:
		return fmt.Errorf("%w after %d of %d bytes", errBroken, have, total)
	}
	return f.Close()
}

// meter hears what passes by.
func (h *hub) meter(name string, have, total int64, alive func()) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		alive()
		have += int64(len(p))
		if h.progress != nil {
			h.progress(name, have, total)
		}
		return len(p), nil
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// verify checks a finished file against what the hub said of it.
func (r *remote) verify(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("check the file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", 0, fmt.Errorf("check the file: %w", err)
	}
	if r.size > 0 && info.Size() != r.size {
		return "", 0, fmt.Errorf("it has %d bytes: expected %d; it was thrown away", info.Size(), r.size)
	}
	sha, git := sha256.New(), sha1.New()
	io.WriteString(git, "blob "+strconv.FormatInt(info.Size(), 10)+"\x00") // how git names content
	if _, err := io.Copy(io.MultiWriter(sha, git), f); err != nil {
		return "", 0, fmt.Errorf("check the file: %w", err)
	}
	for _, c := range []struct {
		want string
		got  hash.Hash
	}{{r.sha256, sha}, {r.gitOID, git}} {
		if got := hex.EncodeToString(c.got.Sum(nil)); c.want != "" && !strings.EqualFold(got, c.want) {
			return "", 0, fmt.Errorf("its checksum is %s: expected %s; it was thrown away", got, c.want)
		}
	}
	return hex.EncodeToString(sha.Sum(nil)), info.Size(), nil
}
