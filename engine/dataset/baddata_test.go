package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

// What is wrong with a record is said with its file, its line, what stands
// there and what was expected.
func TestBadRecords(t *testing.T) {
	capture := func(input, meta string) string {
		return `{"captureData":{"endpointInput":` + input + `},"eventMetadata":` + meta + `}`
	}
	const when = `{"inferenceTime":"2026-01-05T10:00:00Z"}`
	for _, c := range []struct {
		format Format
		line   string
		want   string
	}{
		{SingleTurn, `{"text":5}`, "text is a number: expected a string"},
		{SingleTurn, `{"txt":"a"}`, "it has the keys txt, but nothing to send: expected text, texts, image(s), audio(s) or video(s)"},
		{SingleTurn, `{}`, "it has no keys, but nothing to send"},
		{SingleTurn, `{"text":""}`, "nothing to send"},
		{SingleTurn, `["a"]`, `"[\"a\"]" is no JSON object: expected {...}`},
		{SingleTurn, `{"text":"a"`, "it is no JSON: the file ends too early"},
		{SingleTurn, `{"text":'a'}`, `it is no JSON: invalid character '\'' looking for beginning of value, at byte 9`},
		{SingleTurn, "{\"text\":\"\xff\"}", "it is no UTF-8 text"},
		{SingleTurn, `{"text":"a","texts":["b"]}`, "text and texts are both there: give one of them"},
		{SingleTurn, `{"texts":["a",{"name":"x"}]}`, `expected a list of strings, or of {"name", "contents"} objects`},
		{SingleTurn, `{"texts":"a"}`, `texts is "\"a\"": expected a list`},
		{SingleTurn, `{"text":"a","output_length":0}`, "output_length is 0: must be above 0"},
		{SingleTurn, `{"text":"a","output_length":1.5}`, "output_length is 1.5: expected a whole number"},
		{SingleTurn, `{"text":"a","timestamp":"1"}`, `timestamp is "1": expected a number`},
		{SingleTurn, `{"text":"a","timestamp":1,"delay":2}`, "timestamp and delay are both there"},
		{SingleTurn, `{"text":"a","delay":-1}`, "delay is -1 ms: must be at least 0"},
		{SingleTurn, `{"text":"a","extra":[1]}`, `extra is "[1]": expected an object`},
		{SingleTurn, `{"image":"nowhere.png"}`, `image "nowhere.png": there is no such file (no such file or directory)`},
		{SingleTurn, `{"image":"."}`, `image ".": it is no file`},
		{SingleTurn, `{"image":"baddata_test.go"}`, "it is no picture that is sent: expected PNG, JPEG, WebP or GIF"},
		{SingleTurn, `{"audio":"baddata_test.go"}`, `its name ends in ".go": expected .wav or .mp3`},
		{SingleTurn, `{"video":"baddata_test.go"}`, `its name ends in ".go": expected .mp4 or .webm`},
		{SingleTurn, `{"image":"http:///x.png"}`, "is no whole URL"},
		{SingleTurn, `{"images":[""]}`, "an image is empty: expected a URL, a data URI or a file"},
		{SingleTurn, `{"image":"data:x","image_uuids":["a"]}`, "image_uuids goes with images, not with image"},
		{SingleTurn, `{"images":["data:x"],"image_uuids":["a","b"]}`, "image_uuids has 2 entries for 1 images"},
		{SingleTurn, `{"images":["data:x"],"image_uuids":[""]}`, "image_uuids: entry 1 is empty"},
		{SingleTurn, `{"images":[{"contents":["data:x"],"uuids":["a"]}],"image_uuids":["b"]}`, "give groups their own uuids"},
		{SingleTurn, `{"images":[{"contents":["data:x"],"uuids":["a","b"]}]}`, "a group has 1 contents and 2 uuids"},
		{MultiTurn, `{"text":"a"}`, "it has the keys text, but no list turns"},
		{MultiTurn, `{"turns":[]}`, "turns is empty: expected at least one"},
		{MultiTurn, `{"turns":{}}`, "turns is an object: expected a list"},
		{MultiTurn, `{"turns":[{"text":"a"},{"text":5}]}`, "turn 2: text is a number"},
		{MultiTurn, `{"turns":[{"role":"user"}]}`, "turn 1: it has the keys role, but nothing to send"},
		{RandomPool, `{"text":"a","delay":5}`, "delay has no meaning in a random pool"},
		{RandomPool, `{"text":"a","timestamp":5}`, "timestamp has no meaning in a random pool"},
		{Mooncake, `{"output_length":5}`, "it has the keys output_length, but no input: expected one of input_length, text_input, messages, payload"},
		{Mooncake, `{"input_length":5,"text_input":"a"}`, "more than one of input_length, text_input, messages, payload"},
		{Mooncake, `{"text_input":"a","hash_ids":[1]}`, "hash_ids needs input_length"},
		{Mooncake, `{"text_input":"a","tools":[{}]}`, "tools needs messages"},
		{Mooncake, `{"input_length":0}`, "input_length is 0: must be from 1 to 10000000"},
		{Mooncake, `{"input_length":1e12}`, "input_length is 1000000000000: must be from 1 to 10000000"},
		{Mooncake, `{"input_length":512,"hash_ids":[1,2]}`, "input_length is 512, but hash_ids names 2 blocks of 512 tokens: expected at most 1 ids"},
		{Mooncake, `{"input_length":5,"hash_ids":["a"]}`, "hash_ids is a string: expected a number"},
		{Mooncake, `{"messages":[]}`, "messages is an empty list: expected at least one object"},
		{Mooncake, `{"messages":[{"content":"x"}]}`, "messages: entry 1 has no role"},
		{Mooncake, `{"messages":"x"}`, "expected a list of objects"},
		{Mooncake, `{"messages":[null]}`, "messages: entry 1 is null"},
		{Mooncake, `{"messages":[{"role":"user"}],"tools":[]}`, "tools is an empty list"},
		{Mooncake, `{"payload":{}}`, "payload is empty: expected a request body"},
		{Mooncake, `{"payload":[]}`, `payload is "[]": expected an object`},
		{Bailian, `{"chat_id":1,"input_length":5,"output_length":5}`, "but no number timestamp"},
		{Bailian, `{"chat_id":1,"timestamp":1,"input_length":16,"output_length":5,"hash_ids":[1,2]}`, "expected at most 1 ids"},
		{SageMaker, `{"eventMetadata":{}}`, "no eventMetadata.inferenceTime: expected a time"},
		{SageMaker, capture(`{"data":"{}"}`, `{"inferenceTime":"noon"}`), `inferenceTime is "noon": expected a time such as`},
		{SageMaker, capture(`{}`, when), "no captureData.endpointInput.data"},
		{SageMaker, capture(`{"data":"!"}`, when), "data is no BASE64"},
		{SageMaker, capture(`{"data":"a,b","encoding":"CSV"}`, when), `encoding is "CSV": expected JSON or BASE64`},
		{SageMaker, capture(`{"data":"{","encoding":"JSON"}`, when), "captureData.endpointInput.data: it is no JSON"},
		{SageMaker, capture(`{"data":"{\"prompt\":1}","encoding":"JSON"}`, when), "no messages: only chat requests are replayed"},
		{SageMaker, capture(`{"data":"{\"messages\":[{}]}","encoding":"JSON"}`, when), "the captured request: messages: entry 1 has no role"},
		{RawPayload, `{"model":"x"}`, "it has the keys model, but no list messages"},
		{RawPayload, `{"messages":{}}`, "but no list messages"},
	} {
		path := write(t, "x.jsonl", "\n"+c.line+"\n")
		_, err := openFor(t, Config{File: FileConfig{Path: path, Format: c.format}}, token.Builtin())
		if err == nil || !strings.Contains(err.Error(), path+":2: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s\n got %v\nwant %s", c.format, c.line, err, c.want)
		}
	}
}

func TestBadFiles(t *testing.T) {
	files := func(content map[string]string) string {
		dir := t.TempDir()
		for name, text := range content {
			overwrite(t, filepath.Join(dir, name), text)
		}
		return dir
	}
	two := 2
	for _, c := range []struct {
		name string
		path string
		cfg  FileConfig
		want string
	}{
		{"missing", "nowhere.jsonl", FileConfig{}, "nowhere.jsonl: no such file or directory"},
		{"empty", write(t, "x.jsonl", ""), FileConfig{}, "x.jsonl: the file is empty: expected one record per line"},
		{"blank", write(t, "x.jsonl", " \n\n"), FileConfig{}, "the file is empty"},
		{"blank, typed", write(t, "x.jsonl", " \n\n"), FileConfig{Format: SingleTurn}, "no record is left"},
		{"a list", write(t, "x.json", `[{"text":"a"}]`), FileConfig{}, "x.json:1: the file is a JSON list: expected one JSON object per line"},
		{"prose", write(t, "x.txt", "Once upon\na time"), FileConfig{}, `x.txt:1: the file begins with "Once upon": expected JSON objects, or a CSV file`},
		{"unknown keys", write(t, "x.jsonl", `{"question":"a"}`), FileConfig{}, "x.jsonl:1: the first record has the keys question, by which no format is known: say which with --custom-dataset-type (single-turn, multi-turn,"},
		{"ambiguous", write(t, "x.jsonl", `{"messages":[]}`), FileConfig{}, "could be of raw-payload or of mooncake-trace"},
		{"no JSON", write(t, "x.jsonl", `{"text"`), FileConfig{}, "x.jsonl:1: it is no JSON"},
		{"other columns", write(t, "x.csv", "Timestamp,Tokens\n1,2"), FileConfig{Format: BurstGPT}, "x.csv:1: the first line has the columns Timestamp, Tokens: expected also Request tokens, Response tokens"},
		{"no header", write(t, "x.csv", "\n"), FileConfig{Format: BurstGPT}, "x.csv:1: there is no first line with the names of columns"},
		{"short row", write(t, "x.csv", "Timestamp,Request tokens,Response tokens\n1,2\n"), FileConfig{}, "x.csv:2: the row has 2 fields, none for the column Response tokens"},
		{"bad number", write(t, "x.csv", "Timestamp,Request tokens,Response tokens\n1,2,x\n"), FileConfig{}, `x.csv:2: Response tokens is "x": expected a number`},
		{"fraction", write(t, "x.csv", "Timestamp,Request tokens,Response tokens\n1,2.5,1\n"), FileConfig{}, `x.csv:2: Request tokens is "2.5": expected a number`},
		{"huge number", write(t, "x.csv", "Timestamp,Request tokens,Response tokens\n1,99999999,1\n"), FileConfig{}, `x.csv:2: Request tokens is 9.9999999e+07: must be at most`},
		{"bad quote", write(t, "x.csv", "Timestamp,Request tokens,Response tokens\n1,2,3\"4\"\n"), FileConfig{}, "x.csv:2: it is no CSV"},
		{"inputs cut", write(t, "x.json", "{\"data\":[\n{\"session_id\":\"a\",\"payloads\":[{\"a\":1}]},\n{\"session_id\":"), FileConfig{}, "x.json:3: the file ends inside a JSON list: it is not complete"},
		{"inputs twice", write(t, "x.json", "{\"data\":[\n{\"session_id\":\"a\",\"payloads\":[{\"a\":1}]},\n{\"session_id\":\"a\",\"payloads\":[{\"a\":1}]}]}"), FileConfig{}, `x.json:3: session_id "a" was there before, in line 2`},
		{"inputs, no id", write(t, "x.json", `{"data":[{"payloads":[{"a":1}]}]}`), FileConfig{}, "x.json:1: it has the keys payloads, but no session_id"},
		{"inputs, no payloads", write(t, "x.json", `{"data":[{"session_id":"a","payloads":[]}]}`), FileConfig{}, "it has no payloads"},
		{"inputs, empty payload", write(t, "x.json", `{"data":[{"session_id":"a","payloads":[{}]}]}`), FileConfig{}, "payload 1 is empty"},
		{"inputs, tail", write(t, "x.json", `{"data":[{"session_id":"a","payloads":[{"a":1}]}]x`), FileConfig{}, `behind the list comes "x": expected the end`},
		{"inputs, comma", write(t, "x.json", `{"data":[{"session_id":"a","payloads":[{"a":1}]} {}]}`), FileConfig{}, "after a record of a JSON list comes '{': expected , or ]"},
		{"inputs, no list", write(t, "x.json", `{"data":5}`), FileConfig{Format: InputsJSON}, `x.json: "data" is no list`},
		{"inputs, no data", write(t, "x.json", `{"date":[]}`), FileConfig{Format: InputsJSON}, `the object has no list "data"`},
		{"inputs, a list", write(t, "x.json", `[]`), FileConfig{Format: InputsJSON}, "it begins with [: expected a JSON object"},
		{"inputs, nothing", write(t, "x.json", ``), FileConfig{Format: InputsJSON}, "it is no JSON: the file ends too early"},
		{"block sizes", write(t, "x.jsonl", `{"input_length":600,"hash_ids":[1,2]}`+"\n"+`{"input_length":1024,"hash_ids":[3,2]}`), FileConfig{}, "x.jsonl:2: hash id 2 stands for 512 tokens here and for 88 before: expected one length (is --isl-block-size right?)"},
		{"block sizes, reverse", write(t, "x.jsonl", `{"input_length":1024,"hash_ids":[3,2]}`+"\n"+`{"input_length":600,"hash_ids":[1,2]}`), FileConfig{}, "x.jsonl:2: hash id 2 stands for 88 tokens here and for 512 before"},
		{"mixed session", write(t, "x.jsonl", `{"text_input":"a","session_id":"s"}`+"\n"+`{"payload":{"a":1},"session_id":"s"}`), FileConfig{}, `x.jsonl:2: session "s" mixes messages, payloads and other inputs`},
		{"no timestamp", write(t, "x.jsonl", `{"text":"a","timestamp":0}`+"\n"+`{"text":"b"}`), FileConfig{Schedule: &Window{}}, "x.jsonl:2: it has no timestamp, which a fixed schedule needs"},
		{"window", write(t, "x.jsonl", `{"text":"a","timestamp":0}`), FileConfig{Schedule: &Window{Start: new(9.0)}}, "no record is left: 1 rows are outside the fixed schedule's window"},
		{"folder", files(nil), FileConfig{}, "the folder has no .jsonl files"},
		{"folder of one-file kinds", files(map[string]string{"a.jsonl": `{"turns":[]}`}), FileConfig{}, "the folder holds multi_turn files: expected random_pool, raw_payload or sagemaker_data_capture"},
		{"folder, typed", files(map[string]string{"a.jsonl": `{"turns":[]}`}), FileConfig{Format: MultiTurn}, "it is a folder: multi_turn is read from one file"},
		{"folder, empty file", files(map[string]string{"a.jsonl": `{"text":"a"}`, "b.jsonl": ""}), FileConfig{}, "b.jsonl: the file is empty: expected one entry per line"},
		{"pools and batches", files(map[string]string{"a.jsonl": `{"text":"a"}`, "b.jsonl": `{"text":"a"}`}), FileConfig{Batch: PoolBatch{Text: &two}}, "batch sizes other than 1 draw from one file"},
		{"named texts and batches", write(t, "x.jsonl", `{"texts":[{"name":"q","contents":["a"]}]}`), FileConfig{Format: RandomPool, Batch: PoolBatch{Text: &two}}, "x.jsonl:1: a text has a name"},
		{"uuids and batches", write(t, "x.jsonl", `{"images":["data:x"],"image_uuids":["a"]}`), FileConfig{Format: RandomPool, Batch: PoolBatch{Image: &two}}, "x.jsonl:1: an image has a uuid"},
		{"batches of nothing", write(t, "x.jsonl", `{"text":"a"}`), FileConfig{Format: RandomPool, Batch: PoolBatch{Text: new(0)}}, "batch sizes leave nothing to send"},
		{"synthesis of texts", write(t, "x.jsonl", `{"text":"a"}`), FileConfig{Synthesis: Synthesis{Speedup: 2}}, "synthesis options are for traces, and the file is single_turn"},
		{"batch of texts", write(t, "x.jsonl", `{"text":"a"}`), FileConfig{Batch: PoolBatch{Text: &two}}, "batch sizes are for random_pool files, and the file is single_turn"},
		{"vocabulary", write(t, "x.jsonl", `{"input_length":5}`), FileConfig{Corpus: Vocabulary}, "prompt corpus random does not go with mooncake_trace"},
		{"corpus", write(t, "x.jsonl", `{"input_length":5}`), FileConfig{Corpus: "poems"}, "unknown prompt corpus"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.cfg.Path = c.path
			if _, err := openFor(t, Config{File: c.cfg}, token.Builtin()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf(" got %v\nwant %s", err, c.want)
			}
		})
	}
}

// All bad records are told at once, up to a number.
func TestManyProblems(t *testing.T) {
	path := write(t, "x.jsonl", `{"text":1}`+"\n"+`{"text":"a"}`+"\n"+`{"texts":5}`+"\n")
	_, err := openFor(t, Config{File: FileConfig{Path: path, Format: SingleTurn}}, nil)
	if err == nil || !strings.Contains(err.Error(), "x.jsonl:1:") || !strings.Contains(err.Error(), "x.jsonl:3:") {
		t.Errorf("got %v", err)
	}
	for _, f := range []Format{SingleTurn, RandomPool} {
		path = write(t, "x.jsonl", strings.Repeat(`{"text":1}`+"\n", 50))
		_, err = openFor(t, Config{File: FileConfig{Path: path, Format: f}}, nil)
		if err == nil || strings.Count(err.Error(), "\n") != maxProblems || !strings.Contains(err.Error(), "reading stopped here") {
			t.Errorf("%s: got %v", f, err)
		}
	}
}

func TestCancelledOpen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, f := range []Format{SingleTurn, RandomPool} {
		_, err := Open(ctx, Config{File: FileConfig{Path: write(t, "x.jsonl", `{"text":"a"}`), Format: f}}, random.Seeded(1), nil)
		if err != context.Canceled {
			t.Errorf("%s: a cancelled Open gave %v", f, err)
		}
	}
}

func TestConfigCheck(t *testing.T) {
	made := SyntheticConfig{Entries: 1, ISL: Dist{Mean: 5}}
	for want, c := range map[string]Config{
		"an input file and a public dataset are both named":          {File: FileConfig{Path: "x"}, Public: PublicConfig{Name: "aimo"}},
		"a system prompt and a file with one are both given":         {Synthetic: made, SystemPrompt: "a", SystemPromptFile: "b"},
		"unknown model selection":                                    {Synthetic: made, Selection: "best"},
		"the input file x says what is sent":                         {Synthetic: made, File: FileConfig{Path: "x"}},
		"the public dataset aimo says what is sent":                  {Synthetic: made, Public: PublicConfig{Name: "aimo"}},
		"unknown public dataset \"x\": known are sharegpt":           {Public: PublicConfig{Name: "x"}},
		"limit of a public dataset is -1":                            {Public: PublicConfig{Name: "aimo", Limit: -1}},
		"entries is 0":                                               {Synthetic: SyntheticConfig{ISL: Dist{Mean: 5}}},
		"a system prompt excludes prefix prompts":                    {Synthetic: SyntheticConfig{Entries: 1, ISL: Dist{Mean: 5}, Prefix: PrefixConfig{Pool: 1, Length: 1}}, SystemPrompt: "a"},
		"entries is -1":                                              {File: FileConfig{Path: "x", Entries: -1}},
		"OSL stddev is -1":                                           {File: FileConfig{Path: "x", OSL: Dist{StdDev: -1}}},
		"block size is -1":                                           {File: FileConfig{Path: "x", BlockSize: -1}},
		"delay cap is below 0":                                       {File: FileConfig{Path: "x", DelayCapMS: new(-1.0)}},
		"synthesis speedup ratio is -1":                              {File: FileConfig{Path: "x", Synthesis: Synthesis{Speedup: -1}}},
		"synthesis prefix length multiplier is -1":                   {File: FileConfig{Path: "x", Synthesis: Synthesis{PrefixLen: -1}}},
		"synthesis prompt length multiplier is -1":                   {File: FileConfig{Path: "x", Synthesis: Synthesis{PromptLen: -1}}},
		"synthesis output length multiplier":                         {File: FileConfig{Path: "x", Synthesis: Synthesis{OutputLen: new(-1.0)}}},
		"synthesis prefix root multiplier is -1":                     {File: FileConfig{Path: "x", Synthesis: Synthesis{PrefixRoots: -1}}},
		"synthesis max ISL -1":                                       {File: FileConfig{Path: "x", Synthesis: Synthesis{MaxISL: -1}}},
		"the fixed schedule ends before it starts":                   {File: FileConfig{Path: "x", Schedule: &Window{Start: new(2.0), End: new(1.0)}}},
		"an automatic offset and a start offset":                     {File: FileConfig{Path: "x", Schedule: &Window{Start: new(2.0), AutoOffset: true}}},
		"audio batch size is below 0":                                {File: FileConfig{Path: "x", Batch: PoolBatch{Audio: new(-1)}}},
		"unknown dataset type \"poems\"":                             {File: FileConfig{Path: "x", Format: "poems"}},
		"synthesis options are for traces, and the file is multi_tu": {File: FileConfig{Path: "x", Format: MultiTurn, Synthesis: Synthesis{MaxISL: 1}}},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v\n got %v\nwant %s", c, err, want)
		}
		if _, err := Open(t.Context(), c, random.Seeded(1), nil); err == nil {
			t.Errorf("%s: opened all the same", want)
		}
	}
	c := Config{File: FileConfig{Path: "x", Entries: -1, BlockSize: -1}, Selection: "best"}
	if err := c.Check(); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three problems gave %v", err)
	}
}

func TestSystemPromptFile(t *testing.T) {
	c := Config{Synthetic: SyntheticConfig{Entries: 1, ISL: Dist{Mean: 5}}, SystemPromptFile: write(t, "s.txt", "Be brief.\n"), Models: []string{"m"}}
	d := mustOpen(t, c, nil)
	if got := at(t, d, 0); got.System != "Be brief.\n" || got.Turns[0].Model != "m" || Describe(d).Kind != "synthetic" {
		t.Errorf("conversation %+v", got)
	}
	for content, want := range map[string]string{" \n": "it is empty", "": "it is empty"} {
		c.SystemPromptFile = write(t, "s.txt", content)
		if _, err := openFor(t, c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v", content, err)
		}
	}
	c.SystemPromptFile = "nowhere"
	if _, err := openFor(t, c, nil); err == nil || !strings.Contains(err.Error(), "system prompt file nowhere: no such file") {
		t.Errorf("a missing file gave %v", err)
	}
	big := write(t, "big.txt", "")
	if err := os.Truncate(big, maxSystemPrompt+1); err != nil {
		t.Fatal(err)
	}
	c.SystemPromptFile = big
	if _, err := openFor(t, c, nil); err == nil || !strings.Contains(err.Error(), "more than 16 MiB") {
		t.Errorf("a huge file gave %v", err)
	}
}

func TestParseFormat(t *testing.T) {
	for _, name := range append(SpeedBenchNames(), formatNames...) {
		for _, s := range []string{name, strings.ReplaceAll(name, "_", "-"), " " + strings.ToUpper(name)} {
			if f, err := ParseFormat(s); err != nil || string(f) != name {
				t.Errorf("%q is %s, %v", s, f, err)
			}
		}
	}
	if n := len(formatNames) + len(SpeedBenchNames()); n != len(formats) {
		t.Errorf("%d names of %d formats", n, len(formats))
	}
	if _, err := ParseFormat("poems"); err == nil || !strings.Contains(err.Error(), "use one of single_turn") {
		t.Errorf("poems gave %v", err)
	}
}

func TestDetect(t *testing.T) {
	for line, want := range map[string]Format{
		`{"text":"a"}`: SingleTurn, `{"image_uuids":["a"]}`: SingleTurn, `{"turns":[{"text":"a"}]}`: MultiTurn, `{"type":"random_pool","text":"a"}`: RandomPool, `{"type":"random-pool","text":"a"}`: RandomPool,
		`{"input_length":5}`: Mooncake, `{"text_input":"a"}`: Mooncake, `{"payload":{"a":1}}`: Mooncake, `{"messages":[{"role":"user"}],"timestamp":5}`: Mooncake,
		`{"chat_id":1,"timestamp":1,"input_length":5,"output_length":5,"type":"text"}`: Bailian, `{"model":"m","messages":[]}`: RawPayload, `{ "data" : [ {"session_id":"a","payloads":[{"x":1}]} ] }`: InputsJSON,
		"{\n\"about\":1,\n\"data\":[{\"session_id\":\"a\",\"payloads\":[{\"x\":1}]}]\n}": InputsJSON,
	} {
		d := fromFile(t, line, FileConfig{})
		if info := Describe(d); info.Kind != string(want) || !info.Detected {
			t.Errorf("%s is taken for %s, want %s", line, info.Kind, want)
		}
	}
	d := fromFile(t, `{"messages":[]}`, FileConfig{Format: RawPayload})
	if info := Describe(d); info.Detected {
		t.Errorf("a given format is described as %+v", info)
	}
	if err := Close(mustSynthetic(t, SyntheticConfig{Entries: 1, ISL: Dist{Mean: 1}}, random.Seeded(1), nil)); err != nil {
		t.Error(err)
	}
	if s := fmt.Sprint(&RecordError{"f", 0, os.ErrNotExist}, &RecordError{"f", 3, os.ErrNotExist}); s != "f: file does not exist f:3: file does not exist" {
		t.Errorf("errors read %q", s)
	}
}
