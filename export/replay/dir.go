package replay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/export"
	"tacho/export/aiperf"
)

// Dir is an artifact directory that was found to hold a run.
type Dir struct {
	Path  string
	Names export.Names
	// Registry is the built-in one and what the files hold beyond it. Reading
	// rows may add to it.
	Registry *metric.Registry
	// Config is what the run was asked to do; Context what follows from it for
	// the metrics.
	Config  Config
	Context *metric.Context
	// Run is the summary JSON, with the phases of phase_manifest.json; nil when
	// there is no summary, as after a crash or when every request failed.
	Run *export.Run
	// Manifest is ours; nil in AIPerf's directories.
	Manifest *export.Manifest
	// Ready is the mark of a finished run; nil when it is missing.
	Ready *aiperf.ReadyMark
	// Missing are files that one would expect and that are not there, or
	// cannot be read, each with what that means.
	Missing []Missing
}

// Missing is a file that is not there.
type Missing struct {
	Name string
	Why  string
}

// Open finds out what a directory holds, under the default names or a prefix.
// It is an error only when there is neither a summary nor records; everything
// else that is missing is listed.
func Open(path string) (*Dir, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	var files []string
	for _, e := range entries {
		files = append(files, e.Name())
	}
	names, ok := export.DetectNames(files)
	if !ok {
		return nil, fmt.Errorf("open run: %s has no %s and no %s: not the directory of a run", path,
			export.Names{}.Of(export.Records), export.Names{}.Of(export.ProfileJSON))
	}
	d := &Dir{Path: path, Names: names, Registry: metric.Builtin()}
	d.readSummary()
	d.readManifest()
	if !slices.Contains(files, names.Of(export.Records)) {
		d.miss(export.Records, "no requests to replay: export level summary, or moved away")
	}
	d.configure()
	return d, nil
}

func (d *Dir) miss(k export.Kind, why string) {
	d.Missing = append(d.Missing, Missing{d.Names.Of(k), why})
}

// file is the path of an artifact.
func (d *Dir) file(k export.Kind) string { return d.join(d.Names.Of(k)) }

func (d *Dir) join(name string) string { return filepath.Join(d.Path, filepath.FromSlash(name)) }

// readSummary reads the summary JSON and the phases.
func (d *Dir) readSummary() {
	data, err := os.ReadFile(d.file(export.ProfileJSON))
	if err == nil {
		d.Run, err = aiperf.DecodeProfileJSON(data, d.Registry)
	}
	if err != nil {
		d.miss(export.ProfileJSON, reason(err, "no summary: the run has not ended, crashed, or no request was valid"))
		return
	}
	if data, err = os.ReadFile(d.file(export.PhaseManifest)); err == nil {
		d.Run.Phases, err = aiperf.DecodePhaseManifest(data)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.miss(export.PhaseManifest, reason(err, ""))
	}
	d.settleZone()
}

// readManifest reads our own manifest and the ready mark.
func (d *Dir) readManifest() {
	data, err := os.ReadFile(d.file(export.ManifestJSON))
	if err == nil {
		d.Manifest, err = export.DecodeManifest(data)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.miss(export.ManifestJSON, reason(err, ""))
	}
	if data, err = os.ReadFile(d.file(export.Ready)); err == nil {
		var m aiperf.ReadyMark
		if m, err = aiperf.DecodeReady(data); err == nil {
			d.Ready = &m
		}
	}
	if err != nil {
		d.miss(export.Ready, reason(err, "no mark that the directory is complete"))
	}
}

// reason says what an error means: absent for a file that is not there.
func reason(err error, absent string) string {
	if errors.Is(err, fs.ErrNotExist) {
		return absent
	}
	return err.Error()
}

// Window is the throughput window of the profiling phases in Unix nanoseconds,
// cut to microseconds as the summary JSON has it unless phase_manifest.json
// knows better. ok is false without a summary.
func (d *Dir) Window() (startNS, endNS int64, ok bool) {
	if d.Run == nil || d.Run.Summary.EndNS <= d.Run.Summary.StartNS {
		return 0, 0, false
	}
	if d.Manifest != nil && d.Manifest.Window != nil {
		return d.Manifest.Window.StartNS, d.Manifest.Window.EndNS, true
	}
	if start, end, ok := d.phaseWindow(record.Profiling); ok {
		return start, end, true
	}
	return d.Run.Summary.StartNS, d.Run.Summary.EndNS, true
}

// phaseWindow is from the first start to the last end of the phases of a kind.
func (d *Dir) phaseWindow(kind record.PhaseKind) (startNS, endNS int64, ok bool) {
	for _, p := range d.Run.Phases {
		if p.Kind != kind {
			continue
		}
		if !ok {
			startNS, endNS, ok = p.StartNS, p.EndNS, true
		}
		startNS, endNS = min(startNS, p.StartNS), max(endNS, p.EndNS)
	}
	return startNS, endNS, ok
}

// phaseTime is how long the phases of a kind took together, in ns; it is what
// rates divide by. Without a list of phases it is the window.
func (d *Dir) phaseTime(kind record.PhaseKind, window int64) int64 {
	var took int64
	n := 0
	for _, p := range d.Run.Phases {
		if p.Kind == kind {
			took += p.EndNS - p.StartNS
			n++
		}
	}
	if n < 2 {
		return window
	}
	return took
}

// cancelled reports whether phases of a kind were. A run that was stopped before
// its next phase began has none such.
func (d *Dir) cancelled(kind record.PhaseKind) bool {
	known, any := false, false
	for _, p := range d.Run.Phases {
		if p.Kind == kind {
			known, any = true, any || p.Cancelled
		}
	}
	if !known {
		return kind == record.Profiling && d.Run.Cancelled
	}
	return any
}

// open opens an artifact; nil when it is not there.
func (d *Dir) open(k export.Kind) (*os.File, error) {
	f, err := os.Open(d.file(k))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}
