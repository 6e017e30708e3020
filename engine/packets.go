package engine

import (
	"strings"

	"tacho/engine/record"
)

// packets cuts a block of a stream into the lines of the raw export, in the
// order in which they came, by AIPerf's rules: names and values lose white space
// at both ends, comments have no name of their own, and a line after an
// unfinished JSON object that is no data line is glued to it with a literal \n.
func packets(block string) []record.Packet {
	var out []record.Packet
	for line := range strings.FieldsFuncSeq(block, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if n := len(out); n > 0 && !strings.HasPrefix(line, "data:") {
			if last := &out[n-1].Value; strings.HasPrefix(*last, "{") && !strings.HasSuffix(*last, "}") {
				*last += `\n` + line
				continue
			}
		}
		name, value, _ := strings.Cut(line, ":")
		if name == "" {
			name = "comment"
		}
		out = append(out, record.Packet{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	return out
}
