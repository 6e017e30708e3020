package profiles

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"

	"tacho/engine/dataset"
)

// Trace is what a file of records says about its load before it is read.
type Trace struct {
	// Timed: the first record has a time.
	Timed bool
	// Records is the number of lines that are not empty, 0 when the file is too
	// large to count them.
	Records int
}

// maxCounted is the largest file whose lines are counted, in bytes.
const maxCounted = 256 << 20

// readTrace looks at a file. What cannot be read says nothing here: opening the
// dataset tells what is wrong with it.
func readTrace(path string) (t Trace) {
	f, err := os.Open(path)
	if err != nil {
		return t
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return t
	}
	var r io.Reader = f
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return t
		}
	}
	lines := bufio.NewReaderSize(r, 1<<20)
	first := true
	empty := true
	for {
		part, err := lines.ReadSlice('\n')
		if len(bytes.TrimSpace(part)) > 0 {
			empty = false
		}
		if first && !empty {
			first = false
			t.Timed = hasTime(part)
			if info.Size() > maxCounted {
				return t
			}
		}
		if err == nil || err == io.EOF {
			if !empty {
				t.Records++
			}
			empty = true
		}
		if err != nil && err != bufio.ErrBufferFull {
			return t
		}
	}
}

// hasTime reports whether a record has a time.
func hasTime(line []byte) bool {
	var rec struct {
		Timestamp *json.RawMessage `json:"timestamp"`
	}
	return json.Unmarshal(line, &rec) == nil && rec.Timestamp != nil && string(*rec.Timestamp) != "null"
}

// settleSchedule makes a trace file whose first record has a time, and whose
// type was given, send at its times, as AIPerf does, and counts its records.
func settleSchedule(p *Profile, o *Origins, env Env) {
	ph, d := p.Profiling(), p.Dataset()
	typed := o.flag("custom-dataset-type") && dataset.Format(d.Format.V).Trace()
	if d.Type.V != DataFile || !d.Path.Set || ph.Type.V != LoadSchedule && !typed {
		return
	}
	t := env.trace(d.Path.V)
	if typed && t.Timed && !ph.unfixed.V && ph.Type.V != LoadSchedule {
		ph.Type.Put(LoadSchedule)
		ph.promoted = true
	}
	if ph.Type.V == LoadSchedule && !ph.Requests.Set && t.Records > 0 && !ph.fromFile {
		ph.Requests.Put(t.Records)
	}
}
