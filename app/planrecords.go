package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tacho/engine/dataset"
)

// writeRecords puts records that a profile holds into files, where a data set
// is read from: one file, or a folder of them. It returns the folder to remove
// and the path to read.
func writeRecords(files map[string][]byte) (dir, path string, err error) {
	dir, err = os.MkdirTemp("", "tacho-records-")
	if err != nil {
		return "", "", fmt.Errorf("records of the profile: %w", bare(err))
	}
	path = dir
	for name, lines := range files {
		at := filepath.Join(dir, filepath.Base(name)+".jsonl")
		if name == "" {
			at = filepath.Join(dir, "records.jsonl")
			path = at
		}
		if err := os.WriteFile(at, lines, 0o600); err != nil {
			os.RemoveAll(dir)
			return "", "", fmt.Errorf("records of the profile: %w", bare(err))
		}
	}
	return dir, path, nil
}

// inRecords names the record of the profile that an error is about: no one
// knows the files that hold them.
func (s *session) inRecords(err error) error {
	var re *dataset.RecordError
	if s.inline == "" || !errors.As(err, &re) {
		return err
	}
	return fmt.Errorf("record %d of the dataset in the profile: %w", re.Line, re.Err)
}
