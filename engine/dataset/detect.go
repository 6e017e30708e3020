package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// giveType ends every message about a format that cannot be told.
const giveType = "say which with --custom-dataset-type"

// detectFile finds out how a file is written from its first record.
func detectFile(path string, src source) (Format, error) {
	fail := func(line int, err error) (Format, error) { return "", &RecordError{path, line, err} }
	head := make([]byte, 64<<10)
	n, err := src.ReadAt(head, 0)
	if err != nil && n == 0 {
		if err == io.EOF {
			return fail(0, errors.New("the file is empty: expected one record per line"))
		}
		return fail(0, err)
	}
	head = head[:n]
	start := int64(0)
	if bytes.HasPrefix(head, byteOrderMark) {
		start = int64(len(byteOrderMark))
	}
	head = bytes.TrimSpace(head[start:])
	switch {
	case len(head) == 0:
		return fail(0, errors.New("the file is empty: expected one record per line"))
	case head[0] == '[':
		return fail(1, errors.New("the file is a JSON list: expected one JSON object per line (jq -c '.[]' makes it so)"))
	case startsWithData(head):
		return InputsJSON, nil
	case head[0] != '{':
		first, _, _ := bytes.Cut(head, newline)
		if cols, err := csvFields(first); err == nil && hasColumns(cols, burstColumns) == nil {
			return BurstGPT, nil
		}
		return fail(1, fmt.Errorf("the file begins with %s: expected JSON objects, or a CSV file with the columns %s", shorten(first), strings.Join(burstColumns, ", ")))
	}
	recs, _, err := newStore(path, src, framedLines, start, 1).grow()
	if err != nil {
		return "", err
	}
	var keys map[string]json.RawMessage
	if err := decodeRecord(recs[0].raw, &keys); err != nil {
		if _, lerr := listStart(src, "data"); lerr == nil {
			return InputsJSON, nil // an indented one whose first key is another
		}
		return fail(recs[0].line, err)
	}
	f, err := detectRecord(keys)
	if err != nil {
		return fail(recs[0].line, err)
	}
	return f, nil
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// startsWithData reports whether a document begins with {"data": [.
func startsWithData(head []byte) bool {
	for _, part := range []string{"{", `"data"`, ":", "["} {
		var ok bool
		if head, ok = bytes.CutPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(part)); !ok {
			return false
		}
	}
	return true
}

// detectRecord tells a format by the keys of a record.
func detectRecord(keys map[string]json.RawMessage) (Format, error) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return !isNull(keys[n]) })
	}
	all := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return isNull(keys[n]) })
	}
	var named string
	if json.Unmarshal(keys["type"], &named) == nil && named != "" {
		if f, err := ParseFormat(named); err == nil {
			return f, nil
		}
	}
	switch {
	case all("captureData", "eventMetadata"):
		return SageMaker, nil
	case has("turns"):
		return MultiTurn, nil
	case all("chat_id", "timestamp", "input_length", "output_length"):
		return Bailian, nil
	case has("input_length", "text_input", "payload"):
		return Mooncake, nil
	case has("messages") && has("output_length", "timestamp", "delay", "session_id", "extra"):
		return Mooncake, nil
	case has("messages") && has("model", "max_tokens", "max_completion_tokens", "stream", "temperature", "tools"):
		return RawPayload, nil
	case has("messages"):
		return "", fmt.Errorf("the first record could be of raw-payload or of mooncake-trace: %s", giveType)
	case has("text", "texts", "image", "images", "image_uuids", "audio", "audios", "video", "videos"):
		return SingleTurn, nil
	}
	raw, _ := json.Marshal(keys)
	return "", fmt.Errorf("the first record has %s, by which no format is known: %s (%s)", keysOf(raw), giveType, strings.ReplaceAll(strings.Join(FormatNames(), ", "), "_", "-"))
}

// detectFolder finds out what the files of a folder are, from the first of them.
func detectFolder(dir, scratch string) (Format, error) {
	files, err := filesIn(dir, true)
	if err != nil {
		return "", err
	}
	src, err := openSource(files[0], scratch)
	if err != nil {
		return "", &RecordError{files[0], 0, err}
	}
	defer src.Close()
	switch f, err := detectFile(files[0], src); {
	case err != nil:
		return "", err
	case f == SingleTurn || f == RandomPool:
		return RandomPool, nil
	case f == SageMaker || f == RawPayload:
		return f, nil
	default:
		return "", &RecordError{dir, 0, fmt.Errorf("the folder holds %s files: expected random_pool, raw_payload or sagemaker_data_capture; name one file of the others", f)}
	}
}

// filesIn lists the data files of a folder, in order: with deep also those
// below it. Hidden files are left out.
func filesIn(dir string, deep bool) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == dir:
			return nil
		case strings.HasPrefix(d.Name(), ".") || d.IsDir() && !deep:
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		name := strings.TrimSuffix(strings.ToLower(d.Name()), ".gz")
		if !d.IsDir() && (strings.HasSuffix(name, ".jsonl") || strings.HasSuffix(name, ".json")) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return nil, &RecordError{dir, 0, withoutPath(err)}
	}
	if len(files) == 0 {
		return nil, &RecordError{dir, 0, errors.New("the folder has no .jsonl files")}
	}
	return files, nil
}

// hasColumns reports the columns that a CSV file lacks.
func hasColumns(have, want []string) error {
	var missing []string
	for _, w := range want {
		if !slices.Contains(have, w) {
			missing = append(missing, w)
		}
	}
	if missing != nil {
		return fmt.Errorf("the first line has the columns %s: expected also %s", strings.Join(have, ", "), strings.Join(missing, ", "))
	}
	return nil
}
