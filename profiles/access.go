package profiles

import "slices"

// New returns a Profile in which every setting has its default, with one
// dataset and one profiling phase.
func New() *Profile {
	p := bare()
	for _, f := range Fields {
		if f.Phase != KindWarmup {
			f.putDefault(p)
		}
	}
	return p
}

// bare is a Profile before defaults: the one dataset and phase that flags set.
func bare() *Profile {
	p := &Profile{}
	d := Dataset{}
	d.Name.Put("main")
	d.Type.Put("synthetic")
	p.Datasets = []Dataset{d}
	p.Phases = []Phase{newPhase(KindProfiling)}
	return p
}

func newPhase(kind string) Phase {
	ph := Phase{}
	ph.Name.Put(kind)
	ph.Kind.Put(kind)
	ph.Type.V = LoadConcurrency
	if kind == KindWarmup {
		ph.ExcludeFromResults.Put(true)
	}
	return ph
}

// phase returns the first phase of a kind and makes it if there is none; a
// warm-up phase is put first.
func (p *Profile) phase(kind string) *Phase {
	if ph := p.find(kind); ph != nil {
		return ph
	}
	at := len(p.Phases)
	if kind == KindWarmup {
		at = 0
	}
	p.Phases = slices.Insert(p.Phases, at, newPhase(kind))
	return &p.Phases[at]
}

func (p *Profile) find(kind string) *Phase {
	for i := range p.Phases {
		if p.Phases[i].Kind.V == kind {
			return &p.Phases[i]
		}
	}
	return nil
}

// Profiling returns the first measured phase. It is never nil in a profile
// made by this package.
func (p *Profile) Profiling() *Phase { return p.phase(KindProfiling) }

// Warmup returns the warm-up phase, or nil when the run has none.
func (p *Profile) Warmup() *Phase { return p.find(KindWarmup) }

// Dataset returns the dataset; a run has exactly one.
func (p *Profile) Dataset() *Dataset {
	if len(p.Datasets) == 0 {
		p.Datasets = bare().Datasets
	}
	return &p.Datasets[0]
}

// ModelNames lists the models in the order given; empty when none is known yet.
func (p *Profile) ModelNames() []string {
	var names []string
	for i := range p.Models.Items {
		names = append(names, p.Models.Items[i].Name.V)
	}
	return names
}

// SetModels replaces the models, as --model does. A caller that asked the
// server for its models uses it when ParseArgs reports a missing model.
func (p *Profile) SetModels(names ...string) {
	for i := range p.cells {
		if c := p.cells[i].Profile; len(c.Models.Items) == 0 {
			c.SetModels(names...)
		}
	}
	p.Models.Items = nil
	for _, n := range names {
		var it ModelItem
		it.Name.Put(n)
		p.Models.Items = append(p.Models.Items, it)
	}
}

// Seed returns the root seed; ok is false when the run is not seeded.
func (p *Profile) Seed() (seed int, ok bool) {
	if p.runSeed.Set {
		return p.runSeed.V, true
	}
	if d := p.Dataset(); d.RandomSeed.Set {
		return d.RandomSeed.V, true
	}
	return p.RandomSeed.V, p.RandomSeed.Set
}

// ExportLevel is summary, records or raw, whichever the artifact switches amount to.
func (p *Profile) ExportLevel() string {
	switch {
	case p.Artifacts.Raw.V:
		return "raw"
	case p.Artifacts.Records.Set && len(p.Artifacts.Records.V) == 0:
		return "summary"
	}
	return "records"
}

// Clone returns a copy that shares nothing a caller may change with p.
func (p *Profile) Clone() *Profile {
	q := *p
	q.Models.Items = slices.Clone(p.Models.Items)
	q.Datasets = slices.Clone(p.Datasets)
	q.Phases = slices.Clone(p.Phases)
	q.Endpoint.URLs.V = slices.Clone(p.Endpoint.URLs.V)
	q.Endpoint.Headers.V = slices.Clone(p.Endpoint.Headers.V)
	q.Endpoint.Extra.V = slices.Clone(p.Endpoint.Extra.V)
	q.SLOs.V = slices.Clone(p.SLOs.V)
	q.GPUTelemetry.URLs.V = slices.Clone(p.GPUTelemetry.URLs.V)
	q.ServerMetrics.URLs.V = slices.Clone(p.ServerMetrics.URLs.V)
	q.ServerMetrics.Formats.V = slices.Clone(p.ServerMetrics.Formats.V)
	return &q
}
