package record

import "testing"

func TestErrKindNames(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range append(ErrKinds(), ErrNone) {
		name := k.String()
		if name == "" || seen[name] {
			t.Errorf("kind %d has the name %q, empty or taken", k, name)
		}
		seen[name] = true
		if got, ok := ParseErrKind(name); !ok || got != k {
			t.Errorf("ParseErrKind(%q) = %v, %v, want %v", name, got, ok, k)
		}
	}
	if _, ok := ParseErrKind("nonsense"); ok {
		t.Error(`ParseErrKind("nonsense") succeeded`)
	}
	if got := ErrKind(200).String(); got != "errkind(200)" {
		t.Errorf("out of range: %q", got)
	}
}

func TestStatusKind(t *testing.T) {
	for status, want := range map[int]ErrKind{
		200: ErrNone, 204: ErrNone, 299: ErrNone, 199: ErrHTTPOther, 307: ErrHTTPOther,
		400: ErrHTTP4xx, 429: ErrHTTP4xx, 500: ErrHTTP5xx, 503: ErrHTTP5xx, 600: ErrHTTPOther,
	} {
		if got := StatusKind(status); got != want {
			t.Errorf("StatusKind(%d) = %v, want %v", status, got, want)
		}
	}
}
