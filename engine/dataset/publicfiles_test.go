package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The layouts are those of repositories on the hub.
func TestFilesOfASplit(t *testing.T) {
	for _, c := range []struct{ name, has, want string }{
		{"aimo", "README.md data/test-00000-of-00001.parquet data/train-00001-of-00002.parquet data/train-00000-of-00002.parquet",
			"data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet"},
		{"mmstar", ".gitattributes README.md mmstar.parquet", "mmstar.parquet"},
		{"mmvu", "README.md validation.json videos/a/0.mp4", "validation.json"},
		{"spec_al_gsm8k", "main/test-00000-of-00001.parquet main/train-00000-of-00001.parquet socratic/test-00000-of-00001.parquet", "main/test-00000-of-00001.parquet"},
		{"spec_al_math500", "test.jsonl README.md", "test.jsonl"},
		{"spec_al_humaneval", "openai_humaneval/test-00000-of-00001.parquet", "openai_humaneval/test-00000-of-00001.parquet"},
		{"spec_al_mtbench", "raw/question.jsonl data/train-00000-of-00001-be2f58f.parquet", "data/train-00000-of-00001-be2f58f.parquet"},
		{"librispeech", "all/test.clean/0000.parquet all/test.other/0000.parquet clean/test/0000.parquet clean/train.100/0000.parquet clean/validation/0000.parquet other/test/0000.parquet",
			"clean/test/0000.parquet"},
		{"llava_onevision", "sharegpt4o/train-00000-of-00001.parquet sharegpt4v(coco)/train-00000-of-00001.parquet", "sharegpt4o/train-00000-of-00001.parquet"},
		{"sharegpt", "HTML_cleaned_raw_dataset/x.json ShareGPT_V3_unfiltered_cleaned_split.json ShareGPT_V3_unfiltered_cleaned_split_no_imsorry.json", "ShareGPT_V3_unfiltered_cleaned_split.json"},
		{"aimo", "aimo.jsonl origin.json", "aimo.jsonl"},
		{"aimo", "b.parquet a.parquet c.csv .cache/d.parquet", "a.parquet b.parquet"},

		{"aimo", "README.md model.bin", "it holds none of .parquet, .jsonl"},
		{"aimo", "data/test-00000-of-00001.parquet", "it holds nothing of the split train"},
		{"aimo", "data/train-00000-of-00002.parquet", "there are 1 files data/train-*-of-00002.parquet: expected 2"},
		{"spec_al_gsm8k", "socratic/test-00000-of-00001.parquet", "it holds nothing of the subset main"},
		{"sharegpt", "other.json", "it has no file ShareGPT_V3_unfiltered_cleaned_split.json"},
	} {
		set, err := findPublic(c.name)
		if err != nil {
			t.Fatal(err)
		}
		files, err := chooseFiles(strings.Fields(c.has), set)
		got := strings.Join(files, " ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s of %s: %s; want %s", c.name, c.has, got, c.want)
		}
	}
}

// A copy may be a file, or a folder as the hub has it.
func TestCopyOfAPublicDataset(t *testing.T) {
	h := newTestHub(t, nil)
	dir := t.TempDir()
	var one string
	for name, content := range aimo(t) {
		one = filepath.Join(dir, strings.TrimPrefix(name, "AI-MO/NuminaMath-TIR/main/"))
		if err := os.MkdirAll(filepath.Dir(one), 0o755); err != nil {
			t.Fatal(err)
		}
		overwrite(t, one, string(content))
	}
	cfg := h.config(t, "aimo")
	cfg.Path = dir
	wantPrompts(t, cfg, aimoPrompts...)
	cfg.Path = filepath.Join(dir, "data/train-00001-of-00002.parquet")
	wantPrompts(t, cfg, aimoPrompts[3:]...)
	cfg.Path = filepath.Join(t.TempDir(), "mine.jsonl")
	overwrite(t, cfg.Path, `{"problem":"mine"}`)
	wantPrompts(t, cfg, "mine")

	for content, want := range map[string]string{
		"PAR1": "mine.parquet: it is no whole Parquet file: ",
		string(writeParquet(t, []other{{"x"}}, 1)): "mine.parquet: it has the columns text: expected problem",
		"plain text": "expected Parquet, JSON, or a name that ends in .csv",
	} {
		cfg.Path = filepath.Join(t.TempDir(), "mine.parquet")
		overwrite(t, cfg.Path, content)
		if _, err := prompts(t, cfg); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.20q: %v, want %s", content, err, want)
		}
	}
	if len(h.asked) != 0 {
		t.Errorf("asked %q", h.asked)
	}
}

type other struct {
	Text string `parquet:"text"`
}

// Pictures, questions in lists and choices come out of Parquet as out of JSON.
func TestPublicColumnsOfParquet(t *testing.T) {
	png := string(mustBase64(t, tinyPNG))
	type picture struct {
		Bytes []byte  `parquet:"bytes,optional"`
		Path  *string `parquet:"path,optional"`
	}
	type said struct {
		Role    string `parquet:"role"`
		Content string `parquet:"content"`
	}
	type told struct {
		From  string `parquet:"from"`
		Value string `parquet:"value"`
	}
	type line struct {
		Question      string    `parquet:"question"`
		Image         *picture  `parquet:"image,optional"`
		Images        []picture `parquet:"images,list"`
		Conversation  [][]said  `parquet:"conversation,list"`
		Conversations []told    `parquet:"conversations,list"`
		Prompt        []string  `parquet:"prompt,list"`
		Video         string    `parquet:"video"`
		Choices       struct {
			A string `parquet:"A"`
			B string `parquet:"B"`
		} `parquet:"choices"`
	}
	row := line{Question: "what?", Image: &picture{Bytes: []byte(png)}, Images: []picture{{Bytes: []byte(png)}, {Bytes: []byte("x")}},
		Conversation:  [][]said{{{Role: "user", Content: "look"}}, {{Role: "assistant", Content: "no"}}},
		Conversations: []told{{From: "human", Value: "<image>\nsee"}, {From: "gpt", Value: "yes"}},
		Prompt:        []string{"first", "second"}, Video: "https://example.com/v.mp4"}
	row.Choices.B = "blue"
	h := newTestHub(t, nil)
	path := filepath.Join(t.TempDir(), "x.parquet")
	overwrite(t, path, string(writeParquet(t, []line{row}, 1)))
	for name, want := range map[string][]string{
		"mmstar":          {"what?", "data:image/png;base64," + tinyPNG},
		"vision_arena":    {"look", "data:image/png;base64," + tinyPNG},
		"llava_onevision": {"see", "data:image/png;base64," + tinyPNG},
		"spec_al_mtbench": {"first", "second"},
		"mmvu":            {"what? B.blue", "https://example.com/v.mp4"},
	} {
		cfg := h.config(t, name)
		cfg.Path = path
		d, err := openPublic(t.Context(), cfg, common{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, turn := range at(t, d, 0).Turns {
			got = append(got, turn.Texts[0].Content)
			for _, m := range slices.Concat(turn.Images, turn.Videos, turn.Audios) {
				got = append(got, m.Content)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %.80q, want %.80q", name, got, want)
		}
		Close(d)
	}
}
