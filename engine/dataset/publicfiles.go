package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dataKinds are the endings of files that can be read, the best first.
var dataKinds = []string{".parquet", ".jsonl", ".jsonl.gz", ".json", ".json.gz", ".csv", ".csv.gz"}

func dataKind(name string) int {
	name = strings.ToLower(name)
	return slices.IndexFunc(dataKinds, func(ext string) bool { return strings.HasSuffix(name, ext) })
}

// chooseFiles picks from the paths of a copy or a repository those of a data
// set's subset and split, in their order.
func chooseFiles(all []string, s *publicSet) ([]string, error) {
	var files []string
	for _, f := range all {
		switch {
		case strings.Contains("/"+f, "/.") || dataKind(f) < 0 || path.Base(f) == originFile:
		case s.file != "":
			if path.Base(f) == s.file {
				return []string{f}, nil
			}
		default:
			files = append(files, f)
		}
	}
	if s.file != "" {
		return nil, fmt.Errorf("it has no file %s", s.file)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("it holds none of %s", strings.Join(dataKinds, ", "))
	}
	if files = ofSubset(files, s.subset); len(files) == 0 {
		return nil, fmt.Errorf("it holds nothing of the subset %s", s.subset)
	}
	if files = ofSplit(files, s.split); len(files) == 0 {
		return nil, fmt.Errorf("it holds nothing of the split %s", s.split)
	}
	best := len(dataKinds)
	for _, f := range files {
		best = min(best, dataKind(f))
	}
	files = slices.DeleteFunc(files, func(f string) bool { return dataKind(f) != best })
	slices.Sort(files)
	return files, wholeShards(files)
}

// filter is those of a list for which keep holds.
func filter(list []string, keep func(string) bool) (out []string) {
	for _, s := range list {
		if keep(s) {
			out = append(out, s)
		}
	}
	return out
}

// words are the parts of a path between its marks.
func words(p string) []string {
	return strings.FieldsFunc(strings.ToLower(p), func(r rune) bool { return strings.ContainsRune("/-_. ", r) })
}

// ofSubset are the files in a folder of the subset's name, or else those with
// that name in theirs, or else those in no folder of any name that matters.
func ofSubset(files []string, subset string) []string {
	if subset == "" {
		return files
	}
	if some := filter(files, func(f string) bool { return slices.Contains(strings.Split(path.Dir(f), "/"), subset) }); some != nil {
		return some
	}
	if some := filter(files, func(f string) bool { return slices.Contains(words(f), strings.ToLower(subset)) }); some != nil {
		return some
	}
	return filter(files, func(f string) bool {
		for _, w := range words(path.Dir(f)) {
			if w != "data" && splitOf(w) == "" {
				return false
			}
		}
		return true
	})
}

// ofSplit are the files with the split's name in theirs, or else those with no
// split's name.
func ofSplit(files []string, split string) []string {
	names := func(f, split string) bool {
		return slices.ContainsFunc(words(f), func(w string) bool { return splitOf(w) == split })
	}
	if some := filter(files, func(f string) bool { return names(f, splitOf(split)) }); some != nil {
		return some
	}
	return filter(files, func(f string) bool { return !names(f, "train") && !names(f, "test") && !names(f, "validation") })
}

// splitOf is the split that a word names, empty if it names none.
func splitOf(word string) string {
	switch word {
	case "train", "training":
		return "train"
	case "test", "testing":
		return "test"
	case "validation", "val", "valid", "dev":
		return "validation"
	}
	return ""
}

// shardName is how files of one table that was cut into several are called.
var shardName = regexp.MustCompile(`^(.*)-(\d+)-of-(\d+)(\..*)$`)

// wholeShards checks that no part of a table is missing.
func wholeShards(files []string) error {
	have, want := map[string]int{}, map[string]int{}
	for _, f := range files {
		if m := shardName.FindStringSubmatch(f); m != nil {
			name := m[1] + "-*-of-" + m[3] + m[4]
			have[name]++
			want[name], _ = strconv.Atoi(m[3])
		}
	}
	for name, n := range want {
		if have[name] != n {
			return fmt.Errorf("there are %d files %s: expected %d", have[name], name, n)
		}
	}
	return nil
}

// maxCopyFiles bounds how many files of a folder are looked at.
const maxCopyFiles = 100_000

// copyFiles are the files of a data set in a copy of it: the path itself, or
// those in a folder and below.
func copyFiles(at string, s *publicSet) ([]string, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, &RecordError{at, 0, withoutPath(err)}
	}
	if !info.IsDir() {
		return []string{at}, nil
	}
	var all []string
	err = filepath.WalkDir(at, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != at && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case len(all) == maxCopyFiles:
			return errors.New("it holds too many files")
		}
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() { // the hub's cache has links
			rel, _ := filepath.Rel(at, p)
			all = append(all, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		return nil, &RecordError{at, 0, withoutPath(err)}
	}
	files, err := chooseFiles(all, s)
	if err != nil {
		return nil, &RecordError{at, 0, err}
	}
	for i, f := range files {
		files[i] = filepath.Join(at, filepath.FromSlash(f))
	}
	return files, nil
}
