package telemetry

import (
	"context"
	"errors"
	"math"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tacho/engine/record"
)

// RTTTarget is a server whose round trip is measured.
type RTTTarget struct {
	// URL is its address without secrets.
	URL, Host string
	Port      int
}

// RTTSample is one handshake.
type RTTSample struct {
	RTTTarget
	// AtNS is when it began, Unix nanoseconds; RTTNS how long it took.
	AtNS, RTTNS int64
	// Err is why there was none, nil otherwise.
	Err *record.Failure
}

// RTT measures the round trip to servers by TCP handshakes of its own, beside
// the requests, as AIPerf does. It keeps their mean and no samples.
type RTT struct {
	every, timeout time.Duration
	sink           func(RTTSample)
	cancel         context.CancelFunc
	wg             sync.WaitGroup
	once           sync.Once
	targets        []*rttTarget

	mu  sync.Mutex // guards what follows and calls of sink
	sum float64    // ns
	n   int
}

type rttTarget struct {
	RTTTarget
	address string // with the host resolved
	good    int    // guarded by RTT.mu
}

// What AIPerf does: at least so many handshakes per server, which are made up for
// within a time at the end of a short run.
const (
	rttLeast   = 5
	rttTopUp   = 3 * time.Second
	rttTimeout = 5 * time.Second
)

// StartRTT begins to measure, every so often; sink takes each handshake, one call
// at a time. Finish ends it.
func StartRTT(ctx context.Context, targets []RTTTarget, every time.Duration, sink func(RTTSample)) *RTT {
	ctx, cancel := context.WithCancel(ctx)
	r := &RTT{every: every, timeout: rttTimeout, sink: sink, cancel: cancel}
	for _, t := range targets {
		target := &rttTarget{RTTTarget: t, address: net.JoinHostPort(t.Host, strconv.Itoa(t.Port))}
		r.targets = append(r.targets, target)
		r.wg.Go(func() { r.watch(ctx, target) })
	}
	return r
}

// watch measures one server until ctx ends.
func (r *RTT) watch(ctx context.Context, t *rttTarget) {
	// Once, so that a handshake is all that is timed; if it fails, each looks
	// the name up.
	if ips, err := net.DefaultResolver.LookupHost(ctx, t.Host); err == nil && len(ips) > 0 {
		r.mu.Lock()
		t.address = net.JoinHostPort(ips[0], strconv.Itoa(t.Port))
		r.mu.Unlock()
	}
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for {
		r.probe(ctx, t)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// probe makes one handshake.
func (r *RTT) probe(ctx context.Context, t *rttTarget) {
	r.mu.Lock()
	address := t.address
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var d net.Dialer
	start := record.Now()
	conn, err := d.DialContext(ctx, "tcp", address)
	took := record.Now() - start
	if err == nil {
		_ = conn.Close() // nothing was sent
	} else if errors.Is(ctx.Err(), context.Canceled) {
		return // the run is over
	}
	s := RTTSample{RTTTarget: t.RTTTarget, AtNS: record.Wall(start), RTTNS: took, Err: handshakeFailure(err)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		t.good++
		r.sum += float64(took)
		r.n++
	}
	if r.sink != nil {
		r.sink(s)
	}
}

// handshakeFailure is an error under the names that AIPerf has for it.
func handshakeFailure(err error) *record.Failure {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ECONNREFUSED):
		return &record.Failure{Code: int(syscall.ECONNREFUSED), Type: "ConnectionRefusedError", Message: trouble(err)}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return &record.Failure{Type: "TimeoutError", Message: "TimeoutError()"}
	}
	return &record.Failure{Type: "OSError", Message: trouble(err)}
}

// Mean is the mean round trip so far in ms, NaN before the first.
func (r *RTT) Mean() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == 0 {
		return math.NaN()
	}
	return r.sum / float64(r.n) / 1e6
}

// Count is how many handshakes there were.
func (r *RTT) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// Finish makes up for handshakes that a short run had no time for, ends the
// measuring and returns the mean in ms, NaN without any. It may be called more
// than once.
func (r *RTT) Finish() float64 {
	r.once.Do(func() {
		r.cancel()
		r.wg.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), rttTopUp)
		defer cancel()
		for _, t := range r.targets {
			for range 2 * rttLeast {
				if ctx.Err() != nil || r.enough(t) {
					break
				}
				r.probe(ctx, t)
			}
		}
	})
	return r.Mean()
}

func (r *RTT) enough(t *rttTarget) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return t.good >= rttLeast
}
