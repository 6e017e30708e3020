package token

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Options say which tokenizer is wanted and where it may come from.
type Options struct {
	// Name is the tokenizer that the user asked for: "builtin", an encoding of [Encodings], the
	// path of a tokenizer.json or of a folder with one, or a repository of the hub. Empty: the
	// tokenizer of Model.
	Name string
	// Model is the name of the model under test.
	Model string
	// Revision is the branch, tag or commit of a repository; empty is "main".
	Revision string
	// Offline forbids every network access, as HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE do.
	Offline bool
	// Getenv looks up environment variables; nil is os.Getenv. Read are HF_HUB_CACHE, HF_HOME,
	// XDG_CACHE_HOME, HOME, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE,
	// TRANSFORMERS_OFFLINE, TIKTOKEN_CACHE_DIR and DATA_GYM_CACHE_DIR.
	Getenv func(string) string
	// Client makes the downloads; nil is a client that honours the proxy variables.
	Client *http.Client
	// RankURL replaces the public address under which the rank files of tiktoken lie. It ends in "/".
	RankURL string
}

// ErrUnavailable is in the chain of an error of [Resolve] when no tokenizer was asked for by name
// and that of the model cannot be had. A run can go on with the token counts of the server.
var ErrUnavailable = errors.New("the tokenizer of the model is not available")

// Resolve picks and loads a tokenizer: the one named, else that of the model, else, if the model
// has an obvious placeholder for a name, the built-in one with a warning in the [Source]. It never
// takes another tokenizer than the one that these rules name.
func Resolve(ctx context.Context, o Options) (Tokenizer, Source, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Name != "" {
		return o.load(ctx, o.Name)
	}
	if IsPlaceholder(o.Model) {
		t, src, err := o.load(ctx, BuiltinName)
		src.Warnings = append(src.Warnings, fmt.Sprintf(
			"model name %q looks like a placeholder: tokens are counted with the built-in tokenizer (o200k_base); --tokenizer names another", o.Model))
		return t, src, err
	}
	if o.Model == "" {
		return nil, Source{}, fmt.Errorf("%w: there is no model name", ErrUnavailable)
	}
	t, src, err := o.load(ctx, o.Model)
	if err != nil {
		return nil, Source{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return t, src, nil
}

// load loads the tokenizer called name.
func (o *Options) load(ctx context.Context, name string) (Tokenizer, Source, error) {
	if name == BuiltinName {
		t, err := builtin()
		if err != nil {
			return nil, Source{}, err
		}
		return t, Source{Kind: "builtin", Name: t.name, SHA256: o200kSHA256}, nil
	}
	if enc := findEncoding(name); enc != nil {
		return o.loadEncoding(ctx, enc)
	}
	path := o.hub().expandHome(name)
	if looksLikePath(name) {
		return LoadFile(name, path)
	}
	// ORG/NAME may also be a folder below the current one.
	if _, err := findTokenizerFile(path); err == nil && isFolder(path) {
		return LoadFile(name, path)
	}
	return o.loadRepo(ctx, name)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// looksLikePath tells names that can only be paths.
func looksLikePath(name string) bool {
	return filepath.IsAbs(name) || strings.ContainsRune(name, '\\') ||
		strings.HasPrefix(name, "/") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") ||
		strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".json.gz") || isOf(sentencePieceFiles, name)
}

func (o *Options) hub() HubEnv { return HubEnv(o.Getenv) }

// offline tells whether the caller or the environment forbids network access.
func (o *Options) offline() bool { return o.Offline || o.hub().Offline("TRANSFORMERS_OFFLINE") }
