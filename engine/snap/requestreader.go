package snap

import (
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
)

// How many requests of each list are at hand.
const (
	KeepRecent  = 200
	KeepSlowest = 50
	KeepFailed  = 200
)

// RequestReader makes rows ready to be looked at. It may be used by several
// goroutines.
type RequestReader struct {
	plan *metric.Plan
	// Columns of a row, -1 where the run does not have the metric.
	TTFT, ITL, Latency, ISL, OSL int
	firstOutput                  int
}

// NewRequestReader reads rows of a registry in a run.
func NewRequestReader(reg *metric.Registry, ctx *metric.Context) *RequestReader {
	at := func(tag metric.Tag) int {
		if d, ok := reg.Lookup(tag); ok {
			return int(d.ID)
		}
		return -1
	}
	return &RequestReader{
		plan: reg.Plan(ctx), TTFT: at(metric.TTFT), ITL: at(metric.ITL), Latency: at(metric.RequestLatency),
		ISL: at(metric.ISL), OSL: at(metric.OSL), firstOutput: at(metric.TTFO),
	}
}

// Request makes one row ready; its times count from origin, Unix nanoseconds.
func (l *RequestReader) Request(row *metric.Row, origin int64) *Request {
	since := func(ns int64) time.Duration {
		if ns == 0 {
			return -1
		}
		return time.Duration(ns - origin)
	}
	val := func(i int) float64 {
		if i < 0 || i >= len(row.Vals) {
			return math.NaN()
		}
		return row.Vals[i]
	}
	count := func(i int) int {
		if v := val(i); v >= 0 {
			return int(v)
		}
		return -1
	}
	after := func(ms float64) time.Duration {
		if math.IsNaN(ms) {
			return -1
		}
		return time.Duration(row.StartNS - origin + int64(ms*1e6))
	}
	return &Request{
		Num: row.Num, ID: row.RequestID, Conversation: row.ConversationID, Model: row.Model, Turn: row.Turn, Phase: row.Phase.Name,
		Due: since(row.DueNS), Picked: since(row.Client.PickedNS), Wire: since(row.Client.WireNS), Connect: time.Duration(row.Client.ConnectNS),
		Start: since(row.StartNS), Ack: since(row.AckNS), End: since(row.EndNS),
		First: after(val(l.TTFT)), FirstOutput: after(val(l.firstOutput)),
		Gaps: ThinGaps(row.Gaps), ISL: count(l.ISL), OSL: count(l.OSL),
		TTFT: val(l.TTFT), ITL: val(l.ITL), Latency: val(l.Latency),
		Good: row.Err == nil && l.plan.Good(row), ReadLate: time.Duration(row.Client.ReadLateNS), Err: row.Err,
	}
}

// ThinGaps keeps at most MaxGaps gaps: each of the result is the largest of as
// many neighbours as were joined, for a stall must not vanish.
func ThinGaps(gaps []float64) []float32 {
	step := (len(gaps) + MaxGaps - 1) / MaxGaps
	if step == 0 {
		return nil
	}
	out := make([]float32, 0, (len(gaps)+step-1)/step)
	for part := range slices.Chunk(gaps, step) {
		out = append(out, float32(slices.Max(part)))
	}
	return out
}
