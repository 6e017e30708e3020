package endpoint

import (
	"strings"
	"testing"
)

// The table of AIPerf 0.13's metadata: type, path, title, and in letters what
// holds: s streams, t produces tokens, i tokenizes input, I images, A audio,
// V video in the input, m makes images, v makes videos, f a form, l inline media.
const metadata = `
audio-transcription  /v1/audio/transcriptions  Af    Audio Transcription Metrics
chat                 /v1/chat/completions      stiIAV LLM Metrics
cohere-rankings      /v2/rerank                i     Ranking Metrics
completions          /v1/completions           sti   LLM Metrics
responses            /v1/responses             stiIA LLM Metrics
messages             /v1/messages              stiI  LLM Metrics
chat-embeddings      /v1/embeddings            iI    Embeddings Metrics
embeddings           /v1/embeddings            i     Embeddings Metrics
hf-tei-rankings      /rerank                   i     Ranking Metrics
huggingface-generate /generate                 sti   LLM Metrics
image-generation     /v1/images/generations    sim   Image Generation Metrics
image-edit           /v1/images/edits          iImf  Image Edit Metrics
video-generation     /v1/videos                ivf   Video Generation Metrics
image-retrieval      /v1/infer                 Il    Image Retrieval Metrics
nim-embeddings       /v1/embeddings            iI    NIM Embeddings Metrics
nim-rankings         /v1/ranking               i     Rankings Metrics
solido-rag           /rag/api/prompt           sti   SOLIDO RAG Metrics
raw                  -                         stiIAV LLM Metrics
template             -                         stiIAV LLM Metrics
rankings             /v1/ranking               i     Rankings Metrics`

func TestSpecsAsInAIPerf(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(metadata), "\n")
	if len(lines) != len(All) {
		t.Errorf("%d types, want %d", len(All), len(lines))
	}
	for _, line := range lines {
		f := strings.Fields(line)
		e, err := Lookup(f[0])
		if err != nil {
			t.Error(err)
			continue
		}
		s := e.Spec()
		path := s.Path
		if path == "" {
			path = "-"
		}
		flags := ""
		for _, x := range []struct {
			on     bool
			letter string
		}{{s.CanStream, "s"}, {s.ProducesTokens, "t"}, {s.TokenizesInput, "i"}, {s.Images, "I"}, {s.Audio, "A"}, {s.Video, "V"},
			{s.MakesImages, "m"}, {s.MakesVideos, "v"}, {s.Form, "f"}, {s.InlineMedia, "l"}} {
			if x.on {
				flags += x.letter
			}
		}
		got := strings.Join([]string{s.Type, path, flags, s.Title}, " ")
		if want := strings.Join(f, " "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if _, polls := e.(Poller); polls != (f[0] == "video-generation") {
			t.Errorf("%s is a poller: %v", f[0], polls)
		}
		if (s.Auth == AnthropicKey) != (f[0] == "messages") || (s.StreamPath != "") != (f[0] == "huggingface-generate") {
			t.Errorf("%s: key %d, stream path %q", f[0], s.Auth, s.StreamPath)
		}
	}
}

func TestLookupHints(t *testing.T) {
	for name, want := range map[string]string{
		"nim_embeddings": "nim-embeddings", "nim_rankings": "nim-rankings", "huggingface-generate": "huggingface-generate",
	} {
		e, err := Lookup(name)
		if err != nil || e.Spec().Type != want {
			t.Errorf("Lookup(%q): %v, %v", name, e, err)
		}
	}
	for name, hint := range map[string]string{"embedings": "did you mean embeddings?", "xyz": "known are chat,", "vidoe-generation": "video-generation?"} {
		if _, err := Lookup(name); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("Lookup(%q): %v, want %q", name, err, hint)
		}
	}
}

func TestChooseRankings(t *testing.T) {
	for _, c := range []struct {
		paths      []string
		kind, path string
	}{
		{nil, "nim-rankings", "/v1/ranking"},
		{[]string{"/v1/models", "/v1/ranking", "/v1/rerank"}, "nim-rankings", "/v1/ranking"},
		{[]string{"/rerank", "/v1/rerank", "/v2/rerank", "/score"}, "cohere-rankings", "/v2/rerank"}, // vLLM
		{[]string{"/rerank", "/v1/rerank"}, "cohere-rankings", "/v1/rerank"},
		{[]string{"/rerank/", "/embed"}, "hf-tei-rankings", "/rerank"},
		{[]string{"/v1/chat/completions"}, "nim-rankings", "/v1/ranking"},
	} {
		e, err := Prepare(Rankings{}, &Options{}, Settings{Paths: c.paths})
		if s := e.Spec(); err != nil || s.Type != c.kind || s.Path != c.path {
			t.Errorf("%v: %s %s, %v, want %s %s", c.paths, s.Type, s.Path, err, c.kind, c.path)
		}
	}
	paths, err := OpenAPIPaths([]byte(`{"openapi":"3.1.0","paths":{"/v2/rerank":{"post":{}},"/health":{}}}`))
	if err != nil || strings.Join(paths, " ") != "/health /v2/rerank" {
		t.Errorf("paths %v, %v", paths, err)
	}
	for _, bad := range []string{"", "[]", `{"paths":[]}`, "<html>"} {
		if _, err := OpenAPIPaths([]byte(bad)); err == nil {
			t.Errorf("OpenAPIPaths(%q) gave no error", bad)
		}
	}
}
