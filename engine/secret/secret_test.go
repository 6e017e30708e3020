package secret

import (
	"strings"
	"testing"
)

func TestHeader(t *testing.T) {
	for name, want := range map[string]bool{
		"Authorization": true, "X-Goog-Api-Key": true, "Ocp-Apim-Subscription-Key": true, "aeg-sas-key": true,
		"X-Acme-Token": true, "X-Session-Affinity": true, "Set-Cookie": true, "x-functions-key": true, "X-Access-Key": true,
		"X-Passwd": true, "X-Signature": true, "Private-Key": true,
		"Accept": false, "X-Correlation-ID": false, "X-Request-ID": false, "Idempotency-Key": false, "": false,
	} {
		if got := Header(name); got != want {
			t.Errorf("Header(%q) = %v, want %v", name, got, want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("Authorization")
	f.Add("X-My-ToKeN")
	f.Add("Accept")
	f.Fuzz(func(t *testing.T, name string) {
		for _, part := range []string{"auth", "token", "secret", "cookie", "api-key"} {
			if strings.Contains(strings.ToLower(name), part) && !Header(name) {
				t.Errorf("header %q shows its value", name)
			}
		}
		if Header(name) != Header(strings.ToLower(name)) {
			t.Errorf("header %q depends on case", name)
		}
	})
}

func TestURL(t *testing.T) {
	for _, c := range []struct{ in, redacted, stripped string }{
		{"http://h:8000/v1", "http://h:8000/v1", "http://h:8000/v1"},
		{"http://user:pw@h:1/p?x=1", "http://<redacted>@h:1/p?x=1", "http://h:1/p?x=1"},
		{"http://token@h", "http://<redacted>@h", "http://h"},
		{"user:pw@h/p", "<redacted>@h/p", "h/p"},
		{"me@h", "me@h", "me@h"},
		{"http://u:p@ss@h/", "http://<redacted>@h/", "http://h/"},
		{"http://h/users@x.com?e=a@b", "http://h/users@x.com?e=a@b", "http://h/users@x.com?e=a@b"},
		{"http://h?api_key=s&q=1&Token=s#f", "http://h?api_key=<redacted>&q=1&Token=<redacted>#f", "http://h?api_key=&q=1&Token=#f"},
		{"http://h?api%5Fkey=s&api+key=s&x-y", "http://h?api%5Fkey=<redacted>&api+key=<redacted>&x-y", "http://h?api%5Fkey=&api+key=&x-y"},
		{"http://h?token_count=5&monkey=1", "http://h?token_count=5&monkey=1", "http://h?token_count=5&monkey=1"},
		{"http://h?X-Amz-Signature=abc", "http://h?X-Amz-Signature=<redacted>", "http://h?X-Amz-Signature="},
		{"", "", ""},
	} {
		if got := RedactURL(c.in); got != c.redacted {
			t.Errorf("RedactURL(%q) = %q, want %q", c.in, got, c.redacted)
		}
		if got := StripURL(c.in); got != c.stripped {
			t.Errorf("StripURL(%q) = %q, want %q", c.in, got, c.stripped)
		}
	}
}

func FuzzURL(f *testing.F) {
	f.Add("http://h/p?q=1", "s3cret-word")
	f.Add("h", "pa@ss:/?#")
	f.Fuzz(func(t *testing.T, rest, password string) {
		const word = "s3cret-word"
		in := "http://u:" + word + "@h?token=" + word + "&" + rest
		if strings.Contains(rest, word) {
			return // the word is elsewhere too
		}
		if got := RedactURL(in); strings.Contains(got, word) {
			t.Errorf("RedactURL(%q) = %q", in, got)
		}
		// Whatever is given, hiding twice hides no more than once.
		if once := RedactURL(rest + password); RedactURL(once) != once {
			t.Errorf("RedactURL(%q) = %q changes again", rest+password, once)
		}
	})
}
