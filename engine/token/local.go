package token

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	tokenizerFile = "tokenizer.json"
	configFile    = "tokenizer_config.json"
	chatFile      = "chat_template.jinja"

	// maxFile bounds what is read into memory; the largest tokenizer.json known to us has 34 MB.
	maxFile = 512 << 20
)

// LoadFile reads a tokenizer.json, or a folder with one, without any network. A name that ends
// in .gz is unpacked first. A tokenizer_config.json beside it is honoured. The tokenizer takes
// the name given; its [Source] has the kind "file".
//
// Without a tokenizer.json, a Tekken vocabulary of Mistral's is taken, or a SentencePiece model.
func LoadFile(name, path string) (Tokenizer, Source, error) {
	path, err := findTokenizerFile(path)
	if err != nil {
		return nil, Source{}, err
	}
	var t Tokenizer
	var src Source
	if isOf(tekkenFiles, path) {
		t, src, err = loadTekken(name, path)
	} else {
		t, src, err = loadFile(name, path)
	}
	if err != nil {
		return nil, Source{}, err
	}
	return t, src, nil
}

// loadFile reads any but a Tekken vocabulary.
func loadFile(name, path string) (*pipeline, Source, error) {
	path, err := findTokenizerFile(path)
	if err != nil {
		return nil, Source{}, err
	}
	data, err := readMaybeGzip(path)
	if err != nil {
		return nil, Source{}, fmt.Errorf("read tokenizer: %w", err)
	}
	sum := sha256.Sum256(data)
	config, err := readConfigBeside(path)
	if err != nil {
		return nil, Source{}, fmt.Errorf("read tokenizer configuration: %w", err)
	}
	parse := parseTokenizer
	if isOf(sentencePieceFiles, path) {
		parse = parseSentencePiece
	}
	t, err := parse(name, data, config)
	if err != nil {
		return nil, Source{}, fmt.Errorf("load %s: %w", path, err)
	}
	// Newer models keep the chat template in a file of its own.
	if b, err := os.ReadFile(filepath.Join(filepath.Dir(path), chatFile)); err == nil {
		t.chat.Template = string(b)
	}
	return t, Source{Kind: "file", Name: name, Path: path, SHA256: hex.EncodeToString(sum[:])}, nil
}

// converter makes a tokenizer.json of the other kinds of tokenizer.
const converter = "AutoTokenizer.from_pretrained(…).save_pretrained(…)"

// isOf tells whether a file has one of the names.
func isOf(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := filepath.Match(p, filepath.Base(path)); return ok })
}

// findTokenizerFile returns path itself, or what can be read in it if it is a folder: its
// tokenizer.json, else a Tekken vocabulary, else a SentencePiece model.
func findTokenizerFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("tokenizer: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	for _, pattern := range slices.Concat([]string{tokenizerFile, tokenizerFile + ".gz"}, tekkenFiles, sentencePieceFiles) {
		if found, _ := filepath.Glob(filepath.Join(path, pattern)); len(found) > 0 {
			return found[len(found)-1], nil // the newest, where names end in a date or version
		}
	}
	hint := ""
	for _, other := range []string{"vocab.json", "vocab.txt", "tiktoken.model"} {
		if found, _ := filepath.Glob(filepath.Join(path, other)); len(found) > 0 {
			hint = fmt.Sprintf(" (it has %s, which must be converted: %s writes a tokenizer.json)", filepath.Base(found[0]), converter)
			break
		}
	}
	return "", fmt.Errorf("tokenizer: no %s in %s%s", tokenizerFile, path, hint)
}

func readMaybeGzip(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", path, err)
		}
		r = z
	}
	return readLimited(r, path)
}

// readLimited reads all of r, at most maxFile bytes.
func readLimited(r io.Reader, what string) ([]byte, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	if n > maxFile {
		return nil, fmt.Errorf("read %s: larger than %d MB", what, maxFile>>20)
	}
	return b.Bytes(), nil
}

// readConfigBeside reads the tokenizer_config.json next to a tokenizer.json; nil if there is none.
func readConfigBeside(path string) ([]byte, error) {
	for _, name := range []string{configFile, configFile + ".gz"} {
		b, err := readMaybeGzip(filepath.Join(filepath.Dir(path), name))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	return nil, nil
}
