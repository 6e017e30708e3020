package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"tacho/engine/token"
	"tacho/export"
	"tacho/profiles"
)

// member is the place of a run among several. All its methods take a nil
// member for a run alone.
type member struct {
	group *group
	id    string // benchmark id, 32 hex digits
	label string // run_0001
	trial int
	cell  *profiles.Cell // nil without a sweep
	// extra gets the run's rows beside its files.
	extra []export.RowSink
}

// group is what the runs of one command share.
type group struct {
	id     string            // of the sweep
	base   string            // the folder that all runs are below
	loaded map[string]loaded // by what was asked for
}

type loaded struct {
	tok token.Tokenizer
	src token.Source
	err error // that there is none
}

func newGroup(base string) *group { return &group{id: uuid(), base: base, loaded: map[string]loaded{}} }

// variation is the cell as the files of a run name it; all runs of one
// configuration have the base.
func (m *member) variation() export.Variation {
	if m.cell == nil {
		return export.Variation{Label: "base", Values: []byte("{}")}
	}
	return export.Variation{Label: m.cell.Label, Index: m.cell.Index, Values: profiles.AppendJSON(nil, m.values(), "", 0)}
}

// values are what the cell sets.
func (m *member) values() profiles.Object {
	values := profiles.Object{}
	if m.cell == nil {
		return values
	}
	if m.cell.Override != nil {
		return m.cell.Override
	}
	for _, v := range m.cell.Values {
		values = append(values, profiles.Member{Key: v.Path, Value: v.Value})
	}
	return values
}

// describe fills in what the run's summary tells of its place.
func (m *member) describe(i *export.Info) {
	if m == nil {
		return
	}
	v := m.variation()
	i.SweepID, i.Trial, i.RunLabel, i.Variation = m.group.id, m.trial, m.label, &v
}

func (m *member) sinks() []export.RowSink {
	if m == nil {
		return nil
	}
	return m.extra
}

// resolve loads a tokenizer, once for all runs of a group.
func (m *member) resolve(ctx context.Context, o token.Options) (token.Tokenizer, token.Source, error) {
	if m == nil {
		return token.Resolve(ctx, o)
	}
	key := strings.Join([]string{o.Name, o.Model, o.Revision}, "\n")
	if l, ok := m.group.loaded[key]; ok {
		return l.tok, l.src, l.err
	}
	tok, src, err := token.Resolve(ctx, o)
	if err == nil || errors.Is(err, token.ErrUnavailable) {
		m.group.loaded[key] = loaded{tok, src, err}
	}
	return tok, src, err
}

// writeRunConfig writes run_config.json, which AIPerf has in each of several
// runs.
func (s *session) writeRunConfig() error {
	m := s.member
	if m == nil {
		return nil
	}
	v := m.variation()
	all := s.profile.Clone()
	all.Artifacts.Dir.Put(m.group.base)
	f := func(key string, v any) profiles.Member { return profiles.Member{Key: key, Value: v} }
	o := profiles.Object{
		f("benchmark_id", m.id), f("sweep_id", m.group.id), f("cfg", profiles.CellConfig(all)),
		f("variation", profiles.Object{f("index", v.Index), f("label", v.Label), f("values", m.values())}),
		f("trial", m.trial), f("artifact_dir", s.files.dir), f("label", m.label), f("cli_command", profiles.CLICommand(s.args)),
	}
	if seed, ok := s.profile.Seed(); ok {
		o = append(o, f("random_seed", seed))
	}
	// What AIPerf finds out later about a run is not yet known when it writes
	// this file, and so the last object is the same for every run.
	o = append(o, f("variables", profiles.Object{}), f("resolved", profiles.Object{f("gpu_telemetry_mode", "summary"), f("artifact_dir_created", false)}))
	_, err := export.WriteFile(s.files.dir, s.files.names.Of(export.RunConfig), profiles.AppendJSON(nil, o, "  ", 0), 0o644)
	return err
}

// newRunID is 32 random hex digits, as AIPerf names one of several runs.
func newRunID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// uuid is a random UUID of version 4.
func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
