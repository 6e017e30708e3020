package engine

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/record"
	"tacho/engine/schedule"
)

// logged is one request as a server saw it. Times are on the axis of package
// record, of this same process.
type logged struct {
	arrived, left int64
	body          int
	gone          bool // the client hung up before the answer was complete
}

// logServer writes down when requests come, and answers after a wait for the
// first token and another for the rest.
type logServer struct {
	first, rest time.Duration

	mu       sync.Mutex
	list     []*logged
	prefills int // requests without a first token yet
	most     int // the largest number of them
}

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l := &logged{arrived: record.Now()}
	s.mu.Lock()
	s.list = append(s.list, l)
	s.prefills++
	s.most = max(s.most, s.prefills)
	s.mu.Unlock()
	b, _ := io.ReadAll(r.Body)
	wait := func(d time.Duration) bool {
		select {
		case <-time.After(d):
			return true
		case <-r.Context().Done():
			return false
		}
	}
	answered := wait(s.first)
	s.mu.Lock()
	s.prefills--
	s.mu.Unlock()
	if answered {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n")
		w.(http.Flusher).Flush()
		if answered = wait(s.rest); answered {
			_, _ = io.WriteString(w, "data: [DONE]\n\n")
		}
	}
	s.mu.Lock()
	l.left, l.body, l.gone = record.Now(), len(b), !answered
	s.mu.Unlock()
}

// against runs phases against the server and returns what it saw, in order.
func (s *logServer) against(t *testing.T, phases ...PhasePlan) (*bench, *Result) {
	t.Helper()
	srv := httptest.NewServer(s)
	defer srv.Close()
	b := newBenchAt(t, nil, srv.URL, phases...)
	b.plan.Cancels = random.Seeded(9).Stream("timing.request.cancellation")
	return b, b.run(t, t.Context(), NewControl())
}

// A request never leaves before it is due, and due times are those of the
// process to the nanosecond, whatever the machine does meanwhile.
func TestSendsKeepToTheProcess(t *testing.T) {
	t.Parallel()
	make := func() *schedule.Renewal {
		a, err := schedule.Poisson(300, random.Seeded(4).Stream("timing.request.poisson_interval"))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	s := &logServer{}
	b, res := s.against(t, PhasePlan{Arrivals: make(), Rate: 300, Requests: 150})
	want := make()
	if len(b.sink.list) != 150 || len(s.list) != 150 {
		t.Fatalf("%d rows, the server saw %d; want 150", len(b.sink.list), len(s.list))
	}
	for i, r := range b.byDue() {
		at, _ := want.Next()
		if due := time.Duration(r.DueNS - res.Phases[0].StartNS); due != at {
			t.Fatalf("request %d is due at %v, the process says %v", i, due, at)
		}
		if r.StartNS < r.DueNS {
			t.Errorf("request %d left %v early", i, time.Duration(r.DueNS-r.StartNS))
		}
	}
	// The n-th to arrive cannot come before the n-th is due.
	slices.SortFunc(s.list, func(a, b *logged) int { return cmp.Compare(a.arrived, b.arrived) })
	for i, r := range b.byDue() {
		if early := r.DueNS - record.Wall(s.list[i].arrived); early > 0 {
			t.Errorf("the server saw request %d %v before it was due", i, time.Duration(early))
		}
	}
}

// However requests come, no more than the limit of them wait for their first
// token, by the server's own count.
func TestServerSeesThePrefillLimit(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(500)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"closed": {Concurrency: 6, Requests: 30, Prefill: 2},
		"rate":   {Arrivals: arrivals, Rate: 500, Requests: 30, Prefill: 2},
		"trace":  {Starts: at(0, 0, 0, 0, 1, 1, 1, 1), Prefill: 2},
		"ramp":   {Concurrency: 6, Requests: 30, Prefill: 3, PrefillRamp: 150 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			s := &logServer{first: 10 * time.Millisecond, rest: 20 * time.Millisecond}
			b, res := s.against(t, p)
			if s.most > p.Prefill {
				t.Errorf("%d requests waited for their first token at once, want at most %d", s.most, p.Prefill)
			}
			if most := mostInFlight(b.sink.list); most <= p.Prefill && name != "trace" {
				t.Errorf("%d requests in flight: the limit is not on all of them", most)
			}
			if p.PrefillRamp == 0 {
				return
			}
			for i, l := range s.list[:2] { // one at a time at the beginning
				if later := s.list[i+1]; record.Wall(l.arrived) < res.Phases[0].StartNS+int64(50*time.Millisecond) && later.arrived-l.arrived < int64(s.first) {
					t.Errorf("request %d came %v after the one before: the ramp begins with 1", i+1, time.Duration(later.arrived-l.arrived))
				}
			}
		})
	}
}

// A ramp never lets more through than it has come to.
func TestServerSeesTheConcurrencyRamp(t *testing.T) {
	t.Parallel()
	const over, top = 800 * time.Millisecond, 5
	s := &logServer{first: 15 * time.Millisecond}
	b, res := s.against(t, PhasePlan{Concurrency: top, ConcurrencyRamp: over, Duration: time.Second, Grace: time.Second})
	for _, r := range b.sink.list {
		at := time.Duration(r.StartNS - res.Phases[0].StartNS)
		allowed := min(1+int(at*(top-1)/over), top)
		n := 0
		for _, o := range b.sink.list {
			if o.StartNS <= r.StartNS && r.StartNS < o.EndNS {
				n++
			}
		}
		if n > allowed {
			t.Errorf("%d in flight %v after the start, the ramp allows %d", n, at, allowed)
		}
	}
	if most := mostInFlight(b.sink.list); most != top {
		t.Errorf("at most %d in flight, want %d in the end", most, top)
	}
}

// Planned hang-ups come after the whole request was sent; each is a record with
// AIPerf's code and counts as an error. A warm-up has none, and a delay longer
// than the answer changes nothing.
func TestServerSeesPlannedHangUps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after     time.Duration
		cancelled bool
	}{"at once": {0, true}, "after a while": {30 * time.Millisecond, true}, "too late": {time.Minute, false}} {
		t.Run(name, func(t *testing.T) {
			s := &logServer{first: 400 * time.Millisecond}
			if !c.cancelled {
				s.first = 10 * time.Millisecond
			}
			b, res := s.against(t,
				PhasePlan{Phase: record.Phase{Name: "warmup", Kind: record.Warmup}, Concurrency: 2, Requests: 2, Grace: forever},
				PhasePlan{Concurrency: 8, Requests: 40, CancelShare: 0.5, CancelAfter: c.after})
			if res.Phases[0].Failed != 0 {
				t.Error("a warm-up request was given up")
			}
			n := 0
			for _, r := range b.sink.list {
				if r.Cancelled {
					n++
				}
				if r.Cancelled != (r.Err != nil) || r.Cancelled && (r.Err.Code != 499 || r.Err.Type != "RequestCancellationError") {
					t.Errorf("cancelled %v: %+v", r.Cancelled, r.Err)
				}
			}
			if int64(n) != res.Measured.Failed || c.cancelled && (n < 8 || n > 32) || !c.cancelled && n > 0 {
				t.Errorf("%d of 40 were given up, %d failed", n, res.Measured.Failed)
			}
			if len(s.list) != 42 {
				t.Errorf("the server saw %d requests, want all 42", len(s.list))
			}
			gone := 0
			for _, l := range s.list {
				if l.body == 0 {
					t.Error("a request came without its body")
				}
				if l.gone {
					gone++
				}
			}
			if gone > n {
				t.Errorf("the server saw %d hang-ups of %d", gone, n)
			}
		})
	}
}

// At its duration a phase sends no more; answers within the grace time count in
// full, and what is cut after it leaves no record.
func TestServerSeesTheDuration(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(20)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"closed": {Concurrency: 3},
		"rate":   {Arrivals: arrivals, Rate: 20},
		"users":  {Users: users(t, 20, 3, 2)},
		"trace":  {Starts: at(0, 100, 200, 300, 5000)},
	} {
		for _, grace := range []time.Duration{0, 5 * time.Second} {
			p := p
			p.Duration, p.Grace = 400*time.Millisecond, grace
			if p.Arrivals != nil {
				if p.Arrivals, err = schedule.Constant(20); err != nil {
					t.Fatal(err)
				}
			}
			if p.Users != nil {
				p.Users = users(t, 20, 3, 2)
			}
			s := &logServer{first: 300 * time.Millisecond}
			b, res := s.against(t, p)
			for _, l := range s.list {
				if at := time.Duration(record.Wall(l.arrived) - res.Phases[0].StartNS); at > p.Duration+time.Second {
					t.Errorf("%s, grace %v: a request came %v after the start", name, grace, at)
				}
			}
			ph := res.Phases[0]
			if int(ph.CutOff)+len(b.sink.list) != len(s.list) || ph.Failed != 0 {
				t.Errorf("%s, grace %v: %d records and %d cut of %d", name, grace, len(b.sink.list), ph.CutOff, len(s.list))
			}
			if grace > 0 && ph.CutOff != 0 || grace == 0 && ph.CutOff == 0 {
				t.Errorf("%s, grace %v: %d were cut", name, grace, ph.CutOff)
			}
		}
	}
}

// What a session says goes on where it was, in every mode.
func TestTurnsInEveryMode(t *testing.T) {
	arrivals, err := schedule.Constant(200)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"closed": {Concurrency: 3, Sessions: 5},
		"rate":   {Arrivals: arrivals, Rate: 200, Sessions: 5},
		"users":  {Users: users(t, 200, 3, 3), Sessions: 5},
		"trace":  {Starts: at(0, 1, 2, 3, 4)},
	} {
		s := &logServer{first: 5 * time.Millisecond}
		srv := httptest.NewServer(s)
		b := newBenchAt(t, nil, srv.URL, p).talk(t, 0)
		b.run(t, t.Context(), NewControl())
		srv.Close()
		last := map[string]*metric.Row{}
		for _, r := range b.byDue() {
			before := last[r.CorrelationID]
			if before == nil && r.Turn != 0 || before != nil && (r.Turn != before.Turn+1 || r.StartNS < before.EndNS) {
				t.Errorf("%s: turn %d of session %s", name, r.Turn, r.CorrelationID)
			}
			last[r.CorrelationID] = r
		}
		if len(last) != 5 {
			t.Errorf("%s: %d sessions, want 5", name, len(last))
		}
	}
}
