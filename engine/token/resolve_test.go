package token

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// env is a Getenv over a map, with a HOME that does not exist unless it is set.
func env(vars map[string]string) func(string) string {
	return func(name string) string {
		if v, ok := vars[name]; ok {
			return v
		}
		if name == "HOME" {
			return "/does/not/exist"
		}
		return ""
	}
}

func TestResolveBuiltin(t *testing.T) {
	offline := Options{Offline: true, Getenv: env(nil)}
	for _, c := range []struct {
		name, model  string
		kind, source string
		warnings     int
	}{
		{"builtin", "Qwen/Qwen3-0.6B", "builtin", "o200k_base", 0},
		{"o200k_base", "", "tiktoken", "o200k_base", 0},
		{"o200k_harmony", "", "tiktoken", "o200k_harmony", 0},
		{"", "test", "builtin", "o200k_base", 1},
		{"", "My_Model", "builtin", "o200k_base", 1},
	} {
		o := offline
		o.Name, o.Model = c.name, c.model
		tok, src, err := Resolve(t.Context(), o)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if src.Kind != c.kind || src.Name != c.source || tok.Name() != c.source || len(src.Warnings) != c.warnings || src.SHA256 == "" {
			t.Errorf("%+v: source %+v, tokenizer %s", c, src, tok.Name())
		}
	}
}

func TestResolveErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vocab.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, model string
		unavailable bool
		want        []string
	}{
		{"", "", true, []string{"no model name"}},
		{"", "Qwen/Qwen3-0.6B", true, []string{"Qwen/Qwen3-0.6B", "models--Qwen--Qwen3-0.6B", "offline", "--tokenizer"}},
		{"", "../../etc", true, []string{"../../etc"}},
		{"", "a/b/c", true, []string{"ORG/NAME"}},
		{"Qwen/Qwen3-0.6B", "x", false, []string{"offline"}},
		{"gpt2", "x", false, []string{"models--gpt2", "offline"}},
		{"cl100k_base", "x", false, []string{"cl100k_base", "TIKTOKEN_CACHE_DIR", "offline", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"}},
		{"/no/such/tokenizer.json", "", false, []string{"/no/such/tokenizer.json"}},
		{"./nowhere", "", false, []string{"nowhere"}},
		{"~/nowhere", "", false, []string{"/does/not/exist/nowhere"}},
		{dir, "", false, []string{"no tokenizer.json", "vocab.txt", "converted"}},
		{"a b", "", false, []string{`"a b"`}},
		{"x--y", "", false, []string{`"x--y"`}},
	} {
		_, src, err := Resolve(t.Context(), Options{Name: c.name, Model: c.model, Offline: true, Getenv: env(map[string]string{"TIKTOKEN_CACHE_DIR": dir})})
		if err == nil {
			t.Errorf("%q %q: no error, source %+v", c.name, c.model, src)
			continue
		}
		if errors.Is(err, ErrUnavailable) != c.unavailable {
			t.Errorf("%q %q: %v; ErrUnavailable: want %v", c.name, c.model, err, c.unavailable)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q %q: error %q lacks %q", c.name, c.model, err, want)
			}
		}
	}
}

func TestResolveLocal(t *testing.T) {
	home := t.TempDir()
	folder := filepath.Join(home, "org", "model")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "tokenizer.json"), []byte(tiny("")), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(home)
	for _, name := range []string{
		folder, filepath.Join(folder, "tokenizer.json"), "~/org/model", "./org/model", "org/model", "org/model/tokenizer.json",
	} {
		tok, src, err := Resolve(t.Context(), Options{Model: name, Offline: true, Getenv: env(map[string]string{"HOME": home})})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if src.Kind != "file" || src.Name != name || filepath.Base(src.Path) != "tokenizer.json" || len(src.SHA256) != 64 || tok.Count("a") != 1 {
			t.Errorf("%s: source %+v", name, src)
		}
	}
}

func TestIsPlaceholder(t *testing.T) {
	for name, want := range map[string]bool{
		"test": true, "TEST": true, "mock": true, "placeholder": true, "mock-llama": true, "Test_Model_v2": true,
		"my_model": true, "your-model-here": true, "model_name": true, "some-model-id": true, "x-fake": true,
		"": false, "contestant": false, "Qwen/test": false, "./test": false, "~test": false, `a\mock-b`: false,
		"llama": false, "tested": false, "gpt-4o-mini": false,
	} {
		if got := IsPlaceholder(name); got != want {
			t.Errorf("IsPlaceholder(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestSourceString(t *testing.T) {
	for want, s := range map[string]Source{
		"builtin o200k_base (sha256 446a9538)": {Kind: "builtin", Name: "o200k_base", SHA256: o200kSHA256},
		"hub a/b@01234567":                     {Kind: "hub", Name: "a/b", Commit: "0123456789abcdef"},
		"file x":                               {Kind: "file", Name: "x"},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

func TestEncodingsAreDistinct(t *testing.T) {
	var names []string
	for _, e := range encodings {
		names = append(names, e.name)
	}
	if strings.Join(names, " ") != "o200k_base o200k_harmony cl100k_base p50k_base p50k_edit r50k_base" {
		t.Errorf("encodings %v", names)
	}
}
