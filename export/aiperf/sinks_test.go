package aiperf

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tacho/export"
)

func TestWriteInputs(t *testing.T) {
	dir, names := t.TempDir(), export.NewNames("")
	want := errors.New("the second cannot be made")
	list := func(bad error) func(func(export.Conversation, error) bool) {
		return func(yield func(export.Conversation, error) bool) {
			_ = yield(export.Conversation{SessionID: "a", Payloads: []json.RawMessage{[]byte(`{"n":1}`)}}, nil) &&
				yield(export.Conversation{SessionID: "b"}, bad)
		}
	}
	if _, err := WriteInputs(dir, names, list(want)); !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("a failed write left %v, %v", left, err)
	}
	if _, err := WriteInputs(dir, names, list(nil)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "inputs.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeInputs(data)
	if err != nil || len(got) != 2 || got[0].SessionID != "a" || got[1].SessionID != "b" {
		t.Errorf("%s read as %v, %v", data, got, err)
	}
}
