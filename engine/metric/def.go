package metric

import "tacho/engine/record"

// Tag is AIPerf's name of a metric, as in its files: time_to_first_token.
type Tag string

// ID is the position of a Def in its Registry and of its value in Row.Vals.
type ID int

// Kind says how a metric comes to be.
type Kind uint8

// The kinds of metric.
const (
	PerRecord Kind = iota // one number per request
	PerList               // a list of numbers per request, pooled in summaries
	Aggregate             // a count over requests; a Row holds what its request adds
	Derived               // computed from other totals
	Sweep                 // time-weighted over the intervals of all requests
	Adjusted              // a PerRecord metric with each failure counted as +infinity
	Injected              // computed from request times, or given by what is measured beside the requests
)

// Group is the console table a metric is printed in; GroupNone is none.
type Group uint8

// The groups, in the order AIPerf prints their tables.
const (
	GroupNone Group = iota
	GroupEffective
	GroupActive
	GroupUsage
	GroupCache
	GroupPrediction
	GroupAudio
	GroupReasoning
	GroupDefault
	GroupPowerNVIDIA
	GroupPowerAMD
)

// Flags are properties of a metric.
type Flags uint32

// The flags. Needs* flags name what a run must have for the metric to exist.
const (
	LargerIsBetter Flags = 1 << iota
	Integer              // whole numbers in the per-request file
	NeedsStreaming
	NeedsOutputTokens
	NeedsInputTokens
	NeedsClientTokens // only when the client counts tokens
	NeedsSLO
	OfFailed   // counted over failed requests
	OfAll      // counted over valid and failed requests
	InRecords  // written to the per-request file
	NotInSlice // has no value per time slice
	Hidden     // computed, never exported
	// StoredInteger marks a metric that AIPerf keeps as whole numbers of
	// Stored but shows converted, so that its values are floats.
	StoredInteger
	NeedsHTTP     // only for requests with an HTTP exchange
	NeedsSchedule // only for a fixed schedule
	External      // given by what is measured beside the requests, such as GPU energy
	NeedsImages   // only for endpoints that take images
	NeedsAudio    // only for endpoints that take audio
	NeedsVideo    // only for endpoints that make videos
)

// Def is the one definition of a metric: every table, file and chart reads
// its name, unit and order from here.
type Def struct {
	ID     ID
	Tag    Tag
	Header string // as AIPerf prints it, without unit
	Short  string // for narrow columns: TTFT
	Doc    string // one sentence with the formula
	Unit   Unit   // display unit; every value in a Row or Stat is in it
	// Stored is the unit that AIPerf computes in; empty is Unit.
	Stored Unit
	Kind   Kind
	Group  Group
	Order  int // row order on the console; 0 is last
	Flags  Flags
	// Base is the metric that an Adjusted or network-adjusted one is made of.
	Base Tag
	// Needs are the metrics without which this one has no value. One that
	// applies brings those along, even if a run would not have them of itself:
	// so AIPerf gives output lengths to endpoints that make no tokens.
	// Wants are read if present.
	Needs, Wants []Tag

	// Record computes a PerRecord value; false means absent. Values of
	// metrics defined earlier in the table may be read from the row.
	Record func(*Context, *record.Record, *Row) (float64, bool)
	// Count is what a request adds to an Aggregate. It sees the row alone, so
	// that rows from files count as live ones do; vals are the values of Needs,
	// which are all present, and of Wants, NaN if absent.
	Count func(ctx *Context, row *Row, vals Inputs) (float64, bool)
	// List appends a PerList metric's values to dst.
	List func(*Context, *record.Record, []float64) []float64
	// Derive computes a Derived value from the totals so far.
	Derive func(*Context, Totals) (float64, bool)
}

// Inputs are the values that a Count reads, NaN beyond the last.
type Inputs [3]float64

// Has reports whether all given flags are set.
func (d *Def) Has(f Flags) bool { return d.Flags&f == f }

// PerRequest reports whether the metric gives each valid request one number
// that is shown, which is what an SLO can be set on.
func (d *Def) PerRequest() bool { return d.Kind == PerRecord && !d.Has(Hidden) && !d.Has(OfFailed) }

// Totals is what a Derived metric may read: the sums of other metrics, and the window the rates divide by.
type Totals interface {
	// Sum returns the sum of a per-record metric, or the value of an
	// Aggregate or Derived one; false when it has no value.
	Sum(Tag) (float64, bool)
	// WindowSec is the throughput window in seconds.
	WindowSec() float64
	// SpanSec is from the first start to the last content of the valid
	// requests, in seconds; 0 is unknown.
	SpanSec() float64
}

// Context is what a run is: which metrics apply and what they compare with.
// It must not change once a Registry or an accumulator has seen it.
type Context struct {
	Streaming     bool
	OutputTokens  bool // the endpoint produces tokens
	InputTokens   bool // the endpoint's input is tokenized
	ServerTokens  bool // counts come from the server's usage object
	PerChunkUsage bool
	FixedSchedule bool // requests follow a trace's times
	Images, Audio bool // the endpoint takes images, audio
	MakesVideo    bool // the endpoint makes videos
	SLOs          []SLO
}
