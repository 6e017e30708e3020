package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/simserver"
)

// Files of the user's own stand in the artifact folder, are made again by a
// rerun, and cannot take the name of a file of the run.
func TestUserFilesAreWritten(t *testing.T) {
	t.Parallel()
	sim := startSim(t, simserver.Config{})
	config := func(name string) string {
		path := filepath.Join(t.TempDir(), "f.yaml")
		text := "variables: {team: x}\nbenchmark:\n  model: m\n  endpoint: {url: '" + sim.URL() + "', type: chat, streaming: true}\n" +
			"  dataset: {entries: 2, isl: 20, osl: 3}\n  phases: {type: concurrency, requests: 2}\n" +
			"  artifacts: {userFiles: [{path: " + name + ", content: {team: '{{ team }}', dir: '{{ artifact_dir }}'}}]}\n"
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dir := filepath.Join(t.TempDir(), "run")
	if r := tacho(t, "profile", "--config", config("notes/site.json"), "--tokenizer", "builtin", "--artifact-dir", dir); r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	if r := tacho(t, "rerun", dir); r.code != 0 {
		t.Fatalf("rerun: exit %d\n%s", r.code, r.stderr)
	}
	for _, d := range []string{dir, dir + "-rerun"} {
		m := readJSON(t, filepath.Join(d, "notes", "site.json"))
		if m["team"] != "x" || m["dir"] != d {
			t.Errorf("%s: the file holds %v", d, m)
		}
	}
	r := tacho(t, "profile", "--config", config("./manifest.json"), "--artifact-dir", dir)
	if r.code != exitUsage || !strings.Contains(r.stderr, "is the name of a file of the run") {
		t.Errorf("exit %d\n%s", r.code, r.stderr)
	}
}
