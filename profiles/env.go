package profiles

import (
	"os"
	"path/filepath"
)

// Env is what reading a configuration takes from the world around it. The zero
// value is the process itself and checks no metrics.
type Env struct {
	// Dir is the folder relative paths are resolved in; "": the current one.
	Dir string
	// LookupEnv reads environment variables; nil: os.LookupEnv.
	LookupEnv func(string) (string, bool)
	// ReadFile reads the file of --config; nil: os.ReadFile.
	ReadFile func(string) ([]byte, error)
	// Metrics knows the metrics that --goodput may name; nil: all are fine.
	Metrics MetricLookup
	// Trace looks at the file of a dataset; nil: the file itself is read.
	Trace func(path string) Trace
}

// MetricLookup tells which metrics a request can be judged by.
type MetricLookup interface {
	// Lookup reports whether a tag is the name of one.
	Lookup(tag string) bool
	// Nearest is the tag to suggest for a word that is none; "" is none.
	Nearest(word string) string
}

func (e Env) lookup(name string) (string, bool) {
	if e.LookupEnv == nil {
		return os.LookupEnv(name)
	}
	return e.LookupEnv(name)
}

func (e Env) readFile(name string) ([]byte, error) {
	if e.ReadFile == nil {
		return os.ReadFile(name)
	}
	return e.ReadFile(name)
}

func (e Env) trace(path string) Trace {
	if e.Trace == nil {
		return readTrace(e.abs(path))
	}
	return e.Trace(path)
}

// abs makes a path absolute. A folder that cannot be resolved stays as it is.
func (e Env) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	if e.Dir != "" {
		return filepath.Join(e.Dir, path)
	}
	if p, err := filepath.Abs(path); err == nil {
		return p
	}
	return path
}
