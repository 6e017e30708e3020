package export

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tacho/engine/snap"
)

// Exporter writes one kind of file at the end of a run. It reports every file
// it wrote, also when it returns an error; writing nothing is no error. Adding
// an artifact is adding an Exporter.
type Exporter interface {
	Write(run *Run, names Names, dir string) ([]snap.File, error)
}

// Write runs the exporters in order. One that fails does not stop the others:
// the errors are joined, the files are those that were written.
func Write(run *Run, names Names, dir string, exporters []Exporter) ([]snap.File, error) {
	var files []snap.File
	var errs []error
	for _, e := range exporters {
		written, err := e.Write(run, names, dir)
		files = append(files, written...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	return files, errors.Join(errs...)
}

// WriteFile puts data under dir/name as a whole or not at all: a temporary
// file in the same folder that is renamed. name uses slashes and its folders
// are made. The result names and sizes the file.
func WriteFile(dir, name string, data []byte, mode os.FileMode) (snap.File, error) {
	return Replace(dir, name, mode, func(f *os.File) error {
		_, err := bytes.NewReader(data).WriteTo(f)
		return err
	})
}

// Replace is WriteFile for a file that fill writes piece by piece.
func Replace(dir, name string, mode os.FileMode, fill func(*os.File) error) (file snap.File, err error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", name, err)
		}
	}()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return snap.File{}, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tacho-*")
	if err != nil {
		return snap.File{}, err
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	if err := fill(tmp); err != nil {
		return snap.File{}, err
	}
	if err := tmp.Chmod(mode); err != nil {
		return snap.File{}, err
	}
	st, err := tmp.Stat()
	if err != nil {
		return snap.File{}, err
	}
	// A full disk can report its error only here.
	if err := tmp.Close(); err != nil {
		return snap.File{}, err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return snap.File{}, err
	}
	return snap.File{Name: name, Bytes: st.Size()}, nil
}
