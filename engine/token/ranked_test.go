package token

import "testing"

func TestBuiltinEqualsTiktoken(t *testing.T) {
	compare(t, Builtin(), "testdata/o200k.jsonl.gz")
	compare(t, Builtin(), "testdata/o200k_invalid.jsonl.gz")
}
