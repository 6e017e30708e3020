package dataset

import (
	"errors"
	"fmt"
	"strings"
)

// SPEED-Bench is NVIDIA's set of prompts for speculative decoding: one record
// of question_id, category and messages per line. Each category can be read by
// itself, so that a run measures one.

const speedBench = "speed_bench_"

// speedBenchCategories are the formats' names behind speed_bench_, and the
// category that each takes; none takes all.
func speedBenchCategories() map[string]string {
	out := map[string]string{"qualitative": ""}
	for _, c := range []string{"coding", "humanities", "math", "multilingual", "qa", "rag", "reasoning", "roleplay", "stem", "summarization", "writing"} {
		out[c] = c
	}
	for _, isl := range []string{"1k", "2k", "8k", "16k", "32k"} {
		out["throughput_"+isl] = ""
		for _, c := range []string{"low_entropy", "mixed", "high_entropy"} {
			out["throughput_"+isl+"_"+c] = c
		}
	}
	return out
}

// speedBenchPlaceholder stands in the published files for texts that must be
// fetched from their makers first.
const speedBenchPlaceholder = "FULL BENCHMARK DATA SHOULD BE FETCHED FROM THE SOURCE USING SPECDEC_BENCH"

// parseSpeedBench reads the records of a category, or of all.
func parseSpeedBench(category string) func(*reading, rec) (row, error) {
	return func(_ *reading, in rec) (row, error) {
		var t struct {
			QuestionID string `json:"question_id"`
			Category   string `json:"category"`
			Messages   []struct {
				Role    string `json:"role"`
				Content string `json:"content"`
			} `json:"messages"`
		}
		if err := decodeRecord(in.raw, &t); err != nil {
			return row{}, err
		}
		switch {
		case t.QuestionID == "" || t.Category == "" || len(t.Messages) == 0:
			return row{}, fmt.Errorf("it has %s: expected question_id, category and messages", keysOf(in.raw))
		case category != "" && t.Category != category:
			return row{skip: skipCategory}, nil
		}
		out := row{id: t.QuestionID}
		for i, m := range t.Messages {
			switch {
			case strings.TrimSpace(m.Role) == "" || strings.TrimSpace(m.Content) == "":
				return row{}, fmt.Errorf("message %d has no role or no content", i+1)
			case m.Content == speedBenchPlaceholder:
				return row{}, errors.New("its text is a placeholder: the full data must first be fetched with SPEED-Bench's own script")
			}
			out.turns = append(out.turns, Turn{Role: m.Role, Texts: []Text{{Name: "text", Content: m.Content}}})
		}
		return out, nil
	}
}
