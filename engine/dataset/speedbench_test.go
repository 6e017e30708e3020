package dataset

import (
	"strings"
	"testing"
)

const speedBenchFile = `{"question_id": "00000000000000000000000000000001", "category": "coding", "messages": [{"role": "user", "content": "Write a loop."}, {"role": "user", "content": "Now in C."}]}
{"question_id": "00000000000000000000000000000002", "category": "math", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is 17 times 23?"}]}
{"question_id": "00000000000000000000000000000003", "category": "coding", "messages": [{"role": "user", "content": "Reverse a list."}]}
`

// A category takes its own records, the whole set all; a leading system message
// stays a turn, as AIPerf has it.
func TestSpeedBench(t *testing.T) {
	for name, want := range map[string][]int{"speed_bench_qualitative": {2, 2, 1}, "speed_bench_coding": {2, 1}, "speed-bench-math": {2}} {
		kind, err := ParseFormat(name)
		if err != nil {
			t.Fatal(err)
		}
		f := fromFile(t, speedBenchFile, FileConfig{Format: kind})
		if f.Len() != len(want) {
			t.Errorf("%s: %d conversations, want %d", name, f.Len(), len(want))
			continue
		}
		for i, turns := range want {
			conv, err := f.At(i)
			if err != nil || len(conv.Turns) != turns || conv.System != "" || !strings.HasPrefix(conv.ID, "0000") {
				t.Errorf("%s: conversation %d is %+v, %v", name, i, conv, err)
			}
		}
	}
	for text, want := range map[string]string{
		strings.Replace(speedBenchFile, "Write a loop.", speedBenchPlaceholder, 1): "s.jsonl:1: its text is a placeholder",
		`{"category": "coding", "messages": []}`:                                   "expected question_id, category and messages",
		strings.Replace(speedBenchFile, `"user"`, `""`, 1):                         "message 1 has no role",
	} {
		c := Config{File: FileConfig{Path: write(t, "s.jsonl", text), Format: "speed_bench_coding"}}
		if _, err := openFor(t, c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q gave %v, want %q", text, err, want)
		}
	}
}
