package app

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"

	"tacho/engine/search"
	"tacho/export"
	"tacho/profiles"
)

// findFile has the answer of a search and all its probes.
const findFile = "find.json"

type findState struct {
	Version  int          `json:"version"`
	Maximize string       `json:"maximize"`
	Limits   []string     `json:"limits"`
	From     float64      `json:"from"`
	To       float64      `json:"to"`
	Finished bool         `json:"finished"`
	Answer   *findAnswer  `json:"answer"`
	Probes   []*findProbe `json:"probes"`
}

// findAnswer is the answer; a load that is not known is absent.
type findAnswer struct {
	Outcome   search.Outcome `json:"outcome"`
	Safe      *float64       `json:"safe,omitempty"`
	SafeRuns  int            `json:"safe_probes"`
	Breaks    *float64       `json:"breaks,omitempty"`
	BreakRuns int            `json:"breaking_probes"`
	BreakOf   int            `json:"of_probes"`
	BrokenBy  string         `json:"broken_by,omitempty"`
	Why       string         `json:"why,omitempty"`
	// PerMTok is the price of a million output tokens at Safe.
	PerMTok *float64 `json:"price_per_million_tokens,omitempty"`
}

// openState reads the probes of an earlier command. They are kept when the user says
// so, or when its search was cut off.
func (f *finder) openState() error {
	want := f.profile.Console.Resume
	data, err := openBase(f.base, findFile, want)
	if data == nil || err != nil {
		return err
	}
	var old findState
	if json.Unmarshal(data, &old) != nil || old.Version != stateVersion {
		return withHint(fmt.Errorf("%s cannot be read", filepath.Join(f.base, findFile)), "--no-resume makes all probes again")
	}
	if old.Finished && !want.V {
		return nil
	}
	f.before = old.Probes
	return nil
}

// takeOld takes the next probe of an earlier command if it is the one wanted.
func (f *finder) takeOld(x float64) *findProbe {
	if len(f.before) == 0 {
		return nil
	}
	pr := f.before[0]
	dir := filepath.Join(f.base, pr.Dir)
	p := f.at(x, dir)
	if pr.X != x || pr.Fingerprint != fingerprint(p) || pr.read(f.base, p) != nil {
		f.before = nil // from here on the search goes another way
		return nil
	}
	f.before = f.before[1:]
	pr.kept = true
	return pr
}

// read takes the numbers of a probe from its folder.
func (pr *findProbe) read(base string, p *profiles.Profile) error {
	s := several{runner: &runner{base: base}, profile: p}
	o := &outcome{dir: pr.Dir, status: statusDone}
	pr.row = blankRow([]string{loadText(pr.X)}, 1)
	if pr.Good+pr.Bad == 0 || pr.Error != "" {
		return nil // it left no summary
	}
	err := s.read(o)
	if err == nil {
		fill(&pr.row, []*outcome{o})
	}
	return err
}

// save writes the file; the zero answer is none yet.
func (f *finder) save(a search.Answer) error {
	st := findState{Version: stateVersion, Maximize: f.what, From: f.cfg.Low, To: f.cfg.High, Probes: f.probes}
	for i := range f.aims {
		st.Limits = append(st.Limits, f.aims[i].text)
	}
	if a.Outcome != "" {
		num := func(v float64) *float64 {
			if math.IsNaN(v) {
				return nil
			}
			return &v
		}
		st.Finished = !f.stopped() && !f.spent
		st.Answer = &findAnswer{a.Outcome, num(a.Safe), a.SafeRuns, num(a.Breaks), a.BreakRuns, a.BreakOf, f.brokenBy(a), a.Why, num(f.costAt(a))}
	}
	data, err := json.MarshalIndent(&st, "", "  ")
	if err != nil {
		return err
	}
	_, err = export.WriteFile(f.base, findFile, append(data, '\n'), 0o644)
	return err
}

// brokenBy is the limit that the load above the answer does not hold.
func (f *finder) brokenBy(a search.Answer) string {
	for _, pr := range f.probes {
		if pr.X == a.Breaks && !pr.Holds {
			return pr.By
		}
	}
	return ""
}
