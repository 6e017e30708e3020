package replay

import (
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/profiles"
)

// plan is what a phase was asked to do. Limits that are 0 do not apply.
type plan struct {
	load    string
	target  int64 // requests
	planned time.Duration
	limit   int64 // requests in flight
	open    bool  // requests come at times of their own
	rate    string
	placed  bool // sessions have times of their own; there is no rate to change
}

// profile is the options of the run, nil when no file holds them.
func (d *Dir) profile() *profiles.Profile {
	var raw []byte
	switch {
	case d.Run != nil && d.Run.InputConfig != nil:
		raw = d.Run.InputConfig
	case d.Manifest != nil:
		raw = d.Manifest.Profile
	}
	if raw == nil {
		return nil
	}
	p, _, err := profiles.DecodeInputConfig(raw)
	if err != nil {
		return nil // of another version: what parseConfig understands must do
	}
	return p
}

// planOf finds the plan of a phase: the one at its place, if it is of its kind.
func planOf(p *profiles.Profile, ph record.Phase) plan {
	if p == nil {
		return plan{}
	}
	kind := profiles.KindWarmup
	if ph.Kind != record.Warmup {
		kind = string(record.Profiling)
	}
	if i := ph.Index; i >= 0 && i < len(p.Phases) && p.Phases[i].Kind.V == kind {
		return describe(&p.Phases[i])
	}
	for i := range p.Phases {
		if p.Phases[i].Kind.V == kind {
			return describe(&p.Phases[i])
		}
	}
	return plan{}
}

func describe(ph *profiles.Phase) plan {
	out := plan{planned: time.Duration(ph.Duration.V * 1e9)}
	if ph.Requests.Set {
		out.target = int64(ph.Requests.V)
	}
	if ph.Concurrency.Set {
		out.limit = int64(ph.Concurrency.V)
	}
	out.load = ph.Describe()
	if ph.Type.V == profiles.LoadConcurrency {
		out.limit = max(out.limit, 1)
		return out
	}
	out.placed = ph.Type.V == profiles.LoadUsers || ph.Type.V == profiles.LoadSchedule
	out.open, out.rate = true, fmt.Sprintf("%g", ph.Rate.V)
	return out
}

func closedLoop(n int64) string { return fmt.Sprintf("closed loop %d", n) }

func capped(limit int64) string {
	if limit == 0 {
		return ""
	}
	return fmt.Sprintf(", cap %d", limit)
}

// settings are the options of the run, as far as they are known.
func settings(p *profiles.Profile) []snap.Setting {
	if p == nil {
		return nil
	}
	var out []snap.Setting
	for _, f := range profiles.Fields {
		if f.Refuse != "" || f.Flag == "" {
			continue
		}
		if v := f.Get(p); v != "" {
			out = append(out, snap.Setting{Group: f.Group, Name: "--" + f.Flag, Value: v, Origin: "file", Help: f.Help, Default: f.Default, Unit: f.Unit})
		}
	}
	return out
}

// info is what does not change while a run is played.
func (d *Dir) info() snap.RunInfo {
	c := d.Config
	i := snap.RunInfo{
		Model: strings.Join(c.Models, ", "), Endpoint: c.EndpointType, Dir: d.Path, Streaming: d.Context.Streaming,
		SLOs: d.Context.SLOs,
	}
	if abs, err := filepath.Abs(d.Path); err == nil {
		i.Dir = abs
	}
	if len(c.URLs) > 0 {
		i.Host = hostOf(c.URLs[0])
	}
	if m := d.Manifest; m != nil {
		i.Simulated, i.StartWall = m.Simulated, m.Start
		if m.Tokenizer != nil {
			i.Tokenizer = m.Tokenizer.Name
		}
		if m.Clock != nil {
			i.Clock = m.Clock.Source
		}
	}
	return i
}

func hostOf(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		return u.Host
	}
	return raw
}

var nan = math.NaN()

// client is how the process that made the run was doing over all of it.
func (d *Dir) client() snap.Client {
	c := snap.Client{
		SendLagP50: nan, SendLagP99: nan, SendLagMax: nan, ReadLagP50: nan, ReadLagP99: nan, ReadLagMax: nan,
		EqualStamps: nan, CPU: nan, GCPauseMax: nan,
	}
	if d.Manifest == nil {
		return c
	}
	if k := d.Manifest.Clock; k != nil {
		c.ReadLagP50, c.ReadLagP99, c.ReadLagMax = float64(k.ReadLag.P50), float64(k.ReadLag.P99), float64(k.ReadLag.Max)
		c.EqualStamps, c.ClockSteps = float64(k.EqualStamps), k.Steps
	}
	if k := d.Manifest.Client; k != nil {
		c.SendLagP50, c.SendLagP99, c.SendLagMax = float64(k.SendLag.P50), float64(k.SendLag.P99), float64(k.SendLag.Max)
		c.CPU, c.RSSBytes, c.GCPauseMax = float64(k.CPU), k.MaxRSS, float64(k.GCPauseMax)
		c.Verdict, c.Reason = k.Verdict, k.Reason
	}
	return c
}

// origin says who made the directory: "AIPerf 0.13.0"; empty when neither the
// summary nor a manifest tells.
func (d *Dir) origin() string {
	switch {
	case d.Manifest != nil && d.Manifest.TachoVersion != "":
		return "tacho " + d.Manifest.TachoVersion
	case d.Manifest != nil:
		return "tacho"
	case d.Run != nil && d.Run.FormatVersion != "":
		return "AIPerf " + d.Run.FormatVersion
	case d.Run != nil:
		return "AIPerf"
	}
	return ""
}

// Command is the command line that made the run, without secrets; empty when it
// is not known.
func (d *Dir) Command() string {
	switch {
	case d.Manifest != nil && len(d.Manifest.Args) > 0:
		return strings.Join(d.Manifest.Args, " ")
	case d.Run != nil:
		return d.Run.Info.CLICommand
	}
	return ""
}

// inferContext finds out from the records which metrics there are, for a
// directory that holds nothing else.
func (d *Dir) inferContext(t *tape) {
	if d.Run != nil || d.Manifest != nil {
		return
	}
	has := func(tag metric.Tag) bool {
		for i, c := range t.tags {
			if c != tag {
				continue
			}
			for _, v := range t.vals[i] {
				if v == v {
					return true
				}
			}
		}
		return false
	}
	d.Context = &metric.Context{Streaming: has(metric.TTFT), OutputTokens: has(metric.OSL), InputTokens: has(metric.ISL), Images: true, Audio: true, MakesVideo: true}
}

// outcome is how the run ended, as far as the files say: one line for the
// screen, and whether it failed.
func (d *Dir) outcome(valid, failed int64) (verdict string, bad bool) {
	word := "complete"
	switch {
	case d.Manifest != nil && d.Manifest.Outcome != "":
		word = d.Manifest.Outcome
	case d.Run == nil:
		word = "no summary: the run did not end, or nothing succeeded"
	case d.Run.Cancelled:
		word = "cancelled"
	}
	verdict = fmt.Sprintf("%s: %d requests ok, %d failed", word, valid, failed)
	if m := d.Manifest; m != nil {
		if m.Cause != "" && m.Cause != "stopped by the user" {
			verdict += " (" + record.OneLine(m.Cause, 200) + ")"
		}
		if m.Client != nil && m.Client.Verdict != "" {
			verdict += "; client " + m.Client.Verdict
			if m.Client.Reason != "" {
				verdict += " (" + m.Client.Reason + ")"
			}
		}
	}
	return verdict, word == "failed" || valid == 0 && failed > 0
}

// events reads what was done to the run while it went on.
func (d *Dir) events() ([]export.RunEvent, error) {
	f, err := d.open(export.Events)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	return export.DecodeEvents(f)
}
