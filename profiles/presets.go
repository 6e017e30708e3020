package profiles

import (
	"embed"
	"path"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Preset is a profile that comes with the program: everything but the model and
// the server.
type Preset struct {
	Name string
	// Doc is one sentence on what it is for, the file's first comment.
	Doc  string
	YAML []byte
}

// Presets lists them by name.
func Presets() []Preset {
	files, err := presets.ReadDir("presets")
	if err != nil {
		panic("profiles: embedded presets: " + err.Error()) // they are part of the program
	}
	var out []Preset
	for _, f := range files {
		b, err := presets.ReadFile(path.Join("presets", f.Name()))
		if err != nil {
			panic("profiles: embedded presets: " + err.Error())
		}
		out = append(out, Preset{Name: strings.TrimSuffix(f.Name(), ".yaml"), Doc: Doc(b), YAML: b})
	}
	return out
}

// Doc is the first comment line of a profile's file, empty without one.
func Doc(yaml []byte) string {
	first, _, _ := strings.Cut(string(yaml), "\n")
	doc, ok := strings.CutPrefix(first, "#")
	if !ok {
		return ""
	}
	return strings.TrimSpace(doc)
}
