package profiles

import (
	"strings"
	"testing"
)

// Nothing that leaves the program as text may hold a secret.
func TestSecretsStayInside(t *testing.T) {
	const secret = "sk-51f00d"
	for _, args := range [][]string{
		{"--api-key", secret},
		{"--api-key=" + secret},
		{"-H", "Authorization: Bearer " + secret},
		{"-H", "X-Api-Key:" + secret, "X-Other: fine"},
		{"--header=Cookie: a=" + secret},
		{"-H", `{"authorization":"` + secret + `","X":"fine"}`},
		{"-H", "X-Auth-Token:" + secret + ",X-Other:fine"},
		{"-u", "http://user:" + secret + "@h:8000"},
		{"-u", "a:1", "user:" + secret + "@h:8000"},
		{"-u", "http://h:8000/v1?api_key=" + secret},
		{"--server-metrics", "http://user:" + secret + "@h/metrics"},
		{"--gpu-telemetry", "http://user:" + secret + "@h/metrics"},
	} {
		p, _, err := ParseArgs(append([]string{"-m", "m"}, args...), testEnv)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		outs := map[string]string{
			"input_config": string(AppendJSON(nil, InputConfig(p), "", 0)),
			"cli_command":  CLICommand(args),
			"yaml":         string(Encode(p)),
		}
		for _, f := range Fields {
			outs["Get "+orText(f.Flag, f.Key)] = f.Get(p)
		}
		for what, text := range outs {
			if strings.Contains(text, secret) {
				t.Errorf("%v: %s holds the secret: %s", args, what, text)
			}
		}
		for _, what := range []string{"input_config", "cli_command"} {
			if !strings.Contains(outs[what], redacted) {
				t.Errorf("%v: %s does not say %s: %s", args, what, redacted, outs[what])
			}
		}
		if strings.Contains(outs["yaml"], redacted) {
			t.Errorf("%v: YAML holds the mask:\n%s", args, outs["yaml"])
		}
		if _, _, err := Decode("f", []byte(outs["yaml"]), testEnv); err != nil {
			t.Errorf("%v: %v\n%s", args, err, outs["yaml"])
		}
	}
}

// Nor may the text of a problem, whatever was done to the value.
func TestProblemsHoldNoSecrets(t *testing.T) {
	const secret = "sk-51f00d"
	for _, args := range [][]string{
		{"--api-key", secret, secret},
		{"--api-key", secret + "\x01"},
		{"--api-key", secret, "--api-key", secret + "2"},
		{"--apikey", secret},
		{"--apikey=" + secret},
		{"-H", "Bearer " + secret},
		{"-H", "Bearer " + secret + ": x"},
		{"-H", "Authorization:", "Bearer", secret},
		{"-H", "Authorization: " + secret + "\x02"},
		{"-H", `{"Authorization":"` + secret},
		{"-H", `{"Authorization":["` + secret + `"]}`},
		{"-u", "http://user:" + secret + "@h:99999"},
		{"-u", "http://h:8000", "ftp://user:" + secret + "@h"},
		{"-u", "http://h:99999?token=" + secret},
		{"--streaming", "http://user:" + secret + "@h"},
	} {
		_, _, err := ParseArgs(append([]string{"-m", "m"}, args...), testEnv)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", args, err)
		}
	}
	for _, text := range []string{
		"endpoint: {apiKey: [" + secret + "]}", "endpoint: {apiKey: \"" + secret + "\\x01\"}", "endpoint: {headers: " + secret + "}",
		"endpoint: {headers: {\"Bearer " + secret + "\": x}}", "endpoint: {url: \"http://u:" + secret + "@h:99999\"}",
	} {
		_, _, err := Decode("f", []byte(file("  "+text+"\n")), testEnv)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRedactURL(t *testing.T) {
	for in, want := range map[string]string{
		"http://h:8000/v1":                      "http://h:8000/v1",
		"http://u:p@h":                          "http://<redacted>@h",
		"u:p@h:1":                               "<redacted>@h:1",
		"http://h/users@example.com?x=a@b":      "http://h/users@example.com?x=a@b",
		"http://h?api-key=1&n=2&Signature=3#at": "http://h?api-key=<redacted>&n=2&Signature=<redacted>#at",
		"http://h?token_count=3":                "http://h?token_count=3",
	} {
		if got := RedactURL(in); got != want {
			t.Errorf("RedactURL(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestRedactedLeavesTheOriginal(t *testing.T) {
	p, _, err := ParseArgs([]string{"-m", "m", "--api-key", "k", "-H", "Authorization:x", "-u", "http://a:b@h"}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	q := p.Redacted()
	if q.Endpoint.APIKey.V != redacted || q.Endpoint.Headers.V[0].Value != redacted || q.Endpoint.URLs.V[0] != "http://<redacted>@h" {
		t.Errorf("redacted %+v", q.Endpoint)
	}
	if p.Endpoint.APIKey.V != "k" || p.Endpoint.Headers.V[0].Value != "x" || p.Endpoint.URLs.V[0] != "http://a:b@h" {
		t.Errorf("the original was changed: %+v", p.Endpoint)
	}
}
