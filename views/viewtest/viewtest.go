// Package viewtest makes snapshots of an invented run for the tests of views
// and of the programs that show them. The same time gives the same snapshot.
package viewtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// shown are the metrics in the snapshots.
var shown = []metric.Tag{metric.TTFT, metric.TTST, metric.ITL, metric.RequestLatency, metric.OutputTokenThroughputPerUser, metric.OSL, metric.ISL}

// Run is an invented run of 5 minutes with 64 requests in flight.
type Run struct {
	Reg *metric.Registry
	// Points is the length of the history at most; it is halved when full.
	Points int
	// Scale multiplies counts and times, for tests of large numbers.
	Scale float64

	made map[int64]*snap.Request
}

// New returns the usual run.
func New() *Run { return &Run{Reg: metric.Builtin(), Points: 240, Scale: 1} }

const planned = 5 * time.Minute

// wave is a value in time with noise that depends on the time step alone.
func wave(seed uint64, at time.Duration, base, swing, noise float64) float64 {
	step := uint64(at / (100 * time.Millisecond))
	r := rand.New(rand.NewPCG(seed, step))
	t := at.Seconds()
	return base * (1 + swing*math.Sin(t/9+float64(seed)) + noise*math.Abs(r.NormFloat64()))
}

// At is the snapshot of a running profiling phase at an age.
func (r *Run) At(at time.Duration) *snap.Snapshot {
	k := r.Scale
	done := int64(at.Seconds() * 12.3 * k)
	s := &snap.Snapshot{
		Seq: uint64(at / (100 * time.Millisecond)), At: at, State: snap.Running,
		Run: Info(),
		Phase: snap.Phase{Name: "profiling", Kind: "profiling", Index: 0, Count: 1, Elapsed: at, Planned: planned,
			Target: int64(5000 * k), Progress: math.Min(1, at.Seconds()/planned.Seconds()), ETA: planned - at},
		InFlight: int64(61*k) + int64(wave(1, at, 3, 0, 1))%4, InFlightTarget: int64(64 * k),
		Sent: done + 64, Done: done, Errors: int64(at / (24 * time.Second)), Good: done * 97 / 100,
		Rates: snap.Rates{Requests: wave(2, at, 12.3*k, 0.02, 0.02), OutputTokens: wave(3, at, 3512*k, 0.02, 0.02),
			InputTokens: 6300 * k, Errors: 0, Goodput: wave(4, at, 11.9*k, 0.02, 0.01), GoodShare: 0.976},
		Totals: snap.Rates{Requests: 12.1 * k, OutputTokens: 3498 * k, InputTokens: 6290 * k, Errors: 0.04, Goodput: 11.8 * k, GoodShare: 0.9761},
		Client: snap.Client{SendLagP50: wave(5, at, 0.021, 0, 0.1), SendLagP99: wave(6, at, 0.082, 0, 0.1), SendLagMax: 0.41,
			ReadLagP50: 0.011, ReadLagP99: wave(7, at, 0.052, 0, 0.2), ReadLagMax: 0.9, EqualStamps: 0.0021,
			CPU: wave(8, at, 0.061, 0.02, 0.1), RSSBytes: 45_200_000, GCPauseMax: 0.18, Verdict: "OK"},
	}
	s.Live = []snap.Live{
		r.live(metric.TTFT, at, 182*k, 300*k, 0.981),
		r.live(metric.TTST, at, 18.9*k, math.NaN(), math.NaN()),
		r.live(metric.ITL, at, 18.2*k, 25*k, 0.994),
		r.live(metric.RequestLatency, at, 2660*k, math.NaN(), math.NaN()),
		r.live(metric.OutputTokenThroughputPerUser, at, 54.2, math.NaN(), math.NaN()),
		r.live(metric.OSL, at, 128, math.NaN(), math.NaN()),
		r.live(metric.ISL, at, 512, math.NaN(), math.NaN()),
	}
	r.history(s, at)
	for t := time.Duration(0); t+10*time.Second <= at; t += 10 * time.Second {
		s.Slices = append(s.Slices, snap.SliceRow{At: t, Requests: int64(123 * k), Errors: int64(t/(20*time.Second)) % 2,
			TTFT50: wave(9, t, 182*k, 0.02, 0.01), TTFT90: wave(10, t, 240*k, 0.05, 0.05), TTFT99: wave(11, t, 498*k, 0.1, 0.2),
			ITL50: wave(12, t, 18.2*k, 0.01, 0.01), ITL90: 21 * k, ITL99: wave(13, t, 31*k, 0.02, 0.3), Latency50: 2660 * k,
			OutputTokensPerSec: wave(14, t, 3521*k, 0.01, 0.01), GoodShare: 0.98, Open: at-t < 14*time.Second})
	}
	s.SliceWidth = 10 * time.Second
	if s.Errors > 0 {
		n := s.Errors
		s.ErrorGroups = []snap.ErrorGroup{
			{Kind: "timeout", Message: "no answer within 30 s", Count: n - n/3*2, LastAt: at.Truncate(24 * time.Second)},
		}
		if n >= 3 {
			s.ErrorGroups = append(s.ErrorGroups,
				snap.ErrorGroup{Kind: "http_5xx", Code: 503, Message: "model is loading", Sample: `{"error":{"message":"model is loading","type":"unavailable","code":503}}`, Count: n / 3, LastAt: 40 * time.Second},
				snap.ErrorGroup{Kind: "bad_stream", Message: "stream ended in the middle of an event", Count: n / 3, LastAt: 61 * time.Second})
		}
	}
	s.Notices = []snap.Notice{{At: 0, Text: "profiling begins"}}
	if at >= 2*time.Second {
		s.Notices = append(s.Notices, snap.Notice{At: 2 * time.Second, Text: "input tokens: asked 512, the server counted 509-514"})
	}
	for t := 64 * time.Second; t <= at; t += 64 * time.Second {
		s.Notices = append(s.Notices, snap.Notice{At: t, Text: "stall of 640 ms hit 61 of 64 streams: server-wide", Warn: true})
		s.Marks = append(s.Marks, snap.Mark{At: t, Kind: snap.MarkStall, Text: "stall 640 ms"})
	}
	s.Requests = r.requests(at)
	s.TTFTHeat, s.ITLHeat, s.LatencyHeat = heat(91, at, 182), heat(92, at, 18.2), heat(93, at, 2660)
	s.Settings = settings()
	return s
}

// Info is what does not change in the run.
func Info() snap.RunInfo {
	return snap.RunInfo{Name: "chat-64", Model: "Qwen3-8B", Endpoint: "chat", Host: "gpu-box:8000", Load: "closed loop 64",
		Tokenizer: "o200k (server agrees)", Clock: "kernel", Dir: "artifacts/Qwen3-8B-chat-concurrency64", Streaming: true,
		SLOs:      []metric.SLO{{Tag: metric.TTFT, Limit: 300}, {Tag: metric.ITL, Limit: 25}},
		StartWall: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
}

func (r *Run) live(tag metric.Tag, at time.Duration, base, limit, within float64) snap.Live {
	d, _ := r.Reg.Lookup(tag)
	seed := uint64(slices.Index(shown, tag)) + 20
	l := snap.Live{Def: d, Now: wave(seed, at, base, 0.03, 0.02), Avg: wave(seed+10, at, base*1.03, 0.002, 0.001), P50: base,
		P90: wave(seed+20, at, base*1.31, 0.002, 0.001), P99: wave(seed+30, at, base*2.6, 0.01, 0.004), Min: base * 0.6, Max: base * 4.1,
		Count: int64(at.Seconds() * 12), SLO: limit, Within: within}
	for t := max(0, at-32*time.Second); t < at; t += time.Second {
		l.Trend = append(l.Trend, wave(seed+40, t.Truncate(time.Second), base, 0.04, 0.1))
	}
	return l
}

func (r *Run) history(s *snap.Snapshot, at time.Duration) {
	width := 500 * time.Millisecond
	for at/width > time.Duration(r.Points) {
		width *= 2
	}
	s.SeriesWidth = width
	k := r.Scale
	for t := time.Duration(0); t+width <= at; t += width {
		stall := 1.0
		if t%(64*time.Second) < width && t > 0 {
			stall = 6
		}
		s.Series = append(s.Series, snap.Point{At: t,
			TTFT50: wave(61, t, 180*k, 0.03, 0.02), TTFT90: wave(62, t, 241*k, 0.04, 0.06), TTFT99: wave(63, t, 430*k, 0.1, 0.3) * math.Sqrt(stall),
			ITL50: wave(64, t, 18*k, 0.02, 0.01), ITL90: wave(65, t, 21*k, 0.03, 0.05), ITL99: wave(66, t, 31*k, 0.05, 0.2) * stall,
			Latency50: wave(67, t, 2660*k, 0.02, 0.02), Latency99: wave(68, t, 4400*k, 0.05, 0.1) * math.Sqrt(stall),
			Requests: wave(69, t, 12.3*k, 0.02, 0.1), OutputTokens: wave(70, t, 3500*k, 0.02, 0.05), InFlight: 63 * k})
		p := &s.Series[len(s.Series)-1]
		late := 40 * k * (1 + math.Sin(float64(t)/20e9))     // waiting in this client comes and goes
		for _, at := range []time.Duration{20, 40, 61, 96} { // as the lists have them, and more
			if at *= time.Second; at >= t && at < t+width {
				p.Errors++
			}
		}
		p.FeltTTFT50, p.FeltTTFT90, p.FeltTTFT99 = p.TTFT50+late, p.TTFT90+late, p.TTFT99+2*late
		p.FeltLatency50, p.FeltLatency99 = p.Latency50+late, p.Latency99+2*late
	}
}

// Starting is a run before its first request.
func Starting() *snap.Snapshot {
	s := blank()
	s.State, s.At, s.Doing = snap.Starting, 2*time.Second, "waiting for the model: http://gpu-box:8000/v1/models does not answer yet"
	return s
}

// NoData is a running phase without any answer yet.
func NoData() *snap.Snapshot {
	s := blank()
	s.State, s.At = snap.Running, 3*time.Second
	s.Phase = snap.Phase{Name: "profiling", Kind: "profiling", Count: 1, Elapsed: time.Second, Target: 1000, Progress: 0, ETA: -1}
	s.InFlight, s.Sent = 64, 64
	s.Client.Verdict = "OK"
	return s
}

// blank has every number unknown.
func blank() *snap.Snapshot {
	nan := math.NaN()
	s := &snap.Snapshot{Run: Info(), Phase: snap.Phase{Progress: nan, ETA: -1}, Settings: settings()}
	none := snap.Rates{Requests: nan, OutputTokens: nan, InputTokens: nan, Errors: nan, Goodput: nan, GoodShare: nan}
	s.Rates, s.Totals = none, none
	s.Client = snap.Client{SendLagP50: nan, SendLagP99: nan, SendLagMax: nan, ReadLagP50: nan, ReadLagP99: nan, ReadLagMax: nan, EqualStamps: nan, CPU: nan, GCPauseMax: nan}
	reg := metric.Builtin()
	for _, tag := range shown {
		d, _ := reg.Lookup(tag)
		s.Live = append(s.Live, snap.Live{Def: d, Now: nan, Avg: nan, P50: nan, P90: nan, P99: nan, Min: nan, Max: nan, SLO: nan, Within: nan})
	}
	return s
}

// Draining is the run after it stopped sending.
func Draining() *snap.Snapshot {
	s := New().At(planned)
	s.State, s.InFlight, s.Phase.ETA = snap.Draining, 17, -1
	return s
}

// Done is the finished run with its files.
func Done() *snap.Snapshot {
	s := New().At(planned + 3*time.Second)
	s.State, s.InFlight, s.Phase.Elapsed, s.Phase.Progress, s.Phase.ETA = snap.Done, 0, planned, 1, -1
	s.Verdict = "4 of 4 objectives met, 97.6 % of requests good, 12 errors (0.3 %), client OK"
	s.Final = &stats.Summary{}
	for _, l := range s.Live {
		st := stats.Stat{Def: l.Def, Avg: l.Avg, Min: l.Min, Max: l.Max, Count: s.Done}
		for i, p := range stats.Percentiles {
			st.P[i] = l.P50 * (0.6 + p/60)
		}
		s.Final.Stats = append(s.Final.Stats, st)
	}
	for i, n := range []string{"profile_export_aiperf.json", "profile_export_aiperf.csv", "profile_export.jsonl", "profile_export_timeslices.csv",
		"profile_export_timeslices.json", "profile_export_raw.jsonl", "run.log"} {
		s.Files = append(s.Files, snap.File{Name: n, Bytes: int64(3210 * math.Pow(9, float64(i)/1.5))})
	}
	return s
}

// Failed is a run that could not begin.
func Failed() *snap.Snapshot {
	s := blank()
	s.State, s.At = snap.Failed, 31*time.Second
	s.Verdict = "cannot reach http://gpu-box:8000/v1/chat/completions: connection refused. Is the server up?"
	s.Errors = 640
	s.ErrorGroups = []snap.ErrorGroup{
		{Kind: "refused", Message: "dial tcp 10.0.0.7:8000: connect: connection refused", Count: 600, LastAt: 30 * time.Second},
		{Kind: "http_5xx", Code: 503, Message: "model is loading", Sample: `{"error":{"message":"model is loading","type":"unavailable","code":503}}`, Count: 40, LastAt: 12 * time.Second},
	}
	return s
}

// Huge has numbers in the millions and names that are too long.
func Huge() *snap.Snapshot {
	r := New()
	r.Scale = 1e6
	s := r.At(72 * time.Second)
	s.Run.Model = "阿里巴巴通义千问/超大规模语言模型-指令微调-第三版-235B-A22B-Instruct-2507"
	s.Run.Host = "inference.a-very-long-department-name.cluster-7.internal.example.com:30443"
	s.Run.Name = "nightly regression with all options and a long name"
	s.Run.Load = "poisson 25,000,000 req/s with a ramp of 30 s and a cap of 64,000,000"
	s.Errors, s.Queued = 123_456_789, 1_234_567
	s.ErrorGroups = nil
	for i := range 30 {
		s.ErrorGroups = append(s.ErrorGroups, snap.ErrorGroup{Kind: fmt.Sprintf("kind-%d", i), Code: 500 + i, Count: 4_115_226, LastAt: s.At,
			Message: "\x1b[2Jerror \x07with control characters,\na new line, 漢字 and e\u0301 " + fmt.Sprint(i)})
	}
	s.Client.Verdict, s.Client.Reason = "SATURATED", "this process uses 1.94 of 2 cores; the numbers include its own delay"
	return s
}
