package profiles

import (
	"strings"
	"testing"

	"tacho/engine/endpoint"
)

func TestEveryEndpointTypeIsAccepted(t *testing.T) {
	for _, e := range endpoint.All {
		kind := e.Spec().Type
		for _, spelling := range []string{kind, strings.ReplaceAll(kind, "-", "_"), strings.ToUpper(kind)} {
			line := "--endpoint-type " + spelling
			switch kind {
			case "template":
				line += " --extra-inputs payload_template:nv-embedqa"
			case "raw":
				line += " --input-file bodies.jsonl"
			}
			p, o, err := parse(t, line)
			if err != nil {
				t.Errorf("%s: %v", line, err)
				continue
			}
			if want := strings.ReplaceAll(kind, "-", "_"); p.Endpoint.Type.V != want || p.API() != e || len(o.Notices) != 0 {
				t.Errorf("%s: type %s, API %T, notices %q", line, p.Endpoint.Type.V, p.API(), o.Notices)
			}
			p, o, err = parse(t, line+" --streaming")
			if err != nil {
				t.Fatal(err)
			}
			if on := e.Spec().CanStream; p.Endpoint.Streaming.V != on || (len(o.Notices) == 0) != on {
				t.Errorf("%s --streaming: streaming %v, notices %q", line, p.Endpoint.Streaming.V, o.Notices)
			}
		}
	}
}

func TestEndpointProblems(t *testing.T) {
	for line, want := range map[string]string{
		"--endpoint-type embedings":                                                "--endpoint-type embedings: no such choice; did you mean embeddings?",
		"--endpoint-type image-retrieval --tokenizer builtin":                      "--tokenizer: does not go with image-retrieval, which is sent no text",
		"--endpoint-type audio-transcription --isl 5":                              "--isl: does not go with audio-transcription, which is sent no text",
		"--endpoint-type template":                                                 "--endpoint-type: template needs one: --extra-inputs payload_template:NAME-OR-FILE, or endpoint.template.body in a config file",
		"--endpoint-type raw":                                                      "--endpoint-type: raw sends ready-made bodies, which only a file has: name it with --input-file",
		"--request-content-type multipart/form-data":                               "--request-content-type: chat takes application/json only",
		"--endpoint-type video-generation --request-content-type application-json": "--request-content-type: video-generation takes multipart/form-data only",
		"--endpoint-type video-generation --request-content-type text/plain":       "--request-content-type text/plain: must be one of application/json, multipart/form-data",
		"--download-video-content":                                                 "--download-video-content: goes with video-generation only",
		"--endpoint-type embeddings --streaming --prefill-concurrency 2":           "--prefill-concurrency: requires --streaming, for it ends at the first token",
		"--wait-for-model-mode models":                                             "--wait-for-model-mode: has no effect without --wait-for-model-timeout",
		"--http2 always":                                                           "--http2 always: must be one of off, auto",
	} {
		if _, _, err := parse(t, strings.Replace(line, "--wait-for-model-mode models", "--wait-for-model-interval 5 --wait-for-model-mode models", 1)); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", line, err, want)
		}
	}
}

func TestEndpointSettingsOfAFile(t *testing.T) {
	p, _, err := Decode("f.yaml", []byte(`benchmark:
  models: {strategy: weighted, items: [{name: a, weight: 0.25}, {name: b, weight: 0.75}]}
  endpoint:
    urls: [h:1, "https://i:2"]
    type: template
    template:
      body: |
        {"q": {{ text|tojson }},
         "n": 1}
      responseField: answer
  datasets: [{name: d, type: synthetic}]
  phases: [{name: profiling, type: concurrency, concurrency: 1, requests: 1}]
tacho: {caFile: /ca.pem, insecure: true, http2: auto}
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	e, c := &p.Endpoint, &p.Console
	if e.Template.Body.V != "{\"q\": {{ text|tojson }},\n \"n\": 1}\n" || e.Template.ResponseField.V != "answer" || e.URLs.V[0] != "http://h:1" {
		t.Errorf("endpoint %+v", e)
	}
	if c.CAFile.V != "/ca.pem" || !c.Insecure.V || c.HTTP2.V != "auto" || p.Models.Items[1].Weight.V != 0.75 {
		t.Errorf("console %+v, models %+v", c, p.Models)
	}
	p, _, err = Decode("f.yaml", []byte("benchmark: {models: [m], endpoint: {url: h, template: {body: '{}'}}, datasets: [{name: d, type: synthetic}], phases: [{name: profiling, type: concurrency, concurrency: 1, requests: 1}]}"), testEnv)
	if err != nil || p.Endpoint.Type.V != "template" {
		t.Errorf("a template alone: type %s, %v", p.Endpoint.Type.V, err)
	}
	_, _, err = Decode("f.yaml", []byte("benchmark: {models: [m], endpoint: {url: h, template: {body: x}, type: chat}, datasets: [{name: d, type: synthetic}], phases: [{name: profiling, type: concurrency, concurrency: 1, requests: 1}]}"), testEnv)
	if err == nil || !strings.Contains(err.Error(), "endpoint.template: goes with endpoint.type template only") {
		t.Errorf("a template for chat: %v", err)
	}
}
