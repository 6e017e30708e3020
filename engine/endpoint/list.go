package endpoint

import (
	"fmt"
	"strings"

	"tacho/engine/spell"
)

// All lists the APIs, the default first. What some of them need beyond turns
// with a text their Spec says: turns with named texts, media or a ready-made body
// (Needs), a form (Form); and of whoever runs them, to be prepared (Prepare) or
// asked a second time (Poller).
var All = []Endpoint{
	Chat{}, Completions{}, Responses{}, Messages{}, HuggingFaceGenerate{}, SolidoRAG{},
	Embeddings{}, NIMEmbeddings{}, ChatEmbeddings{},
	NIMRankings{}, CohereRankings{}, TEIRankings{}, Rankings{},
	ImageGeneration{}, ImageEdit{}, ImageRetrieval{}, AudioTranscription{}, VideoGeneration{},
	Raw{}, Template{},
}

// Lookup finds an API by its type, in kebab or snake case.
func Lookup(name string) (Endpoint, error) {
	if e := find(All, name); e != nil {
		return e, nil
	}
	return nil, unknown(All, name)
}

func find(list []Endpoint, name string) Endpoint {
	want := kebab(name)
	for _, e := range list {
		if e.Spec().Type == want {
			return e
		}
	}
	return nil
}

func kebab(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-")
}

// unknown is the error for a type that is not in the list, with the nearest one
// as a hint.
func unknown(list []Endpoint, name string) error {
	best, dist := "", 0
	var names []string
	for _, e := range list {
		s := e.Spec().Type
		names = append(names, s)
		if d := spell.Distance(kebab(name), s); best == "" || d < dist {
			best, dist = s, d
		}
	}
	hint := "known are " + strings.Join(names, ", ")
	if dist <= max(2, len(best)/3) {
		hint = fmt.Sprintf("did you mean %s? (%s)", best, hint)
	}
	return fmt.Errorf("unknown endpoint type %q: %s", name, hint)
}
