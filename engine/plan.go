package engine

import (
	"iter"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/record"
	"tacho/engine/schedule"
	"tacho/engine/snap"
	"tacho/engine/transport"
)

// Plan is one run, ready to go. The caller keeps ownership of what it points
// to and must not change it while the run goes on.
type Plan struct {
	Info snap.RunInfo
	// Settings are shown as they are.
	Settings []snap.Setting
	Registry *metric.Registry
	Context  *metric.Context

	Endpoint endpoint.Endpoint
	Encode   endpoint.Options
	// Form makes the bodies out of the payloads, where the API takes a form;
	// nil sends the payloads.
	Form *endpoint.Form
	// Polling is how jobs are asked for.
	Polling Polling
	Dataset dataset.Dataset
	// Order picks the conversation of each request. Only the engine calls it,
	// one call at a time.
	Order   dataset.Sampler
	Headers *endpoint.Headers
	Client  *transport.Client
	// URLs are complete; requests take them in turn.
	URLs []string
	// Counter counts tokens at the client; nil takes the server's counts where
	// Context says that those are used, and none otherwise.
	Counter Counter
	// InputText makes of a request's body the text that is counted as its
	// input, where that is more than the texts in it; false leaves it at those.
	// nil never does. It is called from any goroutine.
	InputText func(body []byte) (string, bool)

	Phases []PhasePlan
	// StopGrace is how long answers are awaited after the user's first stop.
	StopGrace time.Duration
	// Cancels draws the requests that phases give up on purpose.
	Cancels *random.Stream

	// SliceWidth is the length of the time slices; 0 makes none.
	SliceWidth time.Duration
	// ScratchDir takes what does not fit the memory budget.
	ScratchDir string
	// MemoryBudget bounds the statistics in memory, in bytes; 0 is a default.
	MemoryBudget int64

	// Events is told of each mark, with its Unix nanoseconds, from any
	// goroutine; nil for none.
	Events func(atNS int64, m snap.Mark)

	// Sensors watches the serving machines while the run goes on; nil for none.
	// The caller starts and closes it.
	Sensors Sensors
	// RTT is the round trip to the server, measured or given; nil for none.
	RTT RTT
	// PricePerHour is what the serving machines cost; 0 is not told.
	PricePerHour float64

	// Sink receives every row in the order of completion; nil for none.
	Sink RowSink
	// Raw asks for the wire-level account of each exchange, Texts and Trace for
	// the answers' texts and the socket times in it.
	Raw, Texts, Trace bool
}

// RTT is the mean round trip to the server in ms, NaN when it is not known.
type RTT interface {
	// Mean is that of now, Finish the last one: it ends the measuring.
	Mean() float64
	Finish() float64
}

// Counter counts the tokens of a text. It is safe for concurrent use.
type Counter interface{ Count(text string) int }

// RowSink takes finished rows without blocking: it reports false for a row it
// had to drop. Rows and raw exchanges do not change after the call.
type RowSink interface {
	Add(row *metric.Row, raw *record.Raw) bool
	// Fits tells whether Add would take them now.
	Fits(row *metric.Row, raw *record.Raw) bool
	// Trouble says what is wrong with the sink, such as a full disk; empty
	// when all is well. It must not block.
	Trouble() string
}

// PhasePlan is one stretch of load. Limits that are 0 do not apply; the first
// one that is reached ends the sending.
type PhasePlan struct {
	record.Phase
	// Load is one line for the screen: "closed loop 64".
	Load string
	// At most one of Arrivals, Users and Starts is set. Arrivals makes an open
	// loop of requests; Users the load of simulated users; Starts begins the
	// conversations of the data set at their times. With none of them the loop
	// is closed: each of Concurrency slots sends as soon as its last answer is
	// in.
	Arrivals schedule.Arrivals
	Users    *schedule.Users
	Starts   iter.Seq2[dataset.Start, error]
	// Rate is the arrivals per second that Arrivals begins with.
	Rate float64
	// Concurrency is the number of sessions at once; 0 is no cap, but in a
	// closed loop, which needs one.
	Concurrency int
	// Prefill is the number of requests that may wait for their first content
	// at once; 0 is no limit.
	Prefill int
	// ConcurrencyRamp raises the number of slots from 1 to Concurrency, and
	// PrefillRamp that of Prefill, at evenly spaced moments; 0 begins in full.
	ConcurrencyRamp, PrefillRamp time.Duration
	Requests                     int64
	// Sessions is the number of conversations to begin; those begun end all
	// their turns. 0 is no limit.
	Sessions int64
	Duration time.Duration
	// Grace is how long answers are awaited after Duration; negative is
	// without limit.
	Grace time.Duration
	// Seamless begins the phase when the one before has sent all, whatever of it
	// is still in flight.
	Seamless bool
	// CancelShare (0..1) of the requests are given up CancelAfter after they
	// were sent in full.
	CancelShare float64
	CancelAfter time.Duration
	// FailedThreshold ends the run when a larger share of the phase's requests
	// failed, judged after max(concurrency, 10) of them; nil never does.
	FailedThreshold *float64
}

// closed reports whether the answers pace the load.
func (p *PhasePlan) closed() bool { return p.Arrivals == nil && p.Users == nil && p.Starts == nil }

// forever is a Grace without limit.
const forever = time.Duration(-1)
