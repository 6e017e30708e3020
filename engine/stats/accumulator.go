package stats

import (
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
)

// Options of an Accumulator.
type Options struct {
	// Budget is how many bytes of full column blocks stay in memory before the
	// rest goes to a scratch file; 0 is DefaultBudget, negative is none at all.
	// Blocks take up to four times as much when there can be no such file.
	Budget int64
	// Dir is where the scratch file is made, if one is needed; empty is the
	// system's place for temporary files.
	Dir string
	// SliceWidth is the length of a time slice; 0 is none.
	SliceWidth time.Duration
	// AllErrors keeps every cause of failure apart, as AIPerf does, however
	// much memory that takes. Without it the thousand first are.
	AllErrors bool
}

// DefaultBudget is the memory for full column blocks when none is given.
const DefaultBudget = 96 << 20

// Accumulator keeps all numbers of one phase and makes exact statistics of
// them. Rows of other phases belong in accumulators of their own. Its memory is
// bounded by the budget and a few MB more, however many rows come.
//
// All methods are for one goroutine. Rows should come in about the order in
// which requests ended, as they do live and in files; other orders cost memory
// in Summary and Slices.
type Accumulator struct {
	reg    *metric.Registry
	plan   *metric.Plan
	opts   Options
	store  *store
	errors errorTable

	valid, failed int64
	// spanStart and spanEnd bound what the valid requests did, as Unix ns.
	spanStart, spanEnd float64
	latency            *metric.Def // nil if the registry lacks it
	// How many different values a selector keeps, of a metric and of a curve.
	keepRow, keepSweep int
	// rtt is the round trip that adjusted latencies leave out, ms; 0 is none.
	rtt float64
}

// NewAccumulator returns an empty accumulator for the rows of one phase.
func NewAccumulator(reg *metric.Registry, ctx *metric.Context, o Options) *Accumulator {
	switch {
	case o.Budget == 0:
		o.Budget = DefaultBudget
	case o.Budget < 0:
		o.Budget = 0
	}
	a := &Accumulator{
		reg: reg, plan: reg.Plan(ctx), opts: o,
		errors:    errorTable{all: o.AllErrors},
		store:     newStore(o.Budget, o.Dir, reg.Len()),
		spanStart: math.Inf(1), spanEnd: math.Inf(-1),
		keepRow: 1 << 16, keepSweep: 1 << 14,
	}
	a.latency, _ = reg.Lookup(metric.RequestLatency)
	return a
}

// Add takes a row in. It keeps nothing of it but numbers and the cause of a
// failure. What the row adds to counts is filled in where it is missing, which
// it never is in a row made by a Registry.
func (a *Accumulator) Add(row *metric.Row) {
	a.plan.Complete(row)
	if row.Err != nil {
		a.failed++
		a.errors.add(row.Err, row.EndNS)
	} else {
		a.valid++
		a.span(row)
	}
	a.store.add(row)
}

// span follows AIPerf, which keeps these Unix nanoseconds as 64-bit floats and
// so to 256 ns.
func (a *Accumulator) span(row *metric.Row) {
	a.spanStart = min(a.spanStart, float64(row.StartNS))
	if v := value(row, a.latency); v == v {
		a.spanEnd = max(a.spanEnd, float64(row.StartNS+nanoseconds(v)))
	}
}

// value is a metric of a row, NaN if there is none.
func value(row *metric.Row, d *metric.Def) float64 {
	if d == nil || int(d.ID) >= len(row.Vals) {
		return math.NaN()
	}
	return row.Vals[d.ID]
}

// nanoseconds gives back the whole number that a time in ms was made from.
func nanoseconds(ms float64) int64 { return int64(math.Round(ms * 1e6)) }

// Valid is the number of requests so far that succeeded.
func (a *Accumulator) Valid() int64 { return a.valid }

// Failed is the number of requests so far that failed.
func (a *Accumulator) Failed() int64 { return a.failed }

// Errors returns the failures by cause, in order of first appearance. The list
// is a copy.
func (a *Accumulator) Errors() []ErrorGroup { return slices.Clone(a.errors.groups) }

// Err reports why rows could not be kept, if so: the scratch file could not be
// made or written and memory was at its end. It is what Summary and Slices will
// return.
func (a *Accumulator) Err() error { return a.store.tape.err }

// Strain reports why rows are kept in memory beyond the budget, if they are: the
// scratch file cannot be made or written for now.
func (a *Accumulator) Strain() error { return a.store.tape.trouble }

// Close frees the memory and removes the scratch file. The accumulator must not
// be used afterwards.
func (a *Accumulator) Close() error { return a.store.tape.close() }
