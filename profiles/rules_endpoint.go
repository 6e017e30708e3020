package profiles

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"tacho/engine/endpoint"
)

// API is the endpoint that the profile's type names.
func (p *Profile) API() endpoint.Endpoint {
	e, err := endpoint.Lookup(p.Endpoint.Type.V)
	if err != nil {
		return endpoint.Chat{} // the type has a problem of its own
	}
	return e
}

// textless reports whether the API neither reads nor writes text.
func (p *Profile) textless() bool {
	spec := p.API().Spec()
	return !spec.ProducesTokens && !spec.TokenizesInput
}

// textOptions have no effect on an API that is sent no text.
var textOptions = []string{
	"tokenizer", "tokenizer-revision", "isl", "isl-stddev", "isl-block-size", "batch-size", "sequence-distribution", "random-range-ratio",
	"num-prefix-prompts", "prefix-prompt-length", "shared-system-prompt-length", "user-context-prompt-length",
}

// endpoint checks what the API cannot do. As in AIPerf, streaming is switched
// off where an answer comes in one piece.
func (c *checker) endpoint() {
	e := &c.p.Endpoint
	spec := c.p.API().Spec()
	if e.Streaming.V && !spec.CanStream {
		c.o.notice("%s has no effect: %s answers in one piece", c.o.where("streaming"), spec.Type)
		e.Streaming.V = false
	}
	if c.p.textless() {
		for _, name := range textOptions {
			if f := Lookup("--" + name); f != nil && f.Refuse == "" && c.o.Of(f) != FromDefault {
				c.conflict(f.Flag, "does not go with "+spec.Type+", which is sent no text")
			}
		}
	}
	if t := e.RequestContentType; t.Set && (t.V == ContentForm) != spec.Form {
		takes := ContentJSON
		if spec.Form {
			takes = ContentForm
		}
		c.conflict("request-content-type", spec.Type+" takes "+takes+" only", "endpoint-type")
	}
	if e.DownloadVideoContent.V && !spec.MakesVideos {
		c.conflict("download-video-content", "goes with video-generation only", "endpoint-type")
	}
	if !(e.WaitForModelTimeout.V > 0) {
		for _, name := range []string{"wait-for-model-mode", "wait-for-model-interval"} {
			if f := Lookup("--" + name); c.o.Of(f) != FromDefault && !f.isDefault(f.Get(c.p)) {
				c.conflict(name, "has no effect without --wait-for-model-timeout", "wait-for-model-timeout")
			}
		}
	}
	c.template(spec.Type)
}

// template checks where the bodies of the types template and raw come from.
func (c *checker) template(kind string) {
	t := &c.p.Endpoint.Template
	extra := slices.ContainsFunc(c.p.Endpoint.Extra.V, func(m Member) bool { return m.Key == "payload_template" })
	switch {
	case kind == "template" && !t.Body.Set && !extra:
		c.conflict("endpoint-type", "template needs one: --extra-inputs payload_template:NAME-OR-FILE, or endpoint.template.body in a config file", "extra-inputs")
	case kind == "raw" && c.p.Dataset().Type.V == DataSynthetic:
		c.conflict("endpoint-type", "raw sends ready-made bodies, which only a file has: name it with --input-file", "input-file")
	case kind != "template" && (t.Body.Set || t.ResponseField.Set):
		c.problems = append(c.problems, Problem{Kind: Conflict, File: c.o.File, Where: "endpoint.template", Rule: "goes with endpoint.type template only"})
	}
}

// settleContentType writes down that bodies are forms, as AIPerf does. What a run
// of another type recorded does not bind this one.
func settleContentType(p *Profile, o *Origins) {
	t := &p.Endpoint.RequestContentType
	form := p.API().Spec().Form
	switch {
	case o.flag("request-content-type"):
	case form && !t.Set:
		t.Put(ContentForm)
	case !form && t.V == ContentForm && o.File == "":
		t.unset()
	}
}

// readTemplate takes a text of several lines.
func readTemplate(s string) (string, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return "", errors.New("must not be empty")
	case !utf8.ValidString(s):
		return "", errors.New("must be UTF-8")
	}
	return s, nil
}
