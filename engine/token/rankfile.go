package token

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// loadEncoding loads a tiktoken encoding. The ranks of o200k are part of the program; the others
// come from tiktoken's cache, or from the network into that cache.
func (o *Options) loadEncoding(ctx context.Context, enc *encoding) (Tokenizer, Source, error) {
	src := Source{Kind: "tiktoken", Name: enc.name, SHA256: enc.sha256}
	if enc.sha256 == o200kSHA256 {
		r, err := o200kRanks()
		if err != nil {
			return nil, Source{}, err
		}
		return newRanked(enc, r), src, nil
	}
	path := filepath.Join(o.rankCache(), hex.EncodeToString(sha1Sum(rankURL+enc.file)))
	text, err := os.ReadFile(path)
	switch {
	case err == nil && hexSHA256(text) == enc.sha256:
		src.Path = path
	case err == nil:
		err = fmt.Errorf("%s is not the published %s: its sha256 is wrong", path, enc.file)
	}
	if src.Path == "" {
		if text, err = o.downloadRanks(ctx, enc, path, err); err != nil {
			return nil, Source{}, fmt.Errorf("tokenizer %s: %w", enc.name, err)
		}
		src.Path = path
	}
	r, err := parseRankFile(text)
	if err != nil {
		return nil, Source{}, fmt.Errorf("tokenizer %s: %s: %w", enc.name, path, err)
	}
	return newRanked(enc, r), src, nil
}

// rankCache is the folder that tiktoken would use.
func (o *Options) rankCache() string {
	for _, name := range []string{"TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"} {
		if dir := o.Getenv(name); dir != "" {
			return dir
		}
	}
	return filepath.Join(os.TempDir(), "data-gym-cache")
}

// downloadRanks fetches the rank file of enc, checks it and stores it at path. cached is why the
// file in the cache will not do.
func (o *Options) downloadRanks(ctx context.Context, enc *encoding, path string, cached error) ([]byte, error) {
	base := o.RankURL
	if base == "" {
		base = rankURL
	}
	url := base + enc.file
	if errors.Is(cached, fs.ErrNotExist) {
		cached = fmt.Errorf("%s does not exist", path)
	}
	advice := fmt.Sprintf("Fetch %s into the folder named by TIKTOKEN_CACHE_DIR as %s, or use --tokenizer builtin", rankURL+enc.file, filepath.Base(path))
	if o.offline() {
		return nil, fmt.Errorf("%w, and offline mode forbids a download. %s", cached, advice)
	}
	text, err := o.get(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("%w; download: %w. %s", cached, err, advice)
	}
	if got := hexSHA256(text); got != enc.sha256 {
		return nil, fmt.Errorf("%s has the sha256 %s, want %s", url, got, enc.sha256)
	}
	if err := writeAtomic(path, text); err != nil {
		return nil, fmt.Errorf("store rank file: %w", err)
	}
	return text, nil
}

// get fetches url without any credentials.
func (o *Options) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := o.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", url, resp.Status)
	}
	return readLimited(resp.Body, url)
}

// writeAtomic stores data at path so that no other process ever sees half of it. It makes the
// folder if need be.
func writeAtomic(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once renamed
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func sha1Sum(s string) []byte {
	sum := sha1.Sum([]byte(s))
	return sum[:]
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
