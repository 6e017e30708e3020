package profiles

// MultiRun says how often a configuration is run and when that is enough.
type MultiRun struct {
	NumRuns         Opt[int]     `key:"num_runs"`
	CooldownSeconds Opt[float64] `key:"cooldown_seconds"` // between two runs
	ConfidenceLevel Opt[float64] `key:"confidence_level"` // 0..1
	// SetConsistentSeed seeds several runs with 42 when nobody gave a seed, so
	// that they differ in the server's behaviour only.
	SetConsistentSeed Opt[bool] `key:"set_consistent_seed"`
	// VarySeedPerTrial gives every repeat prompts of its own.
	VarySeedPerTrial Opt[bool] `key:"vary_seed_per_trial"`
	// DisableWarmupAfterFirst warms up in the first repeat only.
	DisableWarmupAfterFirst Opt[bool]   `key:"disable_warmup_after_first"`
	Convergence             Convergence `key:"convergence"`
}

// Convergence ends the repeats before their number is reached, once a metric
// is known well enough.
type Convergence struct {
	Metric    Opt[string]  `key:"metric"` // not set: all repeats are run
	Stat      Opt[string]  `key:"stat"`
	Mode      Opt[string]  `key:"mode"` // ci_width, cv, distribution
	Threshold Opt[float64] `key:"threshold"`
	MinRuns   Opt[int]     `key:"min_runs"`
}

// Modes of Convergence.
const (
	ConvergeCIWidth      = "ci_width"
	ConvergeCV           = "cv"
	ConvergeDistribution = "distribution"
)

// Limit is the threshold of the mode, its default when none was given.
func (c *Convergence) Limit() float64 {
	switch {
	case c.Threshold.Set:
		return c.Threshold.V
	case c.Mode.V == ConvergeCIWidth:
		return 0.10
	}
	return 0.05
}

const maxCooldown = 24 * 3600 // seconds; more is a slip of the finger

func multirunFields() []*Field {
	of := func(f Field) Field { f.Group = groupMultiRun; return f }
	m := func(p *Profile) *MultiRun { return &p.MultiRun }
	c := func(p *Profile) *Convergence { return &p.MultiRun.Convergence }
	return append(samplingFields(),
		whole(of(Field{Flag: "num-profile-runs", Tier: 'B', Default: "1", Help: "Run this often, each into a folder of its own, and sum up with confidence intervals"}),
			func(p *Profile) *Opt[int] { return &m(p).NumRuns }, atLeast(1), atMost(10)),
		seconds(of(Field{Flag: "profile-run-cooldown-seconds", Tier: 'B', Default: "0.0", Help: "Pause between two repeats"}),
			func(p *Profile) *Opt[float64] { return &m(p).CooldownSeconds }, finite, atLeast(0.0), atMost(float64(maxCooldown))),
		number(of(Field{Flag: "confidence-level", Tier: 'B', Default: "0.95", Unit: "share, 0 to 1", Help: "Level of the confidence intervals over repeats"}),
			func(p *Profile) *Opt[float64] { return &m(p).ConfidenceLevel }, above(0.0), below(1.0)),
		toggle(of(Field{Flag: "profile-run-disable-warmup-after-first", Negative: "no-profile-run-disable-warmup-after-first", Tier: 'B', Default: "True", Help: "Warm up in the first repeat only"}),
			func(p *Profile) *Opt[bool] { return &m(p).DisableWarmupAfterFirst }),
		toggle(of(Field{Flag: "set-consistent-seed", Negative: "no-set-consistent-seed", Tier: 'B', Default: "True", Help: "Seed several runs with 42 when no --random-seed is given"}),
			func(p *Profile) *Opt[bool] { return &m(p).SetConsistentSeed }),
		toggle(of(Field{Flag: "vary-seed-per-trial", Negative: "no-vary-seed-per-trial", Tier: 'C', Help: "Give every repeat prompts of its own"}),
			func(p *Profile) *Opt[bool] { return &m(p).VarySeedPerTrial }),
		text(of(Field{Flag: "convergence-metric", Tier: 'C', Type: "metric", Help: "Stop repeating once this metric is known well enough"}),
			func(p *Profile) *Opt[string] { return &c(p).Metric }),
		choice(of(Field{Flag: "convergence-stat", Tier: 'C', Default: "avg", Choices: []string{"avg", "p50", "p90", "p95", "p99", "min", "max"}, Help: "Statistic of that metric"}),
			func(p *Profile) *Opt[string] { return &c(p).Stat }),
		number(of(Field{Flag: "convergence-threshold", Tier: 'C', Unit: "share, 0 to 1",
			Help: "What is well enough: width of the interval over the mean (0.1 if not given), spread over the mean (0.05), or p-value (0.05)"}),
			func(p *Profile) *Opt[float64] { return &c(p).Threshold }, above(0.0), below(1.0)),
		choice(of(Field{Flag: "convergence-mode", Tier: 'C', Default: "ci-width", Choices: []string{"ci-width", "cv", "distribution"},
			Help: "How that is judged: by the confidence interval, the spread, or whether the last run's requests look like those before"}),
			func(p *Profile) *Opt[string] { return &c(p).Mode }),
		fileOnly("Repeats before convergence is looked at", func(p *Profile) *Opt[int] { return &c(p).MinRuns }, readInt, atLeast(2), atMost(10)),
		seconds(of(Field{Flag: "parameter-sweep-cooldown-seconds", Tier: 'B', Default: "0.0", Help: "Pause between two cells of a sweep"}),
			func(p *Profile) *Opt[float64] { return &p.Sweep.CooldownSeconds }, finite, atLeast(0.0), atMost(float64(maxCooldown))),
		toggle(of(Field{Flag: "parameter-sweep-same-seed", Negative: "no-parameter-sweep-same-seed", Tier: 'B', Help: "Give all cells of a sweep the same seed; else each adds its number"}),
			func(p *Profile) *Opt[bool] { return &p.Sweep.SameSeed }),
		choice(of(Field{Flag: "parameter-sweep-mode", Tier: 'C', Default: "repeated", Choices: []string{"repeated", "independent"},
			Help: "With repeats: all cells and then all cells again, or all repeats of one cell before the next"}),
			func(p *Profile) *Opt[string] { return &p.Sweep.IterationOrder }),
		choice(of(Field{Flag: "sweep-type", Tier: 'B', Default: "grid", Choices: []string{"grid", "zip"}, Ours: []string{"scenarios", "sobol", "latin-hypercube"},
			Help: "Several comma lists: every value with every other, or the first with the first and so on; the others are for files"}),
			func(p *Profile) *Opt[string] { return &p.Sweep.Type }),
		toggle(of(Field{Flag: "no-sweep-table", Tier: 'C', Help: "No line for each cell while a sweep runs"}),
			func(p *Profile) *Opt[bool] { return &p.NoSweepTable }),
		toggle(of(Field{Flag: "resume", Negative: "no-resume", Tier: '+', Help: "Keep the runs of a sweep or of repeats that the folder holds already; not given, those of one that was cut off are kept"}),
			func(p *Profile) *Opt[bool] { return &p.Console.Resume }),
		axesField(), scenariosField(), slaFiltersField(),
	)
}

func (c *checker) multirun() {
	m := &c.p.MultiRun
	conv := &m.Convergence
	inSweep := c.p.Sweep.Given() || c.o.swept != nil
	several := inSweep || c.p.Several()
	if !conv.Metric.Set {
		for _, flag := range []string{"convergence-stat", "convergence-threshold", "convergence-mode"} {
			if c.o.flag(flag) {
				c.conflict(flag, "requires --convergence-metric", "convergence-metric")
			}
		}
	} else {
		switch {
		case m.NumRuns.V < 2:
			c.conflict("convergence-metric", "requires --num-profile-runs above 1, the most repeats there may be", "num-profile-runs")
		case conv.MinRuns.Set && conv.MinRuns.V > m.NumRuns.V:
			c.conflict("convergence-metric", "min_runs is above num_runs")
		case inSweep && c.p.Sweep.IterationOrder.V == SweepRepeated:
			c.conflict("convergence-metric", "with a sweep requires --parameter-sweep-mode independent, where a cell's repeats follow each other")
		case conv.Mode.V == ConvergeDistribution && c.p.ExportLevel() == "summary":
			c.conflict("convergence-mode", "distribution looks at the records, which --export-level summary leaves out")
		}
	}
	if c.o.flag("parameter-sweep-same-seed") && c.p.Sweep.SameSeed.V && !seeded(c.p) {
		c.conflict("parameter-sweep-same-seed", "requires --random-seed", "random-seed")
	}
	if f := Lookup("--sweep-type"); !inSweep && c.o.Of(f) == FromFile {
		c.add(BadValue, "sweep-type", "", "needs parameters with lists of values, runs, or dimensions")
	}
	if !several {
		for _, flag := range []string{"parameter-sweep-cooldown-seconds", "parameter-sweep-mode", "sweep-type", "profile-run-cooldown-seconds", "confidence-level"} {
			if c.o.flag(flag) {
				c.o.notice("%s has no effect: there is one run", c.o.where(flag))
			}
		}
	}
}

func seeded(p *Profile) bool { return p.RandomSeed.Set || p.Dataset().RandomSeed.Set }
