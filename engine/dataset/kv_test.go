package dataset

import (
	"encoding/json"
	"testing"
)

func TestParseKVs(t *testing.T) {
	got, err := ParseKVs([]byte(` { "b" : [1, {"x" : null}] , "a":"s p", "b":2.50 } `))
	want := []KV{{"b", json.RawMessage(`[1,{"x":null}]`)}, {"a", json.RawMessage(`"s p"`)}, {"b", json.RawMessage(`2.50`)}}
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %v, %v", got, err)
	}
	for i := range want {
		if got[i].Key != want[i].Key || string(got[i].Value) != string(want[i].Value) {
			t.Errorf("key %d: %s=%s, want %s=%s", i, got[i].Key, got[i].Value, want[i].Key, want[i].Value)
		}
	}
	if got, err := ParseKVs([]byte("{}")); err != nil || got != nil {
		t.Errorf("empty object: %v, %v", got, err)
	}
	for _, bad := range []string{"", "[]", "{", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1} 2`, `{"a":1}}`, `{1:2}`, "null"} {
		if got, err := ParseKVs([]byte(bad)); err == nil {
			t.Errorf("ParseKVs(%q) = %v, want an error", bad, got)
		}
	}
}

func FuzzParseKVs(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":[1, 2]}`, `{"a":1} x`, `{"\u0061":{}}`, "[]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		kvs, err := ParseKVs(in)
		if err != nil {
			return
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(in, &m); err != nil {
			t.Fatalf("accepted %q, which is no object: %v", in, err)
		}
		for _, kv := range kvs {
			if _, ok := m[kv.Key]; !ok || !json.Valid(kv.Value) {
				t.Errorf("%q gave %q = %s", in, kv.Key, kv.Value)
			}
		}
	})
}
