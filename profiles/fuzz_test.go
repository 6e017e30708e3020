package profiles

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"tacho/engine/secret"
)

// checkProblems holds for whatever was read: no error, or problems of one
// line each without control characters.
func checkProblems(t *testing.T, err error) {
	t.Helper()
	if err == nil || errors.Is(err, ErrHelp) {
		return
	}
	var ps Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("%T is not Problems: %v", err, err)
	}
	for _, p := range ps {
		text := p.Error()
		if p.Rule == "" || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("problem %q", text)
		}
	}
}

func FuzzParseArgs(f *testing.F) {
	f.Add("--model\nm\n--concurrency\n8\n--url\nh:1\nh:2\n-v")
	f.Add("--goodput\nrequest_latency:5 x:y\n-H\nA: b\n--extra-inputs\n{\"a\":[1]}")
	f.Add("--warmup-request-count\n3\n--request-rate\n1e3\n--benchmark-grace-period\ninf\n-f\nx.yaml")
	f.Add("--api-key\n--\n-\n--=\n--=x\n-m=\n--isl=1,2")
	env := testEnv
	env.ReadFile = func(string) ([]byte, error) { return []byte(example), nil }
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\n")
		p, o, err := ParseArgs(args, env)
		if p == nil || o == nil {
			t.Fatal("no profile")
		}
		checkProblems(t, err)
		if s := CLICommand(args); !strings.HasPrefix(s, "tacho profile") {
			t.Errorf("command %q", s)
		}
		if err != nil {
			return
		}
		// What was accepted can be written down and read back.
		config := AppendJSON(nil, InputConfig(p), "", 0)
		q, aside, err := DecodeInputConfig(config)
		if err != nil {
			t.Fatalf("%s: %v", config, err)
		}
		if again := AppendJSON(nil, InputConfig(q), "", 0); string(again) != string(config) && len(aside) == 0 {
			t.Errorf("was %s\nnow %s", config, again)
		}
	})
}

func FuzzGoodput(f *testing.F) {
	f.Add("request_latency:250 inter_token_latency:10")
	f.Add("a:1e309 b:nan c: :d")
	f.Fuzz(func(t *testing.T, s string) {
		slos, err := readSLOs([]string{s})
		if err != nil {
			if strings.ContainsAny(Problem{Where: "--goodput", Value: s, Rule: err.Error()}.Error(), "\n\r") {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		again, err := readSLOs([]string{slos.String()})
		if err != nil || !reflect.DeepEqual(slos, again) {
			t.Errorf("%q: %v reads back as %v, %v", s, slos, again, err)
		}
	})
}

func FuzzExtraInputs(f *testing.F) {
	f.Add("temperature:0.7,ignore_eos:true")
	f.Add(`{"a":{"b":[1,2.5,"x",null,true]},"c":1e400}`)
	f.Add("a:-0,b:00,c:1.5.2,d:-")
	f.Fuzz(func(t *testing.T, s string) {
		extra, err := readExtra([]string{s})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		text := AppendJSON(nil, Object(extra), "", 0)
		again, err := readObject(string(text))
		if err != nil || string(AppendJSON(nil, again, "", 0)) != string(text) {
			t.Errorf("%q: %s reads back as %s, %v", s, text, AppendJSON(nil, again, "", 0), err)
		}
	})
}

func FuzzDecodeYAML(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(file("  phases:\n    - &w {name: warmup, requests: 5}\n    - {<<: *w, name: profiling, duration: 2m, gracePeriod: inf}\n")))
	f.Add([]byte("a: &a [*a]\nb: !!binary x\n? [c]\n: d"))
	f.Add([]byte("benchmark: {models: {items: [{name: a, weight: .5}]}, slos: {a: .inf}, endpoint: {extra: {b: .nan}}}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, _, err := Decode("f.yaml", b, testEnv)
		if p == nil {
			t.Fatal("no profile")
		}
		checkProblems(t, err)
		if err != nil {
			return
		}
		text := Encode(p)
		q, _, err := Decode("again.yaml", text, testEnv)
		if err != nil {
			t.Fatalf("%s\nwritten as\n%s\n%v", b, text, err)
		}
		was, now := AppendJSON(nil, InputConfig(p), "", 0), AppendJSON(nil, InputConfig(q), "", 0)
		if string(was) != string(now) && !p.Endpoint.APIKey.Set && len(p.Endpoint.Headers.V) == 0 && !strings.Contains(string(was), secret.Redacted) {
			t.Errorf("%s\nwas %s\nnow %s\n%s", b, was, now, text)
		}
	})
}

func FuzzDecodeInputConfig(f *testing.F) {
	f.Add([]byte(`{"models":{"items":[{"name":"m"}]},"phases":[{"name":"profiling","kind":"profiling","type":"poisson","rate":25.0}]}`))
	f.Add([]byte(`{"loadgen":{"concurrency":4},"endpoint":{"api_key":"<redacted>","headers":null}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, _, err := DecodeInputConfig(b)
		if err == nil && p.Profiling() == nil {
			t.Error("no phase")
		}
	})
}
