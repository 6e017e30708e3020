package app

import (
	"fmt"
	"slices"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
)

// fits reports what a conversation has that its API cannot take, or lacks that
// it needs.
func fits(spec endpoint.Spec, c *dataset.Conversation) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("endpoint type %s %s", spec.Type, fmt.Sprintf(format, args...))
	}
	if (c.System != "" || c.UserContext != "") && !spec.System {
		return bad("has no system messages: leave out --system-prompt, --shared-system-prompt-length and --user-context-prompt-length")
	}
	if spec.OneTurn && len(c.Turns) > 1 {
		return bad("takes single requests, and conversation %s has %d turns", c.ID, len(c.Turns))
	}
	t := &c.Turns[0]
	if t.Body != nil || t.Messages != nil {
		return nil
	}
	for _, m := range []struct {
		what  string
		there bool
		takes bool
	}{{"pictures", len(t.Images) > 0, spec.Images}, {"sounds", len(t.Audios) > 0, spec.Audio}, {"videos", len(t.Videos) > 0, spec.Video}} {
		if m.there && !m.takes {
			return bad("takes no %s, and conversation %s has some", m.what, c.ID)
		}
	}
	named := func(name string) bool {
		return slices.ContainsFunc(t.Texts, func(x dataset.Text) bool { return x.Name == name })
	}
	switch spec.Needs {
	case endpoint.NeedsRanking:
		if !named("query") || !named("passages") {
			return bad("needs a text named query and some named passages, which conversation %s has not", c.ID)
		}
	case endpoint.NeedsImage, endpoint.NeedsTextAndImage:
		if len(t.Images) == 0 {
			return bad("needs a picture in each request: --image-width-mean and --image-height-mean make them, or --input-file names a file with some")
		}
	case endpoint.NeedsAudio:
		if len(t.Audios) == 0 {
			return bad("needs a sound in each request: --audio-length-mean makes them, or --input-file names a file with some")
		}
	}
	return nil
}
