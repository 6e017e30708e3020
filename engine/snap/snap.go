// Package snap holds the immutable picture of a run that every screen, pipe
// and remote viewer draws from, and the interface it comes through. A live run
// and a replay fill the same Snapshot.
package snap

import (
	"sync/atomic"
	"time"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

// State is where a run stands.
type State string

// The states of a run, in order.
const (
	Starting  State = "starting" // readiness probe, data set, tokenizer
	Running   State = "running"  // a phase is sending
	Draining  State = "draining" // sending has stopped, answers are awaited
	Exporting State = "exporting"
	Done      State = "done"
	Failed    State = "failed"
)

// Snapshot is one picture of a run. It is built by one goroutine, published
// through a Cell and never changed afterwards.
type Snapshot struct {
	Seq uint64
	// At is the age of the run: time since its start.
	At    time.Duration
	State State
	// Doing is one sentence for states without a phase: "waiting for the model".
	Doing string
	Run   RunInfo
	Phase Phase
	// Several is there when the run is one of several.
	Several *Several

	InFlight int64
	// InFlightTarget is the concurrency limit; 0 is none.
	InFlightTarget int64
	// RateTarget is the arrivals per second of an open loop as it is now; 0 is a
	// closed one.
	RateTarget   float64
	Sent, Done   int64 // of the phase; Done counts valid ones only
	Errors, Good int64
	// Queued counts sends that are due but wait for a free slot.
	Queued int64

	// Live has the metrics worth watching, in console order.
	Live []Live
	// Rates are over the last few seconds; NaN when nothing is known yet.
	Rates Rates
	// Totals are over the phase so far.
	Totals Rates
	// Series is the history of the run, oldest first, at most a few hundred
	// points of equal width.
	Series      []Point
	SeriesWidth time.Duration
	Slices      []SliceRow
	SliceWidth  time.Duration // 0 when slices were not asked for
	ErrorGroups []ErrorGroup
	Client      Client
	Notices     []Notice
	// Requests are the last, the slowest and the failed ones; nil before any.
	Requests *Requests
	// TTFTHeat, ITLHeat and LatencyHeat are distributions over time; nil when
	// not known.
	TTFTHeat, ITLHeat, LatencyHeat *Heat
	Marks                          []Mark
	// GPUs and Servers are what was measured beside the requests, in the order
	// of their sources; GPUNote says in a sentence why there are no GPUs.
	GPUs    []GPU
	GPUNote string
	Servers []ServerState
	// Sensors is the course of both over the phase, oldest first, in steps of
	// SensorWidth; at most about two thousand points.
	Sensors     []SensorPoint
	SensorWidth time.Duration
	// RTT is the mean round trip to the server in ms, measured apart or given;
	// NaN or 0 when it is not known.
	RTT float64
	// Cost is what the work took so far.
	Cost Cost
	// Segments are there only when the load was changed.
	Segments []Segment
	// Held says that the user holds the sending.
	Held bool
	// Settings are the options of the run, in the order of their groups.
	Settings []Setting
	// Files are those written so far, once exporting.
	Files []File
	// Final is the exact summary of the profiling phase once Done; nil before.
	Final *stats.Summary
	// Verdict is one line on how the run ended, once Done or Failed.
	Verdict string
}

// RunInfo is what does not change during a run.
type RunInfo struct {
	Name      string // profile name or tag; may be empty
	Model     string
	Endpoint  string // chat
	Host      string // host:port of the first URL
	Load      string // "closed loop 64", "poisson 25 req/s"
	Tokenizer string // who counts the tokens
	Clock     string // which receive stamps are in use
	Dir       string // artifact directory
	Simulated bool   // the server is our simulator: say so on every screen
	Streaming bool
	SLOs      []metric.SLO
	StartWall time.Time
}

// Phase is the phase under way.
type Phase struct {
	Name    string
	Kind    string // warmup or profiling
	Index   int
	Count   int // phases in the run
	Elapsed time.Duration
	// Planned is the phase's duration limit; 0 is none.
	Planned time.Duration
	// Target is the request limit; 0 is none.
	Target int64
	// Progress is 0..1, by whichever limit ends first; NaN is unknown.
	Progress float64
	// ETA is the time left; negative is unknown.
	ETA time.Duration
}

// What package stats keeps for the screen is shown as it is.
type (
	// Live is one metric over the phase so far, from a sketch.
	Live = stats.LiveMetric
	// Rates are per second; NaN is unknown.
	Rates = stats.LiveRates
	// Point is one step of the run's history.
	Point = stats.LivePoint
	// SliceRow is one time slice for a table.
	SliceRow = stats.LiveSlice
)

// ErrorGroup counts failures of one cause.
type ErrorGroup struct {
	Kind    string
	Code    int
	Message string // of the first, shortened
	Sample  string // a bounded sample of the body
	Count   int64
	LastAt  time.Duration
}

// Client is how this process itself is doing. Lags are milliseconds.
type Client struct {
	// SendLag is from due to departure on the wire, less connection set-up.
	SendLagP50, SendLagP99, SendLagMax float64
	// ReadLag is how long after the kernel's stamp a read got its data.
	ReadLagP50, ReadLagP99, ReadLagMax float64
	// EqualStamps is the share 0..1 of content chunks that share a stamp with
	// the one before.
	EqualStamps float64
	CPU         float64 // share of one core, 0..n, over the last seconds
	RSSBytes    int64
	GCPauseMax  float64 // ms, over the run
	ClockSteps  int64
	// CountBacklog is the number of answers waiting to be tokenized.
	CountBacklog int64
	// Verdict is OK, WARN or SATURATED, with the reason when not OK.
	Verdict, Reason string
}

// Notice is one event worth a line.
type Notice struct {
	At   time.Duration
	Text string
	Warn bool
}

// File is one artifact written.
type File struct {
	Name  string
	Bytes int64
}

// Source is a run to look at, live or replayed. Latest never blocks and
// returns the same pointer until a new snapshot is published.
type Source interface {
	Latest() *Snapshot
	Done() <-chan struct{}
	Err() error
}

// Stopper is a Source whose load can be stopped. The first Stop lets what is in
// flight finish within the grace time, the second cuts it.
type Stopper interface {
	Source
	Stop(reason string)
}

// Cell hands the newest snapshot from the engine to whoever looks.
type Cell struct{ p atomic.Pointer[Snapshot] }

// Publish makes s the newest snapshot. s must not change afterwards.
func (c *Cell) Publish(s *Snapshot) { c.p.Store(s) }

// Latest returns the newest snapshot, nil before the first.
func (c *Cell) Latest() *Snapshot { return c.p.Load() }
