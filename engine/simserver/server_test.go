package simserver

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// TestStopCutsOpenStreams checks both ways to stop; that no goroutine stays is
// checked by TestMain.
func TestStopCutsOpenStreams(t *testing.T) {
	for name, timing := range map[string]Config{
		"engine": Fast(), "script": Exact(time.Millisecond, time.Hour, 5), "firehose": Unpaced(8, 16),
	} {
		for _, how := range []string{"close", "context"} {
			t.Run(name+" "+how, func(t *testing.T) {
				s := New(timing)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				served := make(chan error, 1)
				ln := listen(t)
				go func() { served <- s.Serve(ctx, ln) }()
				eventually(t, "listening", func() bool { return s.URL() != "" })
				var wg sync.WaitGroup
				stopped := make(chan struct{})
				for _, model := range []string{"m", "m", "fault-hang", "fault-hang-mid"} {
					c, err := net.Dial("tcp", ln.Addr().String())
					if err != nil {
						t.Fatal(err)
					}
					if _, err := c.Write([]byte(post("/v1/chat/completions", chatBody(model, 100_000, streaming)))); err != nil {
						t.Fatal(err)
					}
					wg.Go(func() { // reads nothing until it must be over
						defer func() { _ = c.Close() }()
						<-stopped
						_, _ = io.Copy(io.Discard, c)
					})
				}
				eventually(t, "requests in", func() bool { return s.requests.Load() == 4 })
				if how == "close" {
					s.Close()
				} else {
					cancel()
				}
				if err := <-served; err != nil {
					t.Errorf("Serve returned %v", err)
				}
				close(stopped)
				wg.Wait()
				s.Close()
			})
		}
	}
}

func TestServeErrors(t *testing.T) {
	s := start(t, Fast())
	if err := s.Serve(t.Context(), listen(t)); err == nil {
		t.Error("a second Serve is no error")
	}
	bad := New(Config{Timing: "never"})
	if err := bad.Serve(t.Context(), listen(t)); err == nil || !strings.Contains(err.Error(), `timing "never"`) {
		t.Errorf("Serve of a bad configuration: %v", err)
	}
	if _, err := Start(Config{GPUs: -1}); err == nil {
		t.Error("Start of a bad configuration is no error")
	}
	closed := listen(t)
	_ = closed.Close()
	if err := New(Fast()).Serve(t.Context(), closed); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve on a closed listener: %v", err)
	}
	late := New(Fast())
	late.Close()
	if err := late.Serve(t.Context(), listen(t)); err != nil {
		t.Errorf("Serve after Close: %v", err)
	}
}

func TestValidateNamesEveryProblem(t *testing.T) {
	cfg := Fast()
	cfg.Engine.MaxBatchTokens = 10
	cfg.Output.EarlyStop = 2
	cfg.Faults = []FaultRule{{Name: "typo"}, {Name: "cut", Percent: 300}}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	mustContain(t, "error", err.Error(), "max batch tokens 10", "early stop 2", `fault "typo"`, "fault cut: 300")
	for _, name := range Presets() {
		cfg, ok := Preset(name)
		if !ok || cfg.Validate() != nil {
			t.Errorf("preset %s: known %v, error %v", name, ok, cfg.Validate())
		}
	}
	if _, ok := Preset("nothing"); ok {
		t.Error("an unknown preset exists")
	}
}

func TestCongestionControl(t *testing.T) {
	s := start(t, Fast())
	get(t, s.URL()+"/health")
	if got := s.CongestionControl(); got != "reno" && got != "" {
		t.Errorf("congestion control %q, want reno", got)
	}
}

func TestTLSWithTheExposedPool(t *testing.T) {
	cfg := Fast()
	cfg.TLS = true
	s := start(t, cfg)
	if !strings.HasPrefix(s.URL(), "https://127.0.0.1:") {
		t.Errorf("URL %s", s.URL())
	}
	resp, text := do(t, s, "/v1/chat/completions", chatBody("m", 8, streaming), "")
	if resp.TLS == nil || resp.ProtoMajor != 1 {
		t.Errorf("TLS %v, protocol %s", resp.TLS != nil, resp.Proto)
	}
	normal(t, events(text))
}

func TestPacerKeepsOrder(t *testing.T) {
	p, err := newPacer(50 * time.Microsecond)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan int, 10)
	t0 := now()
	add := func(i int, at int64) {
		p.at(at, func(due int64) {
			if due != at || now() < at {
				t.Errorf("callback %d: due %d, want %d, now %d", i, due, at, now())
			}
			got <- i
		})
	}
	add(4, t0+40e6)
	add(3, t0+30e6)
	add(1, t0+10e6) // earlier than what the pacer sleeps for
	add(2, t0+10e6) // first in, first out
	add(0, t0-1)    // overdue
	p.at(t0+int64(time.Hour), func(int64) { t.Error("ran after close") })
	for want := range 5 {
		if i := <-got; i != want {
			t.Errorf("callback %d ran as number %d", i, want)
		}
	}
	p.close()
	p.close()
	p.at(now(), func(int64) { t.Error("ran after close") })
}
