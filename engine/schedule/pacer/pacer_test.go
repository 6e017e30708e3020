package pacer

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tacho/engine/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// variants are all ways to wait: the system's best, Go's timers, and both with
// a spin tail.
func variants() map[string]*Pacer {
	spin := int64(SpinTail)
	return map[string]*Pacer{
		"system":     New(Options{}),
		"spin":       New(Options{Spin: SpinTail}),
		"timer":      {sleep: newTimer()},
		"timer spin": {sleep: newTimer(), spinNS: spin},
	}
}

func TestNeverEarly(t *testing.T) {
	for name, p := range variants() {
		t.Run(name, func(t *testing.T) {
			defer p.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			start := record.Now()
			for i, after := range []time.Duration{0, 50 * time.Microsecond, time.Millisecond, 4 * time.Millisecond, 4 * time.Millisecond, 10 * time.Millisecond} {
				due := start + int64(after)
				woke, err := p.WaitUntil(ctx, due)
				if err != nil || woke < due || woke > record.Now() {
					t.Errorf("wait %d: woke %d after the due time, error %v", i, woke-due, err)
				}
			}
			if woke, err := p.WaitUntil(ctx, start-int64(time.Hour)); err != nil || woke < start {
				t.Errorf("a past due time: %d, %v", woke, err)
			}
		})
	}
}

func TestContextEndsWait(t *testing.T) {
	for name, p := range variants() {
		t.Run(name, func(t *testing.T) {
			defer p.Close()
			for range 3 { // and a wait after it is as good as the first
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
				_, err := p.WaitUntil(ctx, record.Now()+int64(time.Hour))
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("error %v, want the context's", err)
				}
				if _, err := p.WaitUntil(ctx, record.Now()+int64(time.Hour)); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("error %v on an ended context", err)
				}
				due := record.Now() + int64(3*time.Millisecond)
				if woke, err := p.WaitUntil(t.Context(), due); err != nil || woke < due {
					t.Fatalf("the next wait: woke %d, error %v", woke-due, err)
				}
			}
		})
	}
}

func TestCloseEndsWait(t *testing.T) {
	for name, p := range variants() {
		t.Run(name, func(t *testing.T) {
			done := make(chan error)
			go func() {
				_, err := p.WaitUntil(t.Context(), record.Now()+int64(time.Hour))
				done <- err
			}()
			time.Sleep(5 * time.Millisecond)
			p.Close()
			if err := <-done; !errors.Is(err, ErrClosed) {
				t.Errorf("error %v, want ErrClosed", err)
			}
			p.Close()
			if _, err := p.WaitUntil(t.Context(), record.Now()+int64(time.Hour)); !errors.Is(err, ErrClosed) {
				t.Errorf("error %v on a closed pacer", err)
			}
		})
	}
}
