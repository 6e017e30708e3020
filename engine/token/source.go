package token

import (
	"fmt"
	"strings"
)

// Source says which tokenizer made the numbers of a run, for its manifest and its reports.
type Source struct {
	Kind     string   `json:"kind"`               // builtin, tiktoken, file or hub
	Name     string   `json:"name"`               // of the vocabulary: o200k_base, a repository, a path
	Path     string   `json:"path,omitempty"`     // of the file that was read
	Revision string   `json:"revision,omitempty"` // as asked for: a branch, tag or commit
	Commit   string   `json:"commit,omitempty"`   // what the revision was at the time
	SHA256   string   `json:"sha256,omitempty"`   // of the tokenizer.json (unpacked) or rank file
	Warnings []string `json:"warnings,omitempty"` // what the user should know about the choice
}

// String is one line for a person, such as "hub Qwen/Qwen3-0.6B@c1899de (sha256 aeb13307)".
func (s Source) String() string {
	var b strings.Builder
	b.WriteString(s.Kind + " " + s.Name)
	if at := s.Commit; at != "" {
		b.WriteString("@" + at[:min(len(at), 8)])
	}
	if s.SHA256 != "" {
		fmt.Fprintf(&b, " (sha256 %s)", s.SHA256[:min(len(s.SHA256), 8)])
	}
	return b.String()
}
