package simserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
)

// bench drives one API against a server, as a run does.
type bench struct {
	t   *testing.T
	srv *Server
	api endpoint.Endpoint
	o   endpoint.Options
}

// ask sends a request and returns what its answer adds up to.
func (b *bench) ask(r *endpoint.Request) (*endpoint.Answer, error) {
	b.t.Helper()
	spec := b.api.Spec()
	payload, err := b.api.Encode(nil, &b.o, r)
	if err != nil {
		b.t.Fatal(err)
	}
	body, ctype := payload, "application/json"
	if spec.Form {
		f := endpoint.NewForm()
		ctype = f.ContentType()
		if body, err = f.Append(nil, payload); err != nil {
			b.t.Fatal(err)
		}
	}
	var custom *string
	if spec.Path == "" {
		custom = new(string)
		*custom = "/v1/chat/completions"
	}
	url, err := endpoint.JoinURL(b.srv.URL(), spec, b.o.Stream, custom)
	if err != nil {
		b.t.Fatal(err)
	}
	a := &endpoint.Answer{Capture: true}
	a.Reset()
	units, err := b.send(http.MethodPost, url, ctype, body)
	if err != nil {
		return a, err
	}
	if p, ok := b.api.(endpoint.Poller); ok {
		last, err := b.poll(p, url, []byte(units[0]))
		if err != nil {
			return a, err
		}
		units = append(units, string(last))
	}
	d := endpoint.Delta{Relaxed: true}
	for _, u := range units {
		if err := b.api.Decode([]byte(u), &d); err != nil {
			return a, err
		}
		a.Add(&d)
	}
	return a, nil
}

// send returns the units of the answer: events, or the body.
func (b *bench) send(method, url, ctype string, body []byte) ([]string, error) {
	b.t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	h := endpoint.NewHeaders(endpoint.HeaderOptions{Version: "test", Stream: b.o.Stream, ContentType: ctype, Auth: b.api.Spec().Auth, APIKey: "k"})
	for _, x := range h.Append(nil, "", "", nil) {
		req.Header.Set(x.Name, x.Value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %s", resp.StatusCode, text)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") != b.o.Stream {
		b.t.Errorf("content type %s, stream %v", resp.Header.Get("Content-Type"), b.o.Stream)
	}
	if b.o.Stream {
		return events(string(text)), nil
	}
	return []string{string(text)}, nil
}

// poll asks for a job until it has ended, and then for its content.
func (b *bench) poll(p endpoint.Poller, url string, answer []byte) ([]byte, error) {
	b.t.Helper()
	at, fault := p.Submitted(url, answer)
	if fault != nil {
		b.t.Fatalf("submission: %+v", fault)
	}
	for range 1000 {
		units, err := b.send(http.MethodGet, at, "", nil)
		if err != nil {
			return nil, err
		}
		last := []byte(units[0])
		done, fault := p.Polled(last)
		if fault != nil {
			return nil, fmt.Errorf("%s: %s", fault.Type, fault.Message)
		}
		if done {
			content, err := b.send(http.MethodGet, p.ContentURL(at, last), "", nil)
			if err != nil || !strings.Contains(content[0], "ftypisom") {
				b.t.Errorf("content %q, %v", content, err)
			}
			return last, nil
		}
		time.Sleep(time.Millisecond)
	}
	b.t.Fatal("the job never ended")
	return nil, nil
}

const onePixel = "data:image/png;base64," + simImage

// turnFor makes a turn with what an API needs.
func turnFor(needs endpoint.Needs) *dataset.Turn {
	t := &dataset.Turn{MaxTokens: 9}
	texts := []dataset.Text{{Content: "What is TTFT?"}}
	image := []dataset.Media{{Content: onePixel}}
	switch needs {
	case endpoint.NeedsText:
		t.Texts = texts
	case endpoint.NeedsRanking:
		t.Texts = []dataset.Text{{Name: "query", Content: "latency"}, {Name: "passages", Content: "a cake"}, {Name: "passages", Content: "a percentile"}}
	case endpoint.NeedsImage:
		t.Images = image
	case endpoint.NeedsTextAndImage:
		t.Texts, t.Images = texts, image
	case endpoint.NeedsAudio:
		t.Audios = []dataset.Media{{Content: "wav,UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="}}
	case endpoint.NeedsBody:
		t.Body = json.RawMessage(`{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":9,"stream":STREAM}`)
	}
	return t
}

// chatTemplate is a template of a chat request.
const chatTemplate = `{"model": "m", "messages": [{"role": "user", "content": {{ text|tojson }}}], "max_tokens": {{ max_tokens }}, "stream": {{ stream|tojson }}}`

// Every API that there is gets from the simulator an answer that it reads as
// the one that was meant, streamed and whole.
func TestEveryAPI(t *testing.T) {
	var mu sync.Mutex
	var truth []Truth
	cfg := Fast()
	cfg.Truth = func(x Truth) { mu.Lock(); truth = append(truth, x); mu.Unlock() }
	s := start(t, cfg)
	for _, api := range endpoint.All {
		spec := api.Spec()
		for _, stream := range []bool{false, true} {
			if stream && !spec.CanStream {
				continue
			}
			t.Run(fmt.Sprintf("%s/%v", spec.Type, stream), func(t *testing.T) {
				mu.Lock()
				truth = nil
				mu.Unlock()
				b := &bench{t: t, srv: s, api: api, o: endpoint.Options{Model: "m", Stream: stream}}
				var err error
				if b.api, err = endpoint.Prepare(api, &b.o, endpoint.Settings{Template: chatTemplate}); err != nil {
					t.Fatal(err)
				}
				turn := turnFor(spec.Needs)
				turn.Body = bytes.Replace(turn.Body, []byte("STREAM"), fmt.Append(nil, stream), 1)
				if len(turn.Body) == 0 {
					turn.Body = nil
				}
				a, err := b.ask(&endpoint.Request{Turns: []*dataset.Turn{turn}})
				if err != nil || a.Fault() != nil {
					t.Fatalf("%v, %+v", err, a.Fault())
				}
				if a.Failed+a.NotJSON+a.Foreign+a.Loose > 0 && spec.Type != "raw" && spec.Type != "template" {
					t.Errorf("%d failed, %d not JSON, %d foreign, %d loose units", a.Failed, a.NotJSON, a.Foreign, a.Loose)
				}
				checkAgainstTruth(t, &spec, stream, a, func() []Truth { mu.Lock(); defer mu.Unlock(); return truth })
			})
		}
	}
}

func checkAgainstTruth(t *testing.T, spec *endpoint.Spec, stream bool, a *endpoint.Answer, log func() []Truth) {
	t.Helper()
	eventually(t, "the truth", func() bool { return len(log()) > 0 })
	x := log()[0]
	if len(log()) != 1 || x.Status != http.StatusOK || !x.Complete {
		t.Errorf("truth %+v", log())
	}
	words := len(strings.Fields(string(a.Text())))
	switch {
	case spec.ProducesTokens || spec.Audio && !spec.TokenizesInput:
		want := 9
		if !spec.ProducesTokens {
			want = 16 // the length of answers to requests without a limit
		}
		if spec.Type == "solido-rag" {
			want = 16
		}
		if words != want || x.CompletionTokens != want || !a.HasText() {
			t.Errorf("%d words in %q, the server says %d, want %d", words, a.Text(), x.CompletionTokens, want)
		}
		chunks := want
		if spec.Type == "responses" {
			chunks++ // the text once more, which is content without text
		}
		if stream && a.Chunks != chunks {
			t.Errorf("%d chunks, want %d", a.Chunks, chunks)
		}
	default:
		if words != 0 || !a.HasText() || a.Chunks == 0 {
			t.Errorf("text %q (%v), %d chunks", a.Text(), a.HasText(), a.Chunks)
		}
		if x.CompletionTokens != 0 {
			t.Errorf("the server counts %d tokens", x.CompletionTokens)
		}
	}
	if a.HasUsage && spec.ProducesTokens && (a.Usage.Prompt != x.PromptTokens || a.Usage.Completion != x.CompletionTokens) {
		t.Errorf("usage %+v, the server says %d and %d", a.Usage, x.PromptTokens, x.CompletionTokens)
	}
	switch spec.Type {
	case "chat", "completions", "responses", "messages", "image-generation", "image-edit":
		if !a.HasUsage {
			t.Error("no usage")
		}
	case "video-generation":
		if a.Chunks != 2 || !(a.Video.InferenceSec > 0) || a.Video.PeakMemoryMB != 2048 {
			t.Errorf("%d chunks, video %+v", a.Chunks, a.Video)
		}
	}
}
