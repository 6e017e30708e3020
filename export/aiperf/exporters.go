package aiperf

import (
	"errors"
	"os"

	"tacho/engine/snap"
	"tacho/export"
)

// Exporters are AIPerf's end-of-run files, in the order of writing. A run
// without a valid request leaves none of them, as with AIPerf.
func Exporters() []export.Exporter {
	return []export.Exporter{
		single{export.ProfileCSV, EncodeProfileCSV},
		single{export.ProfileJSON, EncodeProfileJSON},
		single{export.SlicesCSV, func(r *export.Run) []byte {
			if len(r.Slices) == 0 {
				return nil
			}
			return EncodeSlicesCSV(r.Slices)
		}},
		single{export.SlicesJSON, func(r *export.Run) []byte {
			if len(r.Slices) == 0 {
				return nil
			}
			return EncodeSlicesJSON(r.Slices, r.InputConfig)
		}},
		single{export.Console, EncodeConsole},
		single{export.OutputsJSON, func(r *export.Run) []byte {
			if r.Outputs == nil {
				return nil
			}
			return EncodeOutputs(r.Outputs)
		}},
		phases{},
	}
}

// single is an exporter of one file; encode returns nil when there is none.
type single struct {
	kind   export.Kind
	encode func(*export.Run) []byte
}

func (e single) Write(run *export.Run, names export.Names, dir string) ([]snap.File, error) {
	if run.Valid() == 0 {
		return nil, nil
	}
	data := e.encode(run)
	if data == nil {
		return nil, nil
	}
	var out writes
	out.file(dir, names.Of(e.kind), data)
	return out.files, out.err()
}

type phases struct{}

func (phases) Write(run *export.Run, names export.Names, dir string) ([]snap.File, error) {
	if run.Valid() == 0 {
		return nil, nil
	}
	return writePhases(run, names, dir)
}

// writes collects files and errors: one that fails does not stop the next.
type writes struct {
	files []snap.File
	errs  []error
}

func (w *writes) file(dir, name string, data []byte) {
	f, err := export.WriteFile(dir, name, data, fileMode)
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	w.files = append(w.files, f)
}

func (w *writes) err() error { return errors.Join(w.errs...) }

const fileMode os.FileMode = 0o644
