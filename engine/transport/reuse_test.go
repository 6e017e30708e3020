package transport

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// connServer answers with JSON and tells which connections it saw.
type connServer struct {
	mu     sync.Mutex
	conns  []string // of each request
	closes []bool   // whether the client asked to close
	status int
}

func (s *connServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	s.conns = append(s.conns, r.RemoteAddr)
	s.closes = append(s.closes, r.Close)
	status := s.status
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(max(status, 200))
	io.WriteString(w, "{}")
}

// seen returns the connection of each request, and whether it asked to close.
func (s *connServer) seen() (conns []string, closes []bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.conns), slices.Clone(s.closes)
}

// waitOpen waits for the number of open connections, which falls a little
// after a response has ended.
func waitOpen(t *testing.T, c *Client, want int64) {
	t.Helper()
	for range 200 {
		if c.Counters().OpenConns == want {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d connections are open, want %d", c.Counters().OpenConns, want)
}

func TestReuseStrategies(t *testing.T) {
	type req struct {
		key  string
		last bool
	}
	for _, c := range []struct {
		reuse   Reuse
		reqs    []req
		same    [][]int // requests that share a connection, by index
		dials   int64
		open    int64
		closing bool
	}{
		{Pooled, []req{{"a", false}, {"b", true}, {"a", false}}, [][]int{{0, 1, 2}}, 1, 1, false},
		{Never, []req{{"a", false}, {"a", false}, {"a", false}}, [][]int{{0}, {1}, {2}}, 3, 0, true},
		{Sticky, []req{{"a", false}, {"b", false}, {"a", false}, {"b", true}, {"a", false}, {"b", false}},
			[][]int{{0, 2, 4}, {1, 3}, {5}}, 3, 2, false},
	} {
		t.Run(c.reuse.String(), func(t *testing.T) {
			s := new(connServer)
			url := testServer(t, s).URL
			cl := newClient(t, Options{Reuse: c.reuse})
			for i, q := range c.reqs {
				var g got
				r := cl.Do(t.Context(), &Request{URL: url, Body: []byte("{}"), ConnKey: q.key, LastOfKey: q.last}, &g)
				conns, closes := s.seen()
				if r.Err != nil || len(g.bodies) != 1 || string(g.bodies[0].Data) != "{}" || closes[i] != c.closing {
					t.Fatalf("request %d: %+v, %d bodies, close %v", i, r, len(g.bodies), closes[i])
				}
				if b := g.bodies[0]; b.AtNS == 0 || b.AtNS != r.Trace.LastBodyNS || b.UserNS < b.AtNS {
					t.Errorf("request %d: body at %d, user %d, trace %+v", i, b.AtNS, b.UserNS, r.Trace)
				}
				if r.Trace.Local != conns[i] || r.Trace.Reused && r.Trace.SetupNS() != 0 {
					t.Errorf("request %d came from %s, trace %+v", i, conns[i], r.Trace)
				}
			}
			group := map[int]int{}
			for g, members := range c.same {
				for _, m := range members {
					group[m] = g
				}
			}
			conns, _ := s.seen()
			for i := range conns {
				for j := range i {
					if (conns[i] == conns[j]) != (group[i] == group[j]) {
						t.Errorf("requests %d and %d: connections %s and %s", j, i, conns[j], conns[i])
					}
				}
			}
			if n := cl.Counters(); n.Dials != c.dials || n.DialErrors != 0 {
				t.Errorf("%d dials, want %d", n.Dials, c.dials)
			}
			waitOpen(t, cl, c.open)
			cl.sticky.drop("a")
			if c.reuse == Sticky {
				waitOpen(t, cl, c.open-1)
			}
		})
	}
}

// TestStickyDropsAfterError wants a new connection for a conversation whose
// last request failed, though the server kept the old one open.
func TestStickyDropsAfterError(t *testing.T) {
	s := &connServer{status: 500}
	url := testServer(t, s).URL
	cl := newClient(t, Options{Reuse: Sticky})
	for range 2 {
		cl.Do(t.Context(), &Request{URL: url, Body: []byte("{}"), ConnKey: "a"}, &got{})
	}
	if conns, _ := s.seen(); conns[0] == conns[1] {
		t.Error("a failed request's connection was used again")
	}
	waitOpen(t, cl, 0)
}

// TestPoolScales holds many requests in flight at once, twice: the second wave
// must find all connections of the first.
func TestPoolScales(t *testing.T) {
	const width = 150
	for _, o := range []Options{{}, {Clock: Fast}} {
		var wave sync.WaitGroup
		url := testServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			wave.Done()
			wave.Wait() // until the wave is complete
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range 5 {
				fmt.Fprintf(w, "data: %d\n\n", i)
				w.(http.Flusher).Flush()
			}
		})).URL
		cl := newClient(t, o)
		stop := make(chan struct{})
		var sampler sync.WaitGroup
		sampler.Go(func() { // as the engine samples, for the race detector
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					cl.Counters()
				}
			}
		})
		var reused [2]atomic.Int64
		for i := range 2 {
			wave.Add(width)
			var clients sync.WaitGroup
			for range width {
				clients.Go(func() {
					var g got
					r := post(cl, url, &g)
					if r.Trace.Reused {
						reused[i].Add(1)
					}
					if r.Err != nil || len(g.events) != 5 || (r.Trace.SetupNS() > 0) == r.Trace.Reused {
						t.Errorf("wave %d: %d events, %v, %+v", i, len(g.events), r.Err, r.Trace)
					}
				})
			}
			clients.Wait()
		}
		close(stop)
		sampler.Wait()
		// On a starved machine net/http gives up a connection whose writing
		// goroutine is more than 50 ms late to say that it is done.
		n := cl.Counters()
		if reused[0].Load() != 0 || reused[1].Load() < width*8/10 {
			t.Errorf("%d and %d of %d connections were used again", reused[0].Load(), reused[1].Load(), width)
		}
		if n.Dials != 2*width-reused[1].Load() || n.OpenConns > n.Dials || n.ContentEvents != 2*5*width || n.DialsNow != 0 {
			t.Errorf("counters %d dials, %d open, %d events", n.Dials, n.OpenConns, n.ContentEvents)
		}
	}
}

// TestMaxConnsBlocks wants the wait for a slot under a bound to show. The second
// request begins while the first is in the server's hands.
func TestMaxConnsBlocks(t *testing.T) {
	const hold = 100 * time.Millisecond
	began := make(chan struct{}, 2)
	url := testServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		began <- struct{}{}
		time.Sleep(hold)
	})).URL
	cl := newClient(t, Options{MaxConns: 1})
	var first sync.WaitGroup
	first.Go(func() { post(cl, url, &got{}) })
	<-began
	r := post(cl, url, &got{})
	first.Wait()
	if blocked := r.Trace.BlockedNS(); blocked < int64(time.Millisecond) || r.Trace.LateNS() < blocked || cl.Counters().Dials != 1 {
		t.Errorf("blocked for %v, late by %v, %d dials", time.Duration(blocked), time.Duration(r.Trace.LateNS()), cl.Counters().Dials)
	}
}

// TestDeadIdleConnection lets a server close connections that the pool keeps: a
// request that could not be written goes on a new one.
func TestDeadIdleConnection(t *testing.T) {
	s := new(connServer)
	srv := testServer(t, s)
	cl := newClient(t, Options{})
	for i := range 5 {
		r := post(cl, srv.URL, &got{})
		if r.Err != nil || r.Trace.Attempts != 1 || r.Trace.Reused {
			t.Fatalf("request %d: %v, %+v", i, r.Err, r.Trace)
		}
		srv.CloseClientConnections()
		waitOpen(t, cl, 0)
	}
}

func TestCloseEndsConnections(t *testing.T) {
	srv := testServer(t, sseServer(1, 0))
	for _, o := range []Options{{}, {Reuse: Sticky}} {
		cl := newClient(t, o)
		if r := post(cl, srv.URL, &got{}); r.Err != nil {
			t.Fatal(r.Err)
		}
		cl.Close()
		if n := cl.Counters().OpenConns; n != 0 {
			t.Errorf("%d connections after Close", n)
		}
		if r := post(cl, srv.URL, &got{}); r.Err == nil {
			t.Error("a closed client sent a request")
		}
		if cl.ClockSource() != userSource {
			t.Error("a closed client claims kernel stamps")
		}
	}
}
