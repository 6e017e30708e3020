package export

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"tacho/engine/snap"
)

func TestWriteFileIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	f, err := WriteFile(dir, "a/b.json", []byte("old"), 0o600)
	if err != nil || f != (snap.File{Name: "a/b.json", Bytes: 3}) {
		t.Fatalf("%+v, %v", f, err)
	}
	broken := errors.New("disk full")
	if _, err := Replace(dir, "a/b.json", 0o644, func(f *os.File) error {
		if _, err := f.WriteString("half"); err != nil {
			return err
		}
		return broken
	}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "a/b.json"))
	if err != nil || string(got) != "old" {
		t.Errorf("the file is %q, %v after a failed write", got, err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil || len(left) != 1 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
	st, err := os.Stat(filepath.Join(dir, "a/b.json"))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
}

type exporter func() ([]snap.File, error)

func (e exporter) Write(*Run, Names, string) ([]snap.File, error) { return e() }

func TestWriteGoesOnAfterAnError(t *testing.T) {
	bad := errors.New("bad")
	files, err := Write(new(Run), Names{}, t.TempDir(), []Exporter{
		exporter(func() ([]snap.File, error) { return nil, bad }),
		exporter(func() ([]snap.File, error) { return []snap.File{{Name: "x"}}, nil }),
	})
	if !errors.Is(err, bad) || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestManifest(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"x.csv", "logs/aiperf.log", ".aiperf_results_ready.json"} {
		if _, err := WriteFile(dir, name, []byte("12"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := &Manifest{TachoVersion: "1", Outcome: "failed", Cause: "a <b> & c", Profile: []byte(`{"z":1.0,"a":2}`)}
	m.Clock = &Clock{Source: "kernel", EqualStamps: Float(math.NaN())}
	if _, err := WriteManifest(m, Names{}, dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Cause != m.Cause || got.ManifestVersion != ManifestVersion || len(got.Files) != 2 || got.Files[0] != (FileReport{"logs/aiperf.log", 2}) {
		t.Errorf("%+v\n%s", got, data)
	}
	if !math.IsNaN(float64(got.Clock.EqualStamps)) {
		t.Errorf("an unknown share came back as %v", got.Clock.EqualStamps)
	}
}

func FuzzDecodeManifest(f *testing.F) {
	f.Add([]byte(`{"manifest_version":1,"outcome":"complete","profile":{"z":1.0},"clock":{"equal_stamps":null}}`))
	f.Add([]byte(`{"seeds":{"root":18446744073709551615},"files":[{"name":"a"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := DecodeManifest(data)
		if err != nil {
			return
		}
		again, err := m.Encode()
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", data, err)
		}
		if _, err := DecodeManifest(again); err != nil {
			t.Fatalf("%s was written as %s: %v", data, again, err)
		}
	})
}
