package app

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"tacho/engine"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/profiles"
)

// profileSchema is the version of AIPerf's configuration that profiles have.
const profileSchema = "2.0"

// manifest says how the run was made; res is nil when it never began.
func (s *session) manifest(res *engine.Result) *export.Manifest {
	m := &export.Manifest{
		TachoVersion:  Version,
		Formats:       export.Formats{AIPerf: export.AIPerfVersion, Profile: profileSchema},
		Profile:       inputConfig(anywhere(s.profile)),
		Args:          []string{profiles.CLICommand(s.args)},
		Seeds:         map[string]int64{"root": int64(s.root.Seed)},
		DatasetSHA256: s.dataHash, Server: s.server,
		Tokenizer: &export.Tokenizer{Name: s.tokens.Name, Source: s.tokens.Kind, SHA256: s.tokens.SHA256},
		Host: &export.Host{
			Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Kernel: kernel(),
		},
		Start: s.started, End: time.Now(), Simulated: s.info.Simulated,
		Notices: slices.Clone(s.notices),
	}
	if p := s.profile; p.Artifacts.UserFiles.Set && p.Variables.Set {
		m.Variables = profiles.AppendJSON(nil, profiles.Object(p.Variables.V), "", 0)
	}
	if res == nil {
		return m
	}
	for _, n := range res.Notices {
		m.Notices = append(m.Notices, n.Text)
	}
	c := &res.Client
	m.Clock = &export.Clock{
		Source: s.clock, EqualStamps: export.Float(c.EqualStamps), Steps: c.ClockSteps, Refused: res.Stamps.Refused,
		ReadLag: lag(c.ReadLagP50, c.ReadLagP99, c.ReadLagMax),
	}
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	m.Client = &export.Client{
		SendLag: lag(c.SendLagP50, c.SendLagP99, c.SendLagMax),
		CPU:     export.Float(res.MeanCPU), GCPauseMax: export.Float(c.GCPauseMax), GCCount: gc.NumGC,
		Verdict: c.Verdict, Reason: c.Reason,
	}
	return m
}

// anywhere is a profile that means the same in any folder: its files have
// absolute names.
func anywhere(p *profiles.Profile) *profiles.Profile {
	p = p.Clone()
	d := p.Dataset()
	for _, path := range []*profiles.Opt[string]{&d.Path, &d.SystemPromptFile} {
		if abs, err := filepath.Abs(path.V); path.Set && err == nil {
			path.V = abs
		}
	}
	if f := &p.GPUTelemetry.MetricsFile; f.Set {
		if abs, err := filepath.Abs(string(f.V)); err == nil {
			f.V = profiles.FilePath(abs)
		}
	}
	return p
}

func lag(p50, p99, most float64) export.Lag {
	return export.Lag{P50: export.Float(p50), P99: export.Float(p99), Max: export.Float(most)}
}

// kernel is the release of the running kernel, empty when unknown.
func kernel() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// listed are the files of a run with their sizes, hidden ones left out.
func listed(dir string) []snap.File {
	var out []snap.File
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return nil
		}
		if info, err := d.Info(); err == nil {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, snap.File{Name: filepath.ToSlash(rel), Bytes: info.Size()})
		}
		return nil
	})
	return out
}
