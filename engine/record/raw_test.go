package record

import (
	"strings"
	"testing"
)

func TestRawSizeGrowsWithEveryPart(t *testing.T) {
	if n := (*Raw)(nil).Size(); n != 0 {
		t.Errorf("nothing holds %d bytes", n)
	}
	text := strings.Repeat("x", 1000)
	for part, raw := range map[string]*Raw{
		"payload": {Payload: []byte(text)},
		"header":  {Headers: []Header{{Name: "A", Value: text}}},
		"events":  {Events: []Event{{Packets: []Packet{{Name: "data", Value: text[:500]}}}, {Packets: []Packet{{Value: text[:500]}}}}},
		"body":    {Body: text},
		"text":    {Text: text},
		"trace":   {Trace: new(Trace)},
	} {
		if n := raw.Size(); n < 1000 || n > 3000 {
			t.Errorf("%s of 1000 bytes: %d", part, n)
		}
	}
}
