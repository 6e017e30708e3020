package app

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the architecture: which packages of ours each package may
// import. A package that is not listed fails the test, so a new one is entered
// here on purpose.
var mayImport = map[string][]string{
	".":                     {"app"},
	"app/tui":               {"engine/snap", "engine/stats", "engine/metric", "engine/record", "views/...", "profiles", "app/tui/quietterm"},
	"app/tui/quietterm":     {},
	"app/attach":            {"engine/snap", "engine/stats", "engine/metric"},
	"app/headless":          {"engine/snap", "engine/stats", "engine/metric", "engine/record", "views/..."},
	"app":                   {"app/...", "engine/...", "engine", "views/...", "profiles", "export/...", "export"},
	"engine":                {"engine/..."},
	"engine/record":         {},
	"engine/random":         {},
	"engine/pytext":         {},
	"engine/secret":         {},
	"engine/spell":          {},
	"engine/metric":         {"engine/record", "engine/spell"},
	"engine/stats":          {"engine/record", "engine/metric"},
	"engine/snap":           {"engine/record", "engine/metric", "engine/stats"},
	"engine/search":         {},
	"engine/why":            {"engine/snap"},
	"engine/telemetry":      {"engine/record", "engine/metric", "engine/snap", "engine/secret"},
	"engine/token":          {},
	"engine/dataset":        {"engine/token", "engine/random"},
	"engine/schedule":       {"engine/random"},
	"engine/schedule/pacer": {"engine/record"},
	"engine/jinja":          {"engine/pytext"},
	"engine/endpoint":       {"engine/dataset", "engine/jinja", "engine/pytext", "engine/secret", "engine/spell"},
	"engine/transport":      {"engine/record"},
	"engine/simserver":      {"engine/endpoint", "engine/pytext", "engine/transport", "engine/record"},
	"profiles":              {"engine/dataset", "engine/endpoint", "engine/jinja", "engine/metric", "engine/pytext", "engine/random", "engine/secret", "engine/spell"},
	"export":                {"engine/record", "engine/metric", "engine/stats", "engine/snap", "profiles"},
	"export/aiperf":         {"engine/record", "engine/metric", "engine/stats", "engine/snap", "engine/telemetry", "engine/pytext", "engine/secret", "profiles", "export"},
	"export/aggregate":      {"engine/metric", "export", "profiles"},
	"export/ledger":         {"engine/metric", "engine/secret", "export", "export/aiperf", "profiles"},
	"export/plot":           {"engine/metric", "engine/stats", "export", "export/replay"},
	"export/replay":         {"engine/record", "engine/metric", "engine/stats", "engine/snap", "engine/telemetry", "profiles", "export", "export/aiperf"},
	"views/...":             {"engine/record", "engine/metric", "engine/stats", "engine/snap", "engine/why", "views/..."},
}

// drawing are the module prefixes that only app and views may import.
var drawing = []string{"github.com/charmbracelet/", "github.com/NimbleMarkets/ntcharts"}

// notInViews keeps views pure: no event loop, no files, no network.
var notInViews = []string{"github.com/charmbracelet/bubbletea", "os", "net", "net/http", "time/tzdata"}

func TestImportsFollowTheArchitecture(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != ".." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "artifacts") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		files++
		isTest := strings.HasSuffix(path, "_test.go")
		rel, _ := filepath.Rel("..", filepath.Dir(path))
		pkg := filepath.ToSlash(rel)
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		allowed, known := lookup(pkg)
		if !known {
			t.Errorf("%s: package %s is not in the architecture table", path, pkg)
		}
		for _, spec := range f.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(imp, "tacho/"); ok {
				if !isTest && !slices.ContainsFunc(allowed, func(p string) bool { return matches(p, ours) }) {
					t.Errorf("%s imports tacho/%s, which %s may not", path, ours, pkg)
				}
				continue
			}
			inApp := pkg == "app" || strings.HasPrefix(pkg, "app/")
			inViews := strings.HasPrefix(pkg, "views")
			for _, p := range drawing {
				if strings.HasPrefix(imp, p) && !inApp && !inViews {
					t.Errorf("%s imports %s: only app and views may draw", path, imp)
				}
			}
			if inViews && !isTest && slices.Contains(notInViews, imp) {
				t.Errorf("%s imports %s: views are pure", path, imp)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d Go files were found: the walk is broken", files)
	}
}

func lookup(pkg string) ([]string, bool) {
	if a, ok := mayImport[pkg]; ok {
		return a, true
	}
	for p, a := range mayImport {
		if strings.HasSuffix(p, "/...") && matches(p, pkg) {
			return a, true
		}
	}
	return nil, false
}

// matches reports whether pkg is pattern, or lies below it when it ends in /...
func matches(pattern, pkg string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pattern == pkg
}
