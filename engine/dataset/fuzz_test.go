package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/random"
)

// Whatever a file holds, opening it ends with a data set whose conversations
// can all be had, or with an error that names the file.
func FuzzFiles(f *testing.F) {
	for _, s := range []string{
		`{"text":"a"}` + "\n" + `{"texts":["b","c"],"images":["data:x"],"image_uuids":["u"],"session_id":"s","delay":5}`,
		`{"session_id":"t","turns":[{"role":"system","text":"s"},{"text":"a"},{"text":"b","delay":9}]}`,
		`{"timestamp":0,"input_length":40,"output_length":5,"hash_ids":[1,2,3]}` + "\n" + `{"messages":[{"role":"user","content":"x"}],"timestamp":4}`,
		`{"payload":{"a":1},"session_id":"x"}` + "\n" + `{"text_input":"x","extra":{"a":[1]}}`,
		`{"chat_id":7,"parent_chat_id":-1,"timestamp":0.5,"input_length":40,"output_length":12,"turn":1,"hash_ids":[1,2,3]}`,
		"Timestamp,Request tokens,Response tokens\n5,47,18\n45,10,0\n",
		`{"captureData":{"endpointInput":{"data":"{\"messages\":[{\"role\":\"user\"}],\"max_tokens\":5}","encoding":"JSON"}},"eventMetadata":{"inferenceTime":"2026-01-05T10:00:00Z"}}`,
		`{"model":"m","messages":[]}`,
		`{"data":[{"session_id":"a","payloads":[{"x":1}]}]}`,
		"\xef\xbb\xbf{\"text\":\"a\"}", "\x1f\x8b", "[]", "",
	} {
		for k := range len(formatNames) + 1 {
			f.Add([]byte(s), uint8(k))
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, in []byte, k uint8) {
		if strings.Contains(string(in), "/") {
			return // no reading of files that happen to be named
		}
		path := filepath.Join(dir, "data.jsonl")
		if err := os.WriteFile(path, in, 0o644); err != nil {
			t.Fatal(err)
		}
		cfg := FileConfig{Path: path, BlockSize: 16, Entries: 3}
		if n := int(k) % (len(formatNames) + 1); n > 0 {
			cfg.Format = Format(formatNames[n-1])
		}
		if k >= 128 {
			cfg.atOnce = 1
		}
		d, err := Open(t.Context(), Config{File: cfg}, random.Seeded(1), nil)
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Fatalf("the error does not name the file: %v", err)
			}
			return
		}
		defer Close(d)
		n := d.Len()
		if n < 1 {
			t.Fatalf("%d conversations", n)
		}
		for i := range min(n, 50) {
			c, err := d.At(i)
			if err != nil {
				if cfg.atOnce > 0 {
					return
				}
				t.Fatalf("conversation %d: %v", i, err)
			}
			if c.ID == "" || len(c.Turns) == 0 {
				t.Fatalf("conversation %d is %+v", i, c)
			}
		}
	})
}
