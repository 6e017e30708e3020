package endpoint

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/pytext"
)

const goldens = "../../testdata/aiperf-0.13"

// goldenRecord is a line of AIPerf's profile_export_raw.jsonl.
type goldenRecord struct {
	Metadata struct {
		ConversationID string `json:"conversation_id"`
		TurnIndex      int    `json:"turn_index"`
		RequestID      string `json:"x_request_id"`
		CorrelationID  string `json:"x_correlation_id"`
	} `json:"metadata"`
	RequestHeaders json.RawMessage `json:"request_headers"`
	Responses      []struct {
		Text    *string `json:"text"`
		Packets []struct{ Name, Value string }
	} `json:"responses"`
	Payload json.RawMessage `json:"payload"`
	Error   *struct {
		Code    int    `json:"code"`
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error"`
}

// units are the pieces of the answer as Decode gets them.
func (g *goldenRecord) units() []string {
	var out []string
	for _, r := range g.Responses {
		if r.Text != nil {
			out = append(out, *r.Text)
			continue
		}
		var data []string
		for _, p := range r.Packets {
			if p.Name == "data" {
				data = append(data, p.Value)
			}
		}
		out = append(out, strings.Join(data, "\n"))
	}
	return out
}

// jsonLines reads a JSON Lines file, whatever the length of its lines.
func jsonLines[T any](t testing.TB, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var v T
			if e := json.Unmarshal(line, &v); e != nil {
				t.Fatalf("%s: %v", path, e)
			}
			out = append(out, v)
		}
		if err != nil {
			return out
		}
	}
}

func goldenRaw(t testing.TB, run string) []goldenRecord {
	t.Helper()
	return jsonLines[goldenRecord](t, filepath.Join(goldens, run, "profile_export_raw.jsonl"))
}

// rawRuns are the golden runs that kept what went over the wire.
var rawRuns = []string{"chat_stream", "chat_nostream", "error_kinds", "faulty", "multi_turn"}

// inputs reads a golden inputs.json: payloads by conversation.
func goldenInputs(t testing.TB, run string) map[string][]json.RawMessage {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(goldens, run, "inputs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Data []struct {
			SessionID string            `json:"session_id"`
			Payloads  []json.RawMessage `json:"payloads"`
		} `json:"data"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		t.Fatal(err)
	}
	out := map[string][]json.RawMessage{}
	for _, d := range in.Data {
		for _, p := range d.Payloads {
			var c bytes.Buffer
			if err := json.Compact(&c, p); err != nil {
				t.Fatal(err)
			}
			out[d.SessionID] = append(out[d.SessionID], c.Bytes())
		}
	}
	return out
}

// captureFiles lists the captured answers without their ending.
func captureFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/captures/*/*.body")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(f, "testdata/captures/"), ".body")
	}
	return files
}

func captureBody(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/captures/" + name + ".body")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// isStream says that an answer is an event stream.
func isStream(body []byte) bool {
	return bytes.HasPrefix(body, []byte("data:")) || bytes.HasPrefix(body, []byte("event:"))
}

// splitSSE cuts a stream into the data of its blocks, the simplest way.
func splitSSE(b []byte) []string {
	var out []string
	for block := range bytes.SplitSeq(b, []byte("\n\n")) {
		for line := range bytes.SplitSeq(block, []byte("\n")) {
			if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
				out = append(out, string(bytes.TrimSpace(data)))
			}
		}
	}
	return out
}

func captureUnits(t testing.TB, name string) []string {
	b := captureBody(t, name)
	if isStream(b) {
		return splitSSE(b)
	}
	return []string{string(b)}
}

// apiOf is the API that a capture belongs to.
func apiOf(name string) Endpoint {
	for part, api := range map[string]Endpoint{
		"/completions": Completions{}, "responses_": Responses{}, "messages_": Messages{}, "embeddings_": Embeddings{},
		"rerank": CohereRankings{}, "score": Raw{}, "native_": Raw{},
	} {
		if strings.Contains(name, part) {
			return api
		}
	}
	return Chat{}
}

// collect runs the units of one answer through an API.
func collect(t testing.TB, e Endpoint, units []string) *Answer {
	t.Helper()
	var d Delta
	a := &Answer{Capture: true}
	a.Reset()
	for _, u := range units {
		if err := e.Decode([]byte(u), &d); err != nil {
			t.Fatal(err)
		}
		a.Add(&d)
	}
	return a
}

// corpusUnits is every unit of every capture and golden.
func corpusUnits(t testing.TB) []string {
	var out []string
	for _, name := range captureFiles(t) {
		out = append(out, captureUnits(t, name)...)
	}
	for _, run := range rawRuns {
		for _, r := range goldenRaw(t, run) {
			out = append(out, r.units()...)
		}
	}
	return out
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// appendKV appends an object with one text.
func appendKV(dst []byte, key, value string) []byte {
	return append(pytext.AppendString(append(pytext.AppendString(append(dst, '{'), key), ':'), value), '}')
}
