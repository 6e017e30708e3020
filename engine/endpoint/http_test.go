package endpoint

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"tacho/engine/dataset"
	"tacho/engine/secret"
)

func TestJoinURL(t *testing.T) {
	chat := Chat{}.Spec()
	str := func(s string) *string { return &s }
	for _, c := range []struct {
		base   string
		custom *string
		params []Param
		want   string
	}{
		{"localhost:8000", nil, nil, "http://localhost:8000/v1/chat/completions"},
		{"http://h/v1", nil, nil, "http://h/v1/chat/completions"},
		{"http://h/v1/", nil, nil, "http://h/v1/chat/completions"},
		{"http://h/v1/chat/completions", nil, nil, "http://h/v1/chat/completions"},
		{"http://h/v1/chat/completions/", nil, nil, "http://h/v1/chat/completions"},
		{"http://h/api?x=1", nil, nil, "http://h/api/v1/chat/completions?x=1"},
		{"HTTPS://H:8443/a/b//", nil, nil, "HTTPS://H:8443/a/b/v1/chat/completions"},
		{"h", str("/custom/path"), nil, "http://h/custom/path"},
		{"h/v1", str("v1/x"), nil, "http://h/v1/x"},
		{"h/v1", str("v2/x"), nil, "http://h/v1/v2/x"},
		{"h/base", str(""), nil, "http://h/base"},
		{"h", str(""), nil, "http://h"},
		{"h/av1", nil, nil, "http://h/av1/v1/chat/completions"},
		{"h?a=1&b=2&a=3#frag", nil, nil, "http://h/v1/chat/completions?a=1&b=2#frag"},
		{"h?a=x%20y&e=", nil, []Param{{"a", "n/w"}, {"api-version", "2024"}}, "http://h/v1/chat/completions?a=n%2Fw&e=&api-version=2024"},
		{"h", nil, []Param{{"k", "a b&c"}}, "http://h/v1/chat/completions?k=a+b%26c"},
		{"[::1]:8000", nil, nil, "http://[::1]:8000/v1/chat/completions"},
		{" 10.0.0.1:80 ", nil, nil, "http://10.0.0.1:80/v1/chat/completions"},
		{"u:p@h", nil, nil, "http://u:p@h/v1/chat/completions"},
		{"h?", nil, nil, "http://h/v1/chat/completions"},
	} {
		got, err := JoinURL(c.base, chat, true, c.custom, c.params...)
		if err != nil || got != c.want {
			t.Errorf("JoinURL(%q, %v, %v) = %q, %v, want %q", c.base, c.custom, c.params, got, err, c.want)
		}
	}
	s := Spec{Path: "/generate", StreamPath: "/generate_stream"}
	for stream, want := range map[bool]string{true: "http://h/generate_stream", false: "http://h/generate"} {
		if got, err := JoinURL("h", s, stream, nil); err != nil || got != want {
			t.Errorf("stream %v: %q, %v, want %q", stream, got, err, want)
		}
	}
	for _, bad := range []string{"", " ", "http://", "http:///v1", "ftp://h", "h:port", "http://a b", "http://user:hunter2@h:port"} {
		got, err := JoinURL(bad, chat, true, nil)
		if err == nil {
			t.Errorf("JoinURL(%q) = %q, want an error", bad, got)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("JoinURL(%q): the error tells the password: %v", bad, err)
		}
	}
}

func FuzzJoinURL(f *testing.F) {
	for _, s := range []string{"localhost:8000", "http://h/v1?x=1#y", "https://u:p@h:1/a//", "h/%zz", "[::1", "a?b=%zz&c=;d", "://", "http://\x7f"} {
		f.Add(s, "/v1/chat/completions", "k", "v")
	}
	f.Fuzz(func(t *testing.T, base, path, key, value string) {
		out, err := joinURL(base, path, []Param{{key, value}})
		if err != nil {
			return
		}
		u, err := url.Parse(out)
		if err != nil || u.Hostname() == "" {
			t.Fatalf("joinURL(%q, %q) = %q, which does not parse: %v", base, path, out, err)
		}
		if got := u.Query().Get(key); got != value && !strings.Contains(path, "?") && !strings.ContainsAny(base+path, "#;") {
			t.Errorf("joinURL(%q, %q): parameter %q is %q, want %q", base, path, key, got, value)
		}
	})
}

func show(headers []dataset.Header) string {
	var b strings.Builder
	for _, h := range headers {
		b.WriteString(h.Name + ": " + h.Value + "\n")
	}
	return b.String()
}

// AIPerf's raw export holds the headers in the order they were sent.
func TestHeadersGolden(t *testing.T) {
	for run, stream := range map[string]bool{"chat_stream": true, "chat_nostream": false} {
		g := goldenRaw(t, run)[0]
		h := NewHeaders(HeaderOptions{Version: "0.13.0", Stream: stream, ContentType: "application/json", Affinity: DefaultAffinity})
		got := h.Append(nil, g.Metadata.RequestID, g.Metadata.CorrelationID, nil)
		for i := range got {
			if secret.Header(got[i].Name) {
				got[i].Value = secret.Redacted
			}
		}
		var want []dataset.Header
		for _, kv := range kvs(t, string(g.RequestHeaders)) {
			want = append(want, dataset.Header{Name: kv.Key, Value: strings.Trim(string(kv.Value), `"`)})
		}
		want[0].Value = strings.Replace(want[0].Value, "aiperf", "tacho", 1)
		if !slices.Equal(got, want) {
			t.Errorf("%s: headers\n%swant\n%s", run, show(got), show(want))
		}
	}
}

// Seen on the wire of an AIPerf 0.13 run against the Messages API.
func TestAnthropicHeaders(t *testing.T) {
	o := HeaderOptions{
		Version: "0.13.0", APIKey: "KEY", Auth: AnthropicKey, Stream: true, ContentType: "application/json",
		User: []dataset.Header{{Name: "X-A", Value: "b"}}, Affinity: DefaultAffinity,
	}
	got := show(NewHeaders(o).Append(nil, "r", "c", nil))
	want := "User-Agent: tacho/0.13.0\nX-Request-ID: r\nX-Correlation-ID: c\nContent-Type: application/json\nX-A: b\nx-api-key: KEY\n" +
		"anthropic-version: 2023-06-01\nAccept: text/event-stream\nX-Session-Affinity: c\n"
	if got != want {
		t.Errorf("headers\n%swant\n%s", got, want)
	}
	o.APIKey, o.User = "", []dataset.Header{{Name: "Anthropic-Version", Value: "mine"}}
	got = show(NewHeaders(o).Append(nil, "", "", nil))
	want = "User-Agent: tacho/0.13.0\nContent-Type: application/json\nAnthropic-Version: mine\nAccept: text/event-stream\n"
	if got != want {
		t.Errorf("own version: headers\n%swant\n%s", got, want)
	}
}

func TestHeadersPriority(t *testing.T) {
	h := NewHeaders(HeaderOptions{
		Version: "1", APIKey: "K", SessionHeader: "X-Chat", ContentType: "application/json",
		User: []dataset.Header{{Name: "authorization", Value: "Basic x"}, {Name: "user-agent", Value: "me"},
			{Name: "Accept", Value: "text/plain"}, {Name: "X-A", Value: "run"}, {Name: "x-session-affinity", Value: "mine"}},
		Affinity: []string{"X-Session-Affinity", "X-SMG-Routing-Key"},
	})
	before := []dataset.Header{{Name: "X-Session-Affinity", Value: "not ours"}}
	got := h.Append(slices.Clone(before), "r", "c", []dataset.Header{{Name: "x-a", Value: "turn"}, {Name: "X-B", Value: "b"}})
	want := "X-Session-Affinity: not ours\nuser-agent: me\nX-Request-ID: r\nX-Chat: c\nAuthorization: Bearer K\nAccept: application/json\n" +
		"x-a: turn\nX-B: b\nContent-Type: application/json\nX-Session-Affinity: c\nX-SMG-Routing-Key: c\n"
	if show(got) != want {
		t.Errorf("headers\n%swant\n%s", show(got), want)
	}
	bare := NewHeaders(HeaderOptions{Version: "1", Affinity: DefaultAffinity}).Append(nil, "", "", nil)
	if want := "User-Agent: tacho/1\nAccept: application/json\n"; show(bare) != want {
		t.Errorf("bare headers\n%swant\n%s", show(bare), want)
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{"chat": "chat", " Completions ": "completions", "CHAT": "chat"} {
		if e, err := Lookup(name); err != nil || e.Spec().Type != want {
			t.Errorf("Lookup(%q) = %v, %v", name, e, err)
		}
	}
	if _, err := Lookup("completion"); err == nil || !strings.Contains(err.Error(), "did you mean completions?") {
		t.Errorf("near miss: %v", err)
	}
	if _, err := Lookup("zebra"); err == nil || strings.Contains(err.Error(), "did you mean") || !strings.Contains(err.Error(), "chat, completions") {
		t.Errorf("far miss: %v", err)
	}
}

func TestSpecs(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range All {
		s := e.Spec()
		if s.Type == "" || s.Title == "" || strings.Contains(s.Type, "_") || seen[s.Type] {
			t.Errorf("spec %+v", s)
		}
		if s.StreamPath != "" && !s.CanStream {
			t.Errorf("%s has a streaming path but cannot stream", s.Type)
		}
		seen[s.Type] = true
	}
}
