package telemetry

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ExtraField is a figure of a GPU that Fields has not. AIPerf has no counters
// among them: all of them are gauges in its results.
type ExtraField struct {
	// DCGM is its name on the page of a DCGM exporter; empty when it comes from a
	// file.
	DCGM string
	// Tag, Header and Unit are as those of FieldInfo.
	Tag, Header, Unit string
}

// maxExtra bounds how many there can be: each takes a column of each GPU.
const maxExtra = 1000

// ExtraOf is what is known of a figure whose tag alone is.
func ExtraOf(tag string) ExtraField {
	return ExtraField{Tag: tag, Header: title(strings.ReplaceAll(strings.TrimPrefix(tag, "nvidia_"), "_", " "))}
}

// The words that title writes in capitals, as AIPerf does.
var acronyms = map[string]bool{
	"gpu": true, "xid": true, "sm": true, "nvlink": true, "pci": true, "pcie": true, "cpu": true, "ram": true, "vram": true, "ecc": true,
}

// title writes each word with a capital, in AIPerf's way: the rest of the word is
// small, and words between spaces are parted by one.
func title(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if acronyms[strings.ToLower(w)] {
			words[i] = strings.ToUpper(w)
			continue
		}
		r, n := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToTitle(r)) + strings.ToLower(w[n:])
	}
	return strings.Join(words, " ")
}
