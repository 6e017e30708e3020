package viewtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tacho/engine/record"
	"tacho/engine/snap"
)

// perSec is how many requests the run starts in a second.
const perSec = 12.3

// request is number i of the run, made once.
func (r *Run) request(i int64) *snap.Request {
	if q, ok := r.made[i]; ok {
		return q
	}
	rnd := rand.New(rand.NewPCG(77, uint64(i)))
	wire := time.Duration(float64(i) / perSec * 1e9)
	connect := time.Duration(0)
	if i%8 == 0 {
		connect = time.Duration(400e3 + rnd.IntN(400_000))
	}
	due := wire - connect - time.Duration(20e3+rnd.ExpFloat64()*30e3)
	ttft := time.Duration((182 + 40*math.Abs(rnd.NormFloat64())) * 1e6)
	if i%97 == 96 {
		ttft *= 4
	}
	q := &snap.Request{
		Num: i, ID: fmt.Sprintf("%08x-%04d", rnd.Uint32(), i), Conversation: fmt.Sprintf("session_%06d", i/3), Turn: int(i % 3), Model: "Qwen3-8B", Phase: "profiling",
		Due: due, Picked: due + 12*time.Microsecond, Wire: wire, Start: wire, Ack: wire + ttft*2/3, First: wire + ttft, FirstOutput: wire + ttft + 300*time.Millisecond,
		ISL: 480 + rnd.IntN(64), OSL: 96 + rnd.IntN(64), Good: ttft < 300*time.Millisecond, ReadLate: time.Duration(rnd.IntN(60_000)), Connect: connect,
	}
	at := q.First
	for j := range q.OSL - 1 {
		gap := 17 + 2*math.Abs(rnd.NormFloat64())
		if (i*31+int64(j))%400 == 0 {
			gap = 214
		}
		q.Gaps = append(q.Gaps, float32(gap))
		at += time.Duration(gap * 1e6)
	}
	q.End = at + 2*time.Millisecond
	q.TTFT, q.Latency = float64(ttft)/1e6, float64(at-wire)/1e6
	q.ITL = (q.Latency - q.TTFT) / float64(q.OSL-1)
	if i%250 == 249 {
		fail(q, i)
	}
	if r.made == nil {
		r.made = map[int64]*snap.Request{}
	}
	r.made[i] = q
	return q
}

// fail turns a request into one of the three kinds of failure.
func fail(q *snap.Request, i int64) {
	nan := math.NaN()
	q.TTFT, q.ITL, q.Latency, q.Good, q.OSL = nan, nan, nan, false, -1
	switch i / 250 % 3 {
	case 0:
		q.Gaps, q.Ack, q.First, q.FirstOutput, q.End = nil, -1, -1, -1, q.Wire+30*time.Second
		q.Err = &record.Failure{Kind: record.ErrTimeout, Type: "RequestTimeout", Message: "no answer within 30 s"}
	case 1:
		q.Gaps, q.First, q.FirstOutput, q.End = nil, -1, -1, q.Ack+time.Millisecond
		q.Err = &record.Failure{Kind: record.ErrHTTP5xx, Code: 503, Message: "model is loading", Details: `{"error":{"message":"model is loading","type":"unavailable"}}`}
	default:
		q.Gaps, q.End = q.Gaps[:20], q.First+400*time.Millisecond
		q.Err = &record.Failure{Kind: record.ErrBadStream, Message: "stream ended in the middle of an event"}
	}
}

// requests are the lists at an age.
func (r *Run) requests(at time.Duration) *snap.Requests {
	l := &snap.Requests{}
	n := int64((at - 3*time.Second).Seconds() * perSec)
	if n <= 0 {
		return nil
	}
	for i := n; i > max(0, n-200); i-- {
		if q := r.request(i); q.End <= at {
			l.Recent = append(l.Recent, q)
		}
	}
	for i := int64(1); i <= n; i++ {
		if i%97 == 96 {
			l.Slowest = append(l.Slowest, r.request(i))
		}
		if i%250 == 249 {
			l.Failed = append(l.Failed, r.request(i))
		}
	}
	slices.SortFunc(l.Slowest, func(a, b *snap.Request) int { return int((b.End - b.Start) - (a.End - a.Start)) })
	slices.Reverse(l.Failed)
	return l
}

// heat is the distribution of a time with the given median in ms.
func heat(seed uint64, at time.Duration, median float64) *snap.Heat {
	h := &snap.Heat{Width: time.Second, Low: median / 20, Step: math.Pow(10, 1.0/16)}
	for at/h.Width > 240 {
		h.Width *= 2
	}
	const rows = 48
	for t := time.Duration(0); t+h.Width <= at; t += h.Width {
		col := make([]uint32, rows)
		rnd := rand.New(rand.NewPCG(seed, uint64(t/time.Second)))
		for range int(perSec * h.Width.Seconds()) {
			v := median * math.Exp(0.12*math.Abs(rnd.NormFloat64()))
			if rnd.IntN(60) == 0 {
				v *= 2.4
			}
			if t%(64*time.Second) < h.Width && t > 0 {
				v *= 1 + 4*rnd.Float64()
			}
			j := int(math.Log(v/h.Low) / math.Log(h.Step))
			col[min(max(j, 0), rows-1)]++
		}
		h.Columns = append(h.Columns, col)
	}
	return h
}

// settings are some options of the run.
func settings() []snap.Setting {
	return []snap.Setting{
		{Group: "Endpoint", Name: "--model", Help: "Model name sent with each request", Value: "Qwen3-8B", Origin: "flag"},
		{Group: "Endpoint", Name: "--url", Value: "http://gpu-box:8000", Origin: "flag"},
		{Group: "Endpoint", Name: "--endpoint-type", Help: "The API that is asked", Value: "chat", Origin: "default"},
		{Group: "Endpoint", Name: "--streaming", Value: "true", Origin: "file"},
		{Group: "Endpoint", Name: "--request-timeout-seconds", Help: "When a request without an answer is given up", Value: "21600", Origin: "default"},
		{Group: "Input", Name: "--random-seed", Value: "7", Origin: "file"},
		{Group: "Goodput", Name: "--goodput", Value: "time_to_first_token:300 inter_token_latency:25", Origin: "flag"},
		{Group: "Input Sequence Length (ISL)", Name: "--isl", Value: "512", Origin: "flag"},
		{Group: "Output Sequence Length (OSL)", Name: "--osl", Value: "128", Origin: "flag"},
		{Group: "Load Generator", Name: "--concurrency", Help: "Requests in flight", Value: "64", Default: "1", Origin: "flag"},
		{Group: "Load Generator", Name: "--benchmark-duration", Help: "How long requests are sent", Value: "300", Unit: "s", Origin: "flag"},
		{Group: "Load Generator", Name: "--benchmark-grace-period", Value: "30", Origin: "default"},
		{Group: "Output", Name: "--slice-duration", Help: "Length of a time slice", Value: "10", Origin: "file"},
	}
}

// Command is the command line of the run.
const Command = "tacho profile --model Qwen3-8B --url http://gpu-box:8000 --streaming --isl 512 --osl 128 --concurrency 64 --benchmark-duration 300"

// Steered is the run after its load was changed and a note was made.
func Steered() *snap.Snapshot {
	s := New().At(118 * time.Second)
	s.Run.Load, s.InFlightTarget, s.InFlight = "closed loop 80", 80, 79
	s.Marks = append(s.Marks,
		snap.Mark{At: 41 * time.Second, Kind: snap.MarkLoad, Text: "concurrency 64 → 80"},
		snap.Mark{At: 52 * time.Second, Kind: snap.MarkNote, Text: "restarted the cache"},
		snap.Mark{At: 90 * time.Second, Kind: snap.MarkSLO, Text: "what if time_to_first_token 200"})
	slices.SortStableFunc(s.Marks, func(a, b snap.Mark) int { return int(a.At - b.At) })
	s.Segments = []snap.Segment{
		{From: 0, To: 41 * time.Second, Load: "closed loop 64", Requests: 504, Errors: 1, TTFT50: 182, TTFT99: 470, ITL50: 18.2, RequestsPerSec: 12.3, TokSec: 3512, GoodShare: 0.981},
		{From: 41 * time.Second, To: -1, Load: "closed loop 80", Requests: 1102, Errors: 3, TTFT50: 231, TTFT99: 802, ITL50: 21.9, RequestsPerSec: 14.4, TokSec: 4011, GoodShare: 0.914},
	}
	return s
}

// Held is the run while the user holds the sending.
func Held() *snap.Snapshot {
	s := Steered()
	s.Held, s.InFlight = true, 12
	s.Marks = append(s.Marks, snap.Mark{At: 115 * time.Second, Kind: snap.MarkHold, Text: "sending held"})
	return s
}

// Timeline is the run as a recording.
func Timeline() *snap.Timeline {
	t := &snap.Timeline{Length: planned + 3*time.Second, Origin: "AIPerf 0.13.0", Dir: "artifacts/Qwen3-8B-chat-concurrency64",
		Missing: []string{"profile_export_raw.jsonl is missing: no chunk times, no bodies"}, Check: "all 3920 values agree"}
	for at := time.Duration(0); at < planned; at += 10 * time.Second {
		t.Slices = append(t.Slices, at)
	}
	for at := 24 * time.Second; at < planned; at += 24 * time.Second {
		t.Ticks = append(t.Ticks, snap.Mark{At: at, Kind: snap.MarkError, Text: "timeout"})
	}
	for at := 64 * time.Second; at < planned; at += 64 * time.Second {
		t.Ticks = append(t.Ticks, snap.Mark{At: at, Kind: snap.MarkStall, Text: "stall of 640 ms"})
	}
	t.Ticks = append(t.Ticks, snap.Mark{At: 41 * time.Second, Kind: snap.MarkLoad, Text: "concurrency 64 → 80"})
	slices.SortStableFunc(t.Ticks, func(a, b snap.Mark) int { return int(a.At - b.At) })
	return t
}
