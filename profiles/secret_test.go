package profiles

import (
	"strings"
	"testing"

	"tacho/engine/secret"
)

// Nothing that leaves the program as text may hold a secret.
func TestSecretsStayInside(t *testing.T) {
	const word = "sk-51f00d"
	for _, args := range [][]string{
		{"--api-key", word},
		{"--api-key=" + word},
		{"-H", "Authorization: Bearer " + word},
		{"-H", "X-Api-Key:" + word, "X-Other: fine"},
		{"--header=Cookie: a=" + word},
		{"-H", `{"authorization":"` + word + `","X":"fine"}`},
		{"-H", "X-Auth-Token:" + word + ",X-Other:fine"},
		{"-H", "X-Access-Key:" + word},
		{"-u", "http://user:" + word + "@h:8000"},
		{"-u", "a:1", "user:" + word + "@h:8000"},
		{"-u", "http://h:8000/v1?api_key=" + word},
		{"--server-metrics", "http://user:" + word + "@h/metrics"},
		{"--gpu-telemetry", "http://user:" + word + "@h/metrics"},
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
			if strings.Contains(text, word) {
				t.Errorf("%v: %s holds the secret: %s", args, what, text)
			}
		}
		for _, what := range []string{"input_config", "cli_command"} {
			if !strings.Contains(outs[what], secret.Redacted) {
				t.Errorf("%v: %s does not say %s: %s", args, what, secret.Redacted, outs[what])
			}
		}
		if strings.Contains(outs["yaml"], secret.Redacted) {
			t.Errorf("%v: YAML holds the mask:\n%s", args, outs["yaml"])
		}
		if _, _, err := Decode("f", []byte(outs["yaml"]), testEnv); err != nil {
			t.Errorf("%v: %v\n%s", args, err, outs["yaml"])
		}
	}
}

// Nor may the text of a problem, whatever was done to the value.
func TestProblemsHoldNoSecrets(t *testing.T) {
	const word = "sk-51f00d"
	for _, args := range [][]string{
		{"--api-key", word, word},
		{"--api-key", word + "\x01"},
		{"--api-key", word, "--api-key", word + "2"},
		{"--apikey", word},
		{"--apikey=" + word},
		{"-H", "Bearer " + word},
		{"-H", "Bearer " + word + ": x"},
		{"-H", "Authorization:", "Bearer", word},
		{"-H", "Authorization: " + word + "\x02"},
		{"-H", `{"Authorization":"` + word},
		{"-H", `{"Authorization":["` + word + `"]}`},
		{"-u", "http://user:" + word + "@h:99999"},
		{"-u", "http://h:8000", "ftp://user:" + word + "@h"},
		{"-u", "http://h:99999?token=" + word},
		{"--streaming", "http://user:" + word + "@h"},
	} {
		_, _, err := ParseArgs(append([]string{"-m", "m"}, args...), testEnv)
		if err == nil || strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", args, err)
		}
	}
	for _, text := range []string{
		"endpoint: {apiKey: [" + word + "]}", "endpoint: {apiKey: \"" + word + "\\x01\"}", "endpoint: {headers: " + word + "}",
		"endpoint: {headers: {\"Bearer " + word + "\": x}}", "endpoint: {url: \"http://u:" + word + "@h:99999\"}",
	} {
		_, _, err := Decode("f", []byte(file("  "+text+"\n")), testEnv)
		if err == nil || strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRedactedLeavesTheOriginal(t *testing.T) {
	p, _, err := ParseArgs([]string{"-m", "m", "--api-key", "k", "-H", "Authorization:x", "-u", "http://a:b@h"}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	q := p.Redacted()
	if q.Endpoint.APIKey.V != secret.Redacted || q.Endpoint.Headers.V[0].Value != secret.Redacted || q.Endpoint.URLs.V[0] != "http://<redacted>@h" {
		t.Errorf("redacted %+v", q.Endpoint)
	}
	if p.Endpoint.APIKey.V != "k" || p.Endpoint.Headers.V[0].Value != "x" || p.Endpoint.URLs.V[0] != "http://a:b@h" {
		t.Errorf("the original was changed: %+v", p.Endpoint)
	}
}
