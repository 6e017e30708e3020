package export

import (
	"strings"
	"testing"

	"tacho/engine/snap"
)

func TestEventsThereAndBack(t *testing.T) {
	want := []RunEvent{{1795509004012079957, snap.MarkLoad, "concurrency 2 → 6"}, {2, snap.MarkNote, "a \"note\"\nof two lines"}}
	var b []byte
	for _, e := range want {
		b = e.Append(b)
	}
	got, err := DecodeEvents(strings.NewReader(string(b)))
	if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	got, err = DecodeEvents(strings.NewReader(string(b[:len(b)-5])))
	if len(got) != 1 || err == nil || !strings.Contains(err.Error(), "[2]") {
		t.Errorf("cut off: %+v, %v", got, err)
	}
}

func FuzzDecodeEvents(f *testing.F) {
	f.Add([]byte(`{"at_ns":1,"kind":"note","text":"x"}` + "\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		events, _ := DecodeEvents(strings.NewReader(string(data)))
		var b []byte
		for _, e := range events {
			b = e.Append(b)
		}
		again, err := DecodeEvents(strings.NewReader(string(b)))
		if err != nil || len(again) != len(events) {
			t.Fatalf("%d events, then %d: %v", len(events), len(again), err)
		}
	})
}
