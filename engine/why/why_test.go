package why

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/snap"
)

// healthy is a run without a fault, of 240 requests in as many seconds.
func healthy(rnd *rand.Rand) *snap.Snapshot {
	s := &snap.Snapshot{Requests: &snap.Requests{}, SeriesWidth: time.Second, SensorWidth: time.Second, RTT: 0.4, Servers: []snap.ServerState{{Queue: 1.5}}}
	const n = 240
	for i := range n {
		at := time.Duration(i) * time.Second
		ttft := 150 * math.Exp(0.15*rnd.NormFloat64())
		q := &snap.Request{Num: int64(i), Turn: i % 3, Start: at, Wire: at, Due: at - time.Duration(rnd.IntN(200))*time.Microsecond,
			TTFT: ttft, ISL: 480 + rnd.IntN(64), OSL: 100, ITL: 18, Latency: ttft + 1800}
		s.Requests.Recent = append(s.Requests.Recent, q)
		s.Sensors = append(s.Sensors, snap.SensorPoint{At: at})
		s.Series = append(s.Series, snap.Point{At: at, InFlight: 16 + rnd.Float64(), TTFT50: ttft})
	}
	return s
}

// settle makes the moments and lists agree with the times.
func settle(s *snap.Snapshot) {
	for i, q := range s.Requests.Recent {
		q.First, q.End = q.Start+time.Duration(q.TTFT*1e6), q.Start+time.Duration(q.Latency*1e6)
		s.Series[i].TTFT50 = q.TTFT
	}
	s.Requests.Slowest = slices.Clone(s.Requests.Recent)
	slices.SortFunc(s.Requests.Slowest, func(a, b *snap.Request) int { return int(b.TTFT - a.TTFT) })
	s.Requests.Slowest = s.Requests.Slowest[:50]
}

// faults are put into a healthy run one at a time; each has the name of its cause.
var faults = map[string]func(s *snap.Snapshot, rnd *rand.Rand){
	"this client, or its cap, is late": func(s *snap.Snapshot, rnd *rand.Rand) {
		for _, q := range s.Requests.Recent {
			q.Due = q.Start - time.Duration((300+rnd.ExpFloat64()*100)*1e6)
		}
	},
	"new connections": func(s *snap.Snapshot, rnd *rand.Rand) {
		for _, q := range s.Requests.Recent {
			q.Connect = time.Duration((180 + 40*rnd.Float64()) * 1e6)
		}
	},
	"a queue in the server": func(s *snap.Snapshot, rnd *rand.Rand) {
		s.Servers = nil // the page tells how many wait, not how long
		for i, q := range s.Requests.Recent {
			if i%20 < 4 { // now and then
				q.TTFT += 300 + 100*rnd.Float64()
				s.Sensors[i].Waiting = 3
			}
		}
	},
	"long prompts": func(s *snap.Snapshot, rnd *rand.Rand) {
		for _, q := range s.Requests.Recent {
			q.ISL = 100 + rnd.IntN(4000)
			q.TTFT += 0.1 * float64(q.ISL)
		}
	},
	"a cold prefix cache": func(s *snap.Snapshot, _ *rand.Rand) {
		for _, q := range s.Requests.Recent {
			if q.Turn == 0 {
				q.TTFT *= 3.5
			}
		}
	},
	"stalls of the whole batch": func(s *snap.Snapshot, _ *rand.Rand) {
		for i, q := range s.Requests.Recent {
			if i%30 == 10 {
				q.TTFT += 900
				s.Marks = append(s.Marks, snap.Mark{Kind: snap.MarkStall, At: q.Start + 500*time.Millisecond})
			}
		}
	},
	"more load": func(s *snap.Snapshot, _ *rand.Rand) {
		for i, q := range s.Requests.Recent {
			s.Series[i].InFlight = 4 + float64(i)/4
			q.TTFT *= 1 + float64(i)/100
		}
	},
	"the network": func(s *snap.Snapshot, _ *rand.Rand) {
		s.RTT = 130
		for _, q := range s.Requests.Recent {
			q.TTFT += 100
		}
	},
}

// TestFaultsAreNamed: with one fault in a run, the first cause is that one, in at
// least nine of ten runs; with none, nothing stands out.
func TestFaultsAreNamed(t *testing.T) {
	faults["nothing"] = func(*snap.Snapshot, *rand.Rand) {}
	for name, inject := range faults {
		right := 0
		var wrong []string
		for seed := range uint64(10) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			s := healthy(rnd)
			inject(s, rnd)
			settle(s)
			r := Rank(s, nil)
			got := "nothing"
			if top := r.Causes[0]; top.Word() == StandsOut || top.Word() == PlaysPart {
				got = top.Name
			}
			if got == name {
				right++
			} else {
				wrong = append(wrong, fmt.Sprintf("%s (%+v)", got, r.Causes[:3]))
			}
		}
		if right < 9 {
			t.Errorf("%s was named in %d of 10 runs, else %q", name, right, wrong)
		}
	}
}

// TestUnknownIsSaid: a run that tells little is not blamed for it, and one with too
// few requests has no ranking.
func TestUnknownIsSaid(t *testing.T) {
	s := healthy(rand.New(rand.NewPCG(1, 1)))
	settle(s)
	s.Sensors, s.Servers, s.RTT = nil, nil, 0
	for _, q := range s.Requests.Recent {
		q.Due, q.Turn, q.ISL = -1, 0, 500
	}
	r := Rank(s, nil)
	unknown := 0
	for i := range r.Causes {
		if c := &r.Causes[i]; c.Word() == Unknown {
			unknown++
		} else if c.Word() != No {
			t.Errorf("%s %s: %s", c.Name, c.Word(), c.Evidence)
		}
	}
	if unknown != 6 {
		t.Errorf("%d causes are not known, want 6: %+v", unknown, r.Causes)
	}
	s.Requests.Recent = s.Requests.Recent[:5]
	if r := Rank(s, nil); r.Causes != nil {
		t.Errorf("five requests have a ranking: %+v", r.Causes)
	}
	if r := Rank(&snap.Snapshot{}, nil); r.Causes != nil || r.Seen != 0 {
		t.Errorf("no requests: %+v", r)
	}
}

// TestAnswersInOnePiece are judged by their latency.
func TestAnswersInOnePiece(t *testing.T) {
	s := healthy(rand.New(rand.NewPCG(2, 1)))
	for i, q := range s.Requests.Recent {
		q.Latency = q.TTFT + float64(10*(i%7))
		q.ISL = 100 * (1 + i%7)
		q.TTFT = math.NaN()
	}
	settle(s)
	r := Rank(s, nil)
	if r.Streamed || len(r.Causes) == 0 || !strings.HasPrefix(r.Causes[0].Evidence, "latency ") {
		t.Errorf("%+v", r)
	}
}

// TestQueueThatFewMeet: the server's mean over all requests is small, and yet it is
// what the slow ones waited for.
func TestQueueThatFewMeet(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	s := healthy(rnd)
	waited := 0.0
	for i, q := range s.Requests.Recent {
		if i%10 == 0 {
			q.TTFT += 400
			s.Sensors[i].Waiting = 3
			waited += 400
		}
	}
	s.Servers[0].Queue = waited / float64(len(s.Requests.Recent))
	settle(s)
	if r := Rank(s, nil); r.Causes[0].Name != "a queue in the server" || r.Causes[0].Word() != StandsOut {
		t.Errorf("%+v", r.Causes[0])
	}
	s.Servers[0].Queue /= 20 // others waited, but hardly
	if r := Rank(s, nil); r.Causes[0].Word() != No {
		t.Errorf("%+v", r.Causes[0])
	}
}
