package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tacho/export"
	"tacho/profiles"
)

// stateFile holds what of several runs is done, so that they go on where they
// were cut off.
const stateFile = ".tacho-runs.json"

// severalState is that file.
type severalState struct {
	Version int    `json:"version"`
	SweepID string `json:"sweep_id"`
	// Finished says that no run was left out.
	Finished bool         `json:"finished"`
	Runs     []severalRun `json:"runs"`

	base   string
	resume bool
	before map[string]severalRun // by folder, of an earlier command
}

type severalRun struct {
	Dir         string `json:"dir"`
	Status      string `json:"status"`
	Error       string `json:"error,omitempty"`
	Fingerprint string `json:"fingerprint"`
}

const stateVersion = 1

// openState reads what an earlier command left in the folder, and decides
// whether its runs are kept: when the user says so, or when it was cut off and
// he does not say.
func (s *several) openState() error {
	want := s.profile.Console.Resume
	data, err := openBase(s.base, stateFile, want)
	st := &severalState{Version: stateVersion, SweepID: s.group.id, base: s.base, before: map[string]severalRun{}}
	s.state = st
	if data == nil || err != nil {
		return err
	}
	var old severalState
	if json.Unmarshal(data, &old) != nil || old.Version != stateVersion {
		if want.V {
			return withHint(fmt.Errorf("%s cannot be read", filepath.Join(s.base, stateFile)), "--no-resume makes all runs again")
		}
		return nil
	}
	st.resume = want.V || !old.Finished
	if st.resume {
		s.group.id, st.SweepID = old.SweepID, old.SweepID
		for _, r := range old.Runs {
			st.before[r.Dir] = r
		}
	}
	return nil
}

// openBase makes the folder of several runs and reads the state that an earlier
// command left in it; nil where there is none, or the user begins anew.
func openBase(base, name string, resume profiles.Opt[bool]) ([]byte, error) {
	if err := os.MkdirAll(base, 0o755); err != nil {
		return nil, withHint(fmt.Errorf("the artifact directory cannot be made: %w", bare(err)), "choose another with --artifact-dir")
	}
	if resume.Set && !resume.V {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(base, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, bare(err)
	}
	return data, nil
}

// put notes how a run ended.
func (st *severalState) put(o *outcome) {
	st.Runs = append(st.Runs, severalRun{o.dir, o.status, o.err, o.fingerprint})
	delete(st.before, o.dir)
}

// save writes the file. Runs of an earlier command that were not reached yet
// stay in it.
func (st *severalState) save() error {
	out := *st
	for _, r := range st.before {
		out.Runs = append(out.Runs, r)
	}
	data, err := json.MarshalIndent(&out, "", "  ")
	if err != nil {
		return err
	}
	_, err = export.WriteFile(st.base, stateFile, append(data, '\n'), 0o644)
	return err
}

// fingerprint tells whether two runs were made with the same settings; where
// the files go and how the run is shown do not count.
func fingerprint(p *profiles.Profile) string {
	q := p.Clone()
	q.Artifacts.Dir = profiles.Opt[string]{}
	q.Runtime = profiles.Runtime{}
	q.Logging = profiles.Logging{}
	h := sha256.New()
	h.Write(profiles.AppendJSON(nil, profiles.InputConfig(q), "", 0))
	seed, ok := q.Seed()
	fmt.Fprint(h, seed, ok)
	return hex.EncodeToString(h.Sum(nil)[:12])
}
