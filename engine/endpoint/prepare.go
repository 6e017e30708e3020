package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/jinja"
)

// Settings are what a run says of APIs that are not the same for all.
type Settings struct {
	// Template is the body of the template API, or the name of one that is
	// built in, or of a file; empty takes the extra input payload_template.
	Template string
	// ResponseField is a JMESPath expression that finds the content of an
	// answer, for the template API; empty or "text" leaves it to the shape of
	// the answer.
	ResponseField string
	// Paths are those that the server offers (see OpenAPIPaths), for choosing
	// a ranking API; nil if that is not known.
	Paths []string
}

// Extra inputs that are not sent, but set up the template and raw APIs.
const (
	extraTemplate = "payload_template"
	extraField    = "response_field"
)

// Prepare returns the API as a run uses it. For template it compiles the
// template and the expression, and takes what was given as extra inputs out of
// o; for raw the expression; rankings it replaces by an API that the server
// offers. All others are ready as they are.
func Prepare(e Endpoint, o *Options, s Settings) (Endpoint, error) {
	switch e.(type) {
	case Rankings:
		return ChooseRankings(s.Paths), nil
	case Raw:
		f, err := newResponseField(extraString(o.Extra, extraField))
		return Raw{f}, err
	case Template:
		return prepareTemplate(o, s)
	}
	return e, nil
}

func prepareTemplate(o *Options, s Settings) (Endpoint, error) {
	src, field := s.Template, s.ResponseField
	if src == "" {
		src, field = extraString(o.Extra, extraTemplate), extraString(o.Extra, extraField)
		o.Extra = slices.DeleteFunc(slices.Clone(o.Extra), func(kv dataset.KV) bool {
			return kv.Key == extraTemplate || kv.Key == extraField
		})
	}
	if src == "" {
		return nil, errors.New("the template endpoint has no template: give one as endpoint.template.body, or as the extra input payload_template")
	}
	if field == "text" {
		field = ""
	}
	src, err := templateSource(src)
	if err != nil {
		return nil, err
	}
	t, err := jinja.Compile(src)
	if err != nil {
		return nil, fmt.Errorf("payload template: %w", err)
	}
	f, err := newResponseField(field)
	return Template{t, f, src, field}, err
}

// extraString is the text under a key, the last one; empty if there is none.
func extraString(extra []dataset.KV, key string) string {
	for _, kv := range slices.Backward(extra) {
		if kv.Key == key {
			var s string
			_ = json.Unmarshal(kv.Value, &s) // anything else is no text
			return s
		}
	}
	return ""
}

// templateSource resolves a template: the name of one, the path of a file, or
// the text itself. As in AIPerf a path with a symbolic link in it is not
// followed, and is then taken for text.
func templateSource(s string) (string, error) {
	if named, ok := namedTemplates[s]; ok {
		return named, nil
	}
	if strings.ContainsAny(s, "\x00\n") {
		return s, nil
	}
	path := s
	if rest, ok := strings.CutPrefix(s, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Lstat(dir)
		if err != nil || info.Mode()&os.ModeSymlink != 0 || dir == path && !info.Mode().IsRegular() {
			return s, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read payload template: %w", err)
	}
	return string(text), nil
}
