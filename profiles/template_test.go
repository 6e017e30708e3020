package profiles

import "testing"

// Variables use one another in any order, settings and list elements can be
// named, and what comes out has its type.
func TestTemplates(t *testing.T) {
	p, _, err := Decode("f.yaml", []byte(`
variables: {double: "{{ users * 2 }}", users: 3, name: "m-{{ users }}", quick: "{{ users < 4 }}"}
benchmark:
  model: "{{ name }}"
  endpoint: {url: "http://h:8000", streaming: "{{ quick }}", extra: {payload_template: "{{ untouched }}"}}
  dataset: {entries: "{{ double * 5 }}", prompts: {isl: "{{ phases.profiling.requests // 4 }}", osl: "{{ 10 / 4 }}"}}
  phases:
    - {name: profiling, type: concurrency, concurrency: "{{ users }}", requests: 50}
`), Env{})
	if err != nil {
		t.Fatal(err)
	}
	d, ph := p.Dataset(), p.Profiling()
	if p.ModelNames()[0] != "m-3" || d.Entries.V != 30 || d.Prompts.ISL.Mean.V != 12 || d.Prompts.OSL.Mean.V != 2.5 || ph.Concurrency.V != 3 || !p.Endpoint.Streaming.V {
		t.Errorf("got %v, %v, %v, %v, %v", p.ModelNames(), d.Entries, d.Prompts, ph.Concurrency, p.Endpoint.Streaming)
	}
	if v := p.Endpoint.Extra.V[0].Value; v != "{{ untouched }}" {
		t.Errorf("the template of bodies became %v", v)
	}
}

func TestUserFiles(t *testing.T) {
	p, _, err := Decode("f.yaml", []byte(`
variables: {users: 3}
benchmark:
  model: m
  endpoint: {url: "http://h:8000"}
  phases: {type: concurrency, requests: 4}
  artifacts:
    userFiles:
      - {path: a.json, content: {n: "{{ users }}", job: "{{ job_name }}", list: ["{{ users }}x", "7"]}}
      - {path: b.yaml, format: yaml, content: {someKey: "{{ users }}", more: [a, b]}}
      - {path: c.txt, content: "{{ users }} users\n"}
`), Env{})
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Decode("g.yaml", Encode(p), Env{})
	if err != nil {
		t.Fatalf("written and read again: %v\n%s", err, Encode(p))
	}
	for _, p := range []*Profile{p, again} {
		for i, want := range []string{
			"{\n  \"n\": 3,\n  \"job\": \"night\",\n  \"list\": [\n    \"3x\",\n    \"7\"\n  ]\n}",
			"someKey: 3\nmore:\n- a\n- b\n",
			"3 users\n",
		} {
			got, err := p.Artifacts.UserFiles.V[i].Render(p.Variables.V, Object{{"job_name", "night"}})
			if err != nil || string(got) != want {
				t.Errorf("file %d: %v\n got %q\nwant %q", i, err, got, want)
			}
		}
	}
	if _, err := p.Artifacts.UserFiles.V[0].Render(nil, nil); err == nil {
		t.Error("a file with names that nothing defines was rendered")
	}
}
