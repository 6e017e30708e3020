package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

// write puts a file into a folder of the test and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// openFor opens a data set with seed 1 and closes it with the test.
func openFor(t testing.TB, cfg Config, tok Tokenizer) (Dataset, error) {
	t.Helper()
	d, err := Open(t.Context(), cfg, random.Seeded(1), tok)
	if err == nil {
		t.Cleanup(func() {
			if err := Close(d); err != nil {
				t.Error(err)
			}
		})
	}
	return d, err
}

func mustOpen(t testing.TB, cfg Config, tok Tokenizer) Dataset {
	t.Helper()
	d, err := openFor(t, cfg, tok)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// fromFile opens a file with the given content.
func fromFile(t testing.TB, content string, cfg FileConfig) Dataset {
	t.Helper()
	cfg.Path = write(t, "data.jsonl", content)
	return mustOpen(t, Config{File: cfg}, token.Builtin())
}

// The texts and sessions that AIPerf 0.13 made of the same file.
func TestMultiTurnGolden(t *testing.T) {
	const golden = "../../testdata/aiperf-0.13/"
	d := mustOpen(t, Config{File: FileConfig{Path: golden + "inputs/multi_turn.jsonl"}}, token.Builtin())
	if info := Describe(d); info.Kind != "multi_turn" || !info.Detected || info.Trace || info.Timed {
		t.Errorf("described as %+v", info)
	}
	var want struct {
		Data []struct {
			SessionID string `json:"session_id"`
			Payloads  []struct {
				Messages []struct{ Role, Content string }
			}
		}
	}
	b, err := os.ReadFile(golden + "multi_turn/inputs.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if d.Len() != len(want.Data) {
		t.Fatalf("%d conversations, want %d", d.Len(), len(want.Data))
	}
	for i, w := range want.Data {
		c := at(t, d, i)
		if c.ID != w.SessionID || len(c.Turns) != len(w.Payloads) || c.System != "" || c.SelfContained {
			t.Errorf("conversation %d is %+v", i, c)
		}
		for j, turn := range c.Turns {
			m := w.Payloads[j].Messages
			if len(turn.Texts) != 1 || turn.Texts[0].Content != m[0].Content || turn.Role != m[0].Role || turn.DelayMS != map[bool]float64{true: 50}[j > 0] {
				t.Errorf("turn %d of %d is %+v, want %v", j, i, turn, m)
			}
		}
	}
}

func TestInputsJSONGolden(t *testing.T) {
	d := mustOpen(t, Config{File: FileConfig{Path: "../../testdata/aiperf-0.13/multi_turn/inputs.json"}}, nil)
	if info := Describe(d); info.Kind != "inputs_json" || d.Len() != 6 {
		t.Fatalf("described as %+v, %d conversations", info, d.Len())
	}
	c := at(t, d, 5)
	want := `{"messages":[{"role":"user","content":"Session 5 turn 2: say something about topic number 17."}],"model":"mock-model","stream":true,"stream_options":{"include_usage":true}}`
	if c.ID != "session_5" || !c.SelfContained || string(c.Turns[2].Body) != want {
		t.Errorf("conversation 5 is %+v; body %s", c, c.Turns[2].Body)
	}
}

func TestSingleTurn(t *testing.T) {
	d := fromFile(t, `
{"text":"Name three rivers.","output_length":64,"extra":{"temperature":0, "b": {"c": 1}}}

{"texts":["first","second"],"images":["https://host/b.jpg","data:image/png;base64,AA"],"image_uuids":["u1","u2"],"session_id":"s1","role":"user"}
  {"texts":[{"name":"query","contents":["which river?"]},{"name":"passages","contents":["p one","p two"]}],"delay":5.5}
{"timestamp":1500,"text":"at 1.5 s","audio":"wav,UklG","video":"https://x/v.mp4","session_id":"s1"}
{"image_uuids":["known"],"texts":null}
`, FileConfig{OSL: Dist{Mean: 9}})
	if d.Len() != 4 {
		t.Fatalf("%d conversations, want 4", d.Len())
	}
	want := []Conversation{
		{ID: "session_000000", Turns: []Turn{{Texts: []Text{{"", "Name three rivers."}}, MaxTokens: 64, Extra: []KV{{"temperature", json.RawMessage("0")}, {"b", json.RawMessage(`{"c":1}`)}}}}},
		{ID: "s1", SelfContained: true, Turns: []Turn{
			{Role: "user", Texts: []Text{{"", "first"}, {"", "second"}}, Images: []Media{{"https://host/b.jpg", "u1"}, {"data:image/png;base64,AA", "u2"}}, MaxTokens: 9},
			{Texts: []Text{{"", "at 1.5 s"}}, Audios: []Media{{Content: "wav,UklG"}}, Videos: []Media{{Content: "https://x/v.mp4"}}, TimestampMS: 1500, Timed: true, MaxTokens: 9},
		}},
		{ID: "session_000002", Turns: []Turn{{Texts: []Text{{"query", "which river?"}, {"passages", "p one"}, {"passages", "p two"}}, DelayMS: 5.5, MaxTokens: 9}}},
		{ID: "session_000003", Turns: []Turn{{Images: []Media{{"", "known"}}, MaxTokens: 9}}},
	}
	for i, w := range want {
		if got := at(t, d, i); !reflect.DeepEqual(*got, w) {
			t.Errorf("conversation %d:\n got %+v\nwant %+v", i, *got, w)
		}
	}
	if info := Describe(d); info.Kind != "single_turn" || info.Sampling != Sequential {
		t.Errorf("described as %+v", info)
	}
	if _, err := d.At(4); err == nil || !strings.Contains(err.Error(), "4 of 4 does not exist") {
		t.Errorf("At(4): %v", err)
	}
}

func TestMultiTurnSystem(t *testing.T) {
	const file = `{"session_id":"trip","turns":[{"role":"system","texts":["Be brief.","Be kind."]},{"text":"Plan a day."},{"text":"And with rain?","delay":1200}]}
{"session_id":"twice","turns":[{"role":"system","text":"a"},{"role":"system","text":"b"},{"text":"c"}]}
{"session_id":"alone","turns":[{"role":"system","text":"a"}]}
{"session_id":"more","turns":[{"role":"system","text":"a","output_length":5},{"text":"c"}]}
{"turns":[{"text":"unnamed"}]}
{"session_id":"trip","turns":[{"text":"later","delay":90000}]}
`
	cap := 2000.0
	d := fromFile(t, file, FileConfig{DelayCapMS: &cap})
	c := at(t, d, 0)
	if c.System != "Be brief.\nBe kind." || len(c.Turns) != 3 || c.Turns[1].DelayMS != 1200 || c.Turns[2].DelayMS != 2000 {
		t.Errorf("trip is %+v", c)
	}
	for i, turns := range []int{3, 3, 1, 2, 1} {
		if c := at(t, d, i); len(c.Turns) != turns || c.SelfContained || (c.System != "") != (i == 0) {
			t.Errorf("conversation %d has %d turns, system %q; want %d", i, len(c.Turns), c.System, turns)
		}
	}
	if id := at(t, d, 4).ID; id != "session_000004" {
		t.Errorf("unnamed conversation is %q", id)
	}
	d = fromFile(t, file, FileConfig{NoSystemMessage: true, IgnoreDelays: true})
	if c := at(t, d, 0); c.System != "" || len(c.Turns) != 4 || c.Turns[2].DelayMS != 0 {
		t.Errorf("without system messages trip is %+v", c)
	}
	d = mustOpen(t, Config{File: FileConfig{Path: write(t, "m.jsonl", file)}, SystemPrompt: "You are a pilot."}, nil)
	if a, b := at(t, d, 0).System, at(t, d, 4).System; a != "You are a pilot.\n\nBe brief.\nBe kind." || b != "You are a pilot." {
		t.Errorf("joined system messages %q, %q", a, b)
	}
}

func TestPackedAndMarked(t *testing.T) {
	const file = "\xef\xbb\xbf" + `{"text":"one"}` + "\r\n" + `{"text":"two"}`
	for name, content := range map[string]string{"plain.jsonl": file, "packed.jsonl.gz": packed(t, file), "named.jsonl": packed(t, file)} {
		d := mustOpen(t, Config{File: FileConfig{Path: write(t, name, content)}}, nil)
		if d.Len() != 2 || at(t, d, 1).Turns[0].Texts[0].Content != "two" {
			t.Errorf("%s: %d conversations", name, d.Len())
		}
	}
	dir := t.TempDir()
	d, err := Open(t.Context(), Config{File: FileConfig{Path: write(t, "x.gz", packed(t, file)), ScratchDir: dir}}, random.Seeded(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Close(d); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left in the scratch folder: %v", left)
	}
	if _, err := openFor(t, Config{File: FileConfig{Path: write(t, "x.gz", packed(t, strings.Repeat(file+"\n", 99))[:60])}}, nil); err == nil || !strings.Contains(err.Error(), "unpack") {
		t.Errorf("a cut gzip file gave %v", err)
	}
}

func TestRawPayload(t *testing.T) {
	d := fromFile(t, `{"model":"m", "messages":[{"role":"user","content":"x"}],"max_tokens":4}`+"\n"+`{"model":"m","messages":[]}`, FileConfig{})
	if c := at(t, d, 0); d.Len() != 2 || !c.SelfContained || string(c.Turns[0].Body) != `{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":4}` {
		t.Errorf("%d conversations, the first %+v", d.Len(), c)
	}
	dir := t.TempDir()
	for name, lines := range map[string]int{"b.jsonl": 3, "a.jsonl": 1, "empty.jsonl": 0, "notes.txt": 1} {
		var b strings.Builder
		for k := range lines {
			fmt.Fprintf(&b, `{"model":"%s%d","messages":[]}`+"\n", name, k)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d = mustOpen(t, Config{File: FileConfig{Path: dir}}, nil)
	if d.Len() != 2 || len(at(t, d, 0).Turns) != 1 || len(at(t, d, 1).Turns) != 3 || !strings.Contains(string(at(t, d, 1).Turns[2].Body), "b.jsonl2") {
		t.Errorf("a folder gave %d conversations: %+v %+v", d.Len(), at(t, d, 0), at(t, d, 1))
	}
}

func TestLocalMedia(t *testing.T) {
	dir := t.TempDir()
	made := func(format string) []byte {
		return encodePicture(noise(3, 3, random.Seeded(1).Stream("x")), format, 0)
	}
	png := made("png")
	for name, content := range map[string][]byte{"a.png": png, "b.bin": made("jpeg"), "c.wav": []byte("RIFFsound"), "d.mp4": []byte("film"),
		"d.jsonl": []byte(`{"images":["a.png",` + fmt.Sprintf("%q", filepath.Join(dir, "b.bin")) + `],"audio":"c.wav","video":"d.mp4"}` + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := mustOpen(t, Config{File: FileConfig{Path: filepath.Join(dir, "d.jsonl")}}, nil)
	turn := at(t, d, 0).Turns[0]
	if got := payload(t, turn.Images[0], "data:image/png;base64"); !bytes.Equal(got, png) {
		t.Errorf("image of %d bytes, want the %d of the file", len(got), len(png))
	}
	payload(t, turn.Images[1], "data:image/jpeg;base64")
	if a, v := payload(t, turn.Audios[0], "wav"), payload(t, turn.Videos[0], "data:video/mp4;base64"); string(a) != "RIFFsound" || string(v) != "film" {
		t.Errorf("audio %q, video %q", a, v)
	}
}

func TestRandomPool(t *testing.T) {
	dir := t.TempDir()
	for name, lines := range map[string]string{
		"queries.jsonl":  `{"text":"q1"}` + "\n" + `{"text":"q2"}` + "\n",
		"passages.jsonl": `{"texts":[{"name":"passages","contents":["a","b"]}]}` + "\n" + `{"texts":["c"],"image":"https://h/i.png"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(lines), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := mustOpen(t, Config{File: FileConfig{Path: dir}, Models: []string{"m1", "m2"}}, nil)
	if info := Describe(d); d.Len() != 100 || info.Kind != "random_pool" || info.Sampling != Shuffle || !info.Detected {
		t.Errorf("%d entries, described as %+v", d.Len(), info)
	}
	seen := map[string]int{}
	for i := range d.Len() {
		c := at(t, d, i)
		var names []string
		for _, x := range c.Turns[0].Texts {
			names = append(names, x.Name+"="+x.Content)
		}
		seen[strings.Join(names, " ")]++
		if m := []string{"m1", "m2"}[i%2]; c.Turns[0].Model != m {
			t.Errorf("entry %d has model %s", i, c.Turns[0].Model)
		}
	}
	if len(seen) != 4 || seen["passages=a passages=b queries=q1"] < 10 {
		t.Errorf("drawn: %v", seen)
	}
	two, none := 2, 0
	path := write(t, "one.jsonl", `{"text":"a","image":"https://h/1.png"}`+"\n"+`{"texts":["b","c"]}`)
	d = mustOpen(t, Config{File: FileConfig{Path: path, Format: RandomPool, Entries: 30, Batch: PoolBatch{Text: &two, Image: &none}}}, nil)
	seen = map[string]int{}
	for i := range d.Len() {
		turn := at(t, d, i).Turns[0]
		if len(turn.Texts) != 2 || len(turn.Images) != 0 {
			t.Errorf("turn %+v", turn)
		}
		for _, x := range turn.Texts {
			seen[x.Content]++
		}
	}
	if d.Len() != 30 || seen["a"] < 10 || seen["b"] < 10 || seen["c"] < 10 {
		t.Errorf("%d entries, texts %v", d.Len(), seen)
	}
	if c := at(t, d, 3); c != at(t, d, 3) {
		t.Error("entries are not kept")
	}
	d = mustOpen(t, Config{File: FileConfig{Path: path, Format: RandomPool, Batch: PoolBatch{Text: &none, Video: &two}}}, nil)
	if turn := at(t, d, 0).Turns[0]; len(turn.Images) != 1 || len(turn.Texts)+len(turn.Videos) != 0 {
		t.Errorf("images alone: %+v", turn)
	}
}

func TestSageMaker(t *testing.T) {
	body := `{"messages":[{"role":"user","content":"%s"}],%s}`
	line := func(text, rest, at, encoding string) string {
		data := fmt.Sprintf(body, text, rest)
		if encoding == "BASE64" {
			data = base64Of(data)
		}
		m := map[string]any{"captureData": map[string]any{"endpointInput": map[string]any{"data": data, "encoding": encoding},
			"endpointOutput": map[string]any{"data": `{"usage":{"prompt_tokens":12}}`, "encoding": "JSON"}},
			"eventMetadata": map[string]any{"eventId": "e", "inferenceTime": at}, "eventVersion": "0"}
		b, _ := json.Marshal(m)
		return string(b) + "\n"
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"2026/01/b.jsonl": line("third", `"max_tokens":50`, "2026-01-05T10:00:02Z", "JSON"),
		"2026/02/a.jsonl": line("first", `"max_completion_tokens":7,"tools":[{"type":"function"}]`, "2026-01-05T10:00:00Z", "BASE64") + line("second", `"x":1`, "2026-01-05T11:00:00.5+01:00", "JSON"),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := mustOpen(t, Config{File: FileConfig{Path: dir, Schedule: &Window{AutoOffset: true}}}, token.Builtin())
	if info := Describe(d); info.Kind != "sagemaker_data_capture" || !info.Trace || !info.Timed || d.Len() != 3 {
		t.Fatalf("%d conversations, described as %+v", d.Len(), info)
	}
	for i, w := range []struct {
		text   string
		at     float64
		tokens int
	}{{"first", 0, 7}, {"second", 500, 0}, {"third", 2000, 50}} {
		c := at(t, d, i)
		turn := c.Turns[0]
		if !c.SelfContained || string(turn.Messages) != `[{"role":"user","content":"`+w.text+`"}]` || turn.TimestampMS != w.at || turn.MaxTokens != w.tokens || (turn.Tools != nil) != (i == 0) {
			t.Errorf("capture %d is %+v (%s)", i, turn, turn.Messages)
		}
	}
	if _, err := openFor(t, Config{File: FileConfig{Path: dir, Synthesis: Synthesis{MaxISL: 11}}}, token.Builtin()); err == nil || !strings.Contains(err.Error(), "no record is left: 3 rows are longer") {
		t.Errorf("with a max ISL below all captures: %v", err)
	}
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
