package snap

import (
	"time"

	"tacho/engine/record"
)

// Request is one finished request, for lists and for looking at it closely. It
// is never changed once it is in a Snapshot. Times are since the start of the
// phase's clock, as in Point.At; a time of -1 is absent.
type Request struct {
	Num                     int64
	ID, Conversation, Model string
	Turn                    int
	Phase                   string
	// Due, Picked, Wire are the schedule's wish, the moment a worker took it
	// up, and its departure on the wire; Connect is the connection set-up it
	// paid for, a duration.
	Due, Picked, Wire time.Duration
	Connect           time.Duration
	// Start is the request start of the metrics; Ack the headers, First the
	// first content chunk, FirstOutput the first that is not reasoning, End
	// the last byte or the failure.
	Start, Ack, First, FirstOutput, End time.Duration
	// Gaps are the times between content chunks, ms; long lists are thinned to
	// at most MaxGaps, each the largest of those it stands for.
	Gaps     []float32
	ISL, OSL int // tokens, -1 absent
	// TTFT, ITL and Latency are in ms, NaN absent.
	TTFT, ITL, Latency float64
	Good               bool
	ReadLate           time.Duration // this process behind the kernel, the most
	Err                *record.Failure
}

// MaxGaps bounds Request.Gaps.
const MaxGaps = 512

// Requests are those worth keeping at hand. All lists are bounded.
type Requests struct {
	Recent  []*Request // newest first
	Slowest []*Request // by latency, slowest first
	Failed  []*Request // newest first
}

// Heat is the distribution of one time over the run: columns of equal width in
// time, rows of equal width in the logarithm of the value.
type Heat struct {
	Width time.Duration // of a column
	// Low is the lower edge of the first row in ms; each row's upper edge is
	// Step times its lower one.
	Low, Step float64
	// Columns[i][j] counts the values of column i in row j; all columns have
	// the same length. Values outside are in the first or last row.
	Columns [][]uint32
}

// MarkKind says what a Mark stands for.
type MarkKind string

// The kinds of mark.
const (
	MarkNote  MarkKind = "note"  // the user's
	MarkLoad  MarkKind = "load"  // the load was changed
	MarkHold  MarkKind = "hold"  // sending was held or resumed
	MarkSLO   MarkKind = "slo"   // a limit was moved
	MarkStall MarkKind = "stall" // many streams stood still at once
	MarkError MarkKind = "error"
	MarkPhase MarkKind = "phase"
)

// Mark is one moment of a run, on the charts and in events.jsonl.
type Mark struct {
	At   time.Duration // as Point.At
	Kind MarkKind
	Text string
}

// quickSteps is how fast keys follow each other that change the load step by step.
const quickSteps = time.Second

// SameStep tells whether a change of load belongs to the one before, at a time
// since the start of the phase: quick steps are one, and make one Segment.
func SameStep(last, now time.Duration) bool { return now-last < quickSteps }

// Segment is a stretch of a phase under one load.
type Segment struct {
	From, To time.Duration // To is -1 while it goes on
	Load     string
	// Requests and Errors count those that started in it; times are ms.
	Requests, Errors       int64
	TTFT50, TTFT99, ITL50  float64
	RequestsPerSec, TokSec float64
	GoodShare              float64
}

// Setting is one option of the run with where its value came from: "default",
// "file", "flag".
type Setting struct {
	Group, Name, Value, Origin string
	// Help is a sentence on what it means, Default what holds where nobody
	// chooses, Unit that of the value; each may be empty.
	Help, Default, Unit string
}
