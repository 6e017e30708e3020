package dataset

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"tacho/engine/token"
)

// publicSet is one public data set.
type publicSet struct {
	name string
	// repo, subset and split say where it lies on the hub; file is the one to
	// take, if it is not to be found by subset and split. address is where it
	// lies if not on the hub.
	repo, subset, split, file, address string
	// columns are those that every row has, and more those that are read where
	// they are there.
	columns, more []string
	// needsTokens: the rows are chosen by their length in tokens.
	needsTokens bool
	// huge: it is not read as a whole.
	huge    bool
	convert converter
}

// publicSets are those that AIPerf knows, but for agents' traces.
var publicSets = []publicSet{
	{name: "sharegpt", repo: "anon8231489123/ShareGPT_Vicuna_unfiltered", split: "train", file: "ShareGPT_V3_unfiltered_cleaned_split.json",
		columns: []string{"conversations"}, needsTokens: true, convert: shareGPT},
	{name: "aimo", repo: "AI-MO/NuminaMath-TIR", split: "train", columns: []string{"problem"}, convert: prompt("problem")},
	{name: "aimo_aime", repo: "AI-MO/aimo-validation-aime", split: "train", columns: []string{"problem"}, convert: prompt("problem")},
	{name: "aimo_numina_cot", repo: "AI-MO/NuminaMath-CoT", split: "train", columns: []string{"problem"}, convert: prompt("problem")},
	{name: "aimo_numina_1_5", repo: "AI-MO/NuminaMath-1.5", split: "train", columns: []string{"problem"}, convert: prompt("problem")},
	{name: "mmstar", repo: "Lin-Chen/MMStar", split: "val", columns: []string{"question", "image"}, convert: promptWith("question", imageMedia, "image")},
	{name: "mmvu", repo: "yale-nlp/MMVU", split: "validation", columns: []string{"question", "video"}, more: []string{"choices"}, convert: mmvu},
	{name: "vision_arena", repo: "lmarena-ai/VisionArena-Chat", split: "train", columns: []string{"conversation"}, more: []string{"images"}, huge: true, convert: firstMessage("conversation", "images")},
	{name: "llava_onevision", repo: "lmms-lab/LLaVA-OneVision-Data", subset: "sharegpt4o", split: "train", columns: []string{"conversations"}, more: []string{"image"}, huge: true, convert: firstMessage("conversations", "image")},
	{name: "spec_bench", file: "spec_bench.jsonl", columns: []string{"turns"}, convert: firstOf("turns"),
		address: "https://raw.githubusercontent.com/hemingkx/Spec-Bench/fd2c1cd7d2201ef71db4c5f4e455008f017967bf/data/spec_bench/question.jsonl"},
	{name: "spec_al_gsm8k", repo: "openai/gsm8k", subset: "main", split: "test", columns: []string{"question"}, convert: prompt("question")},
	{name: "spec_al_math500", repo: "HuggingFaceH4/MATH-500", split: "test", columns: []string{"problem"}, convert: prompt("problem")},
	{name: "spec_al_humaneval", repo: "openai/openai_humaneval", split: "test", columns: []string{"prompt"}, convert: prompt("prompt")},
	{name: "spec_al_mbpp", repo: "google-research-datasets/mbpp", subset: "full", split: "test", columns: []string{"text"}, convert: prompt("text")},
	{name: "spec_al_mtbench", repo: "HuggingFaceH4/mt_bench_prompts", split: "train", columns: []string{"prompt"}, convert: allOf("prompt")},
	{name: "instruct_coder", repo: "likaixin/InstructCoder", split: "train", columns: []string{"instruction"}, convert: prompt("instruction")},
	{name: "blazedit_5k", repo: "vdaita/edit_5k_char", split: "train", columns: []string{"code", "change_request"}, convert: edit},
	{name: "blazedit_10k", repo: "vdaita/edit_10k_char", split: "train", columns: []string{"code", "change_request"}, convert: edit},
	{name: "librispeech", repo: "openslr/librispeech_asr", subset: "clean", split: "test", columns: []string{"audio"}, huge: true, convert: speech},
	{name: "voxpopuli", repo: "facebook/voxpopuli", subset: "en", split: "test", columns: []string{"audio"}, huge: true, convert: speech},
	{name: "gigaspeech", repo: "speechcolab/gigaspeech", subset: "xs", split: "test", columns: []string{"audio"}, huge: true, convert: speech},
	{name: "ami", repo: "edinburghcstr/ami", subset: "ihm", split: "test", columns: []string{"audio"}, huge: true, convert: speech},
	{name: "spgispeech", repo: "kensho/spgispeech", subset: "test", split: "test", columns: []string{"audio"}, huge: true, convert: speech},
}

// PublicNames are the names of the public data sets.
func PublicNames() []string {
	var names []string
	for _, s := range publicSets {
		names = append(names, s.name)
	}
	return names
}

// findPublic finds a public data set by its name, with - or _ between words.
func findPublic(name string) (*publicSet, error) {
	want := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
	if i := slices.IndexFunc(publicSets, func(s publicSet) bool { return s.name == want }); i >= 0 {
		return &publicSets[i], nil
	}
	return nil, fmt.Errorf("unknown public dataset %q: known are %s", name, strings.Join(PublicNames(), ", "))
}

// source says where a data set comes from.
func (s *publicSet) source() string {
	if s.repo == "" {
		return s.address
	}
	out := s.repo
	if s.subset != "" {
		out += ", subset " + s.subset
	}
	if s.file != "" {
		return out + ", file " + s.file
	}
	return out + ", split " + s.split
}

// advice says how to come by a data set without this program's download: which
// file is to be put into dir, and what makes it.
func (s *publicSet) advice(dir string) string {
	name, how := s.name+".parquet", ""
	switch {
	case s.repo == "":
		name, how = s.file, "curl -Lo "+s.file+" "+s.address
	case s.file != "":
		name, how = s.file, "curl -LO "+addressOf(token.DefaultEndpoint, s.repo, "main", s.file)
	default:
		subset := ""
		if s.subset != "" {
			subset = fmt.Sprintf("%q, ", s.subset)
		}
		how = fmt.Sprintf("python -c 'from datasets import load_dataset; load_dataset(%q, %ssplit=%q).to_parquet(%q)'", s.repo, subset, s.split, name)
	}
	return fmt.Sprintf("Put it here: %s\nor name a copy with --input-file, beside --public-dataset: Parquet, JSON Lines, a JSON list or CSV, with the columns %s.\nWhere there is a network, this makes one (%s): %s",
		filepath.Join(dir, name), strings.Join(s.columns, ", "), s.source(), how)
}
