package headless

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tacho/engine/snap"
	"tacho/views/viewtest"
)

// fake is a source whose run follows a script in fake time.
type fake struct {
	snap.Cell
	done chan struct{}
	err  error
}

func (f *fake) Done() <-chan struct{} { return f.done }
func (f *fake) Err() error            { return f.err }

// play publishes 20 s of a run, with two phases, a warning and an end.
func (f *fake) play(planned time.Duration) {
	r := viewtest.New()
	f.Publish(viewtest.Starting())
	time.Sleep(1950 * time.Millisecond) // never at the same moment as a look
	for at := time.Duration(0); at < 20*time.Second; at += 100 * time.Millisecond {
		s := r.At(at)
		s.Phase = snap.Phase{Name: "warm", Kind: "warmup", Count: 2, Elapsed: at, Planned: planned, Target: 60, Progress: at.Seconds() / 20, ETA: -1}
		if at >= 10*time.Second {
			s.Phase.Name, s.Phase.Kind, s.Phase.Index, s.Phase.Elapsed = "profiling", "profiling", 1, at-10*time.Second
		}
		if at >= 12*time.Second {
			s.Notices = append(s.Notices, snap.Notice{At: 12 * time.Second, Text: "stall of\n640 ms\x1b[2J", Warn: true})
		}
		s.Live[0].P99 = 280
		if at > 5*time.Second && at < 15*time.Second {
			s.Live[0].P99 = 412
		}
		f.Publish(s)
		time.Sleep(100 * time.Millisecond)
	}
	f.Publish(viewtest.Draining())
	time.Sleep(time.Second)
	f.Publish(viewtest.Done())
	close(f.done)
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func tell(t *testing.T, o Options, planned time.Duration) []string {
	t.Helper()
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		f := &fake{done: make(chan struct{})}
		go f.play(planned)
		if err := Run(t.Context(), f, &out, o); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	for _, r := range out.String() {
		if r < 0x20 && r != '\n' {
			t.Fatalf("control code %q in the output:\n%s", r, out.String())
		}
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestSimple(t *testing.T) {
	got := tell(t, Options{}, 0)
	want := []string{
		"tacho: chat-64 · Qwen3-8B · chat · gpu-box:8000 · closed loop 64",
		"00:02  starting: waiting for the model: http://gpu-box:8000/v1/models does not answer yet",
		"00:00  phase warm (phase 1 of 2) begins: 60 requests",
		"00:00  note: profiling begins",
		"00:02  note: input tokens: asked 512, the server counted 509-514",
		"00:05  warm  61/60 (25 %)  62 in flight  12.5 req/s  3,517 tok/s  TTFT p50 182 p99 280 ms  ITL p50 18.2 ms  errors 0  client OK",
		"00:10  phase profiling (phase 2 of 2) begins: 60 requests",
		"00:12  warning: stall of 640 ms?[2J",
		"00:15  profiling  184/60 (75 %)  62 in flight  12.4 req/s  3,565 tok/s  TTFT p50 182 p99 280 ms  ITL p50 18.2 ms  errors 0  client OK",
		"05:00  draining: sending has stopped, 17 in flight",
		// The invented end has notices of its own.
		"00:00  note: profiling begins",
		"00:02  note: input tokens: asked 512, the server counted 509-514",
		"01:04  warning: stall of 640 ms hit 61 of 64 streams: server-wide",
		"02:08  warning: stall of 640 ms hit 61 of 64 streams: server-wide",
		"03:12  warning: stall of 640 ms hit 61 of 64 streams: server-wide",
		"04:16  warning: stall of 640 ms hit 61 of 64 streams: server-wide",
		"05:03  done: 4 of 4 objectives met, 97.6 % of requests good, 12 errors (0.3 %), client OK",
		"05:03  wrote 7 files to artifacts/Qwen3-8B-chat-concurrency64",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestShortRunHasMoreLines(t *testing.T) {
	long, short := tell(t, Options{}, 10*time.Minute), tell(t, Options{}, 20*time.Second)
	if len(short) < len(long)+12 {
		t.Errorf("%d lines for a run of 20 s, %d for a long one: want one each second", len(short), len(long))
	}
	if every := tell(t, Options{Every: 2 * time.Second}, 0); len(every) <= len(long)+3 {
		t.Errorf("%d lines with Every = 2 s, %d with 5 s", len(every), len(long))
	}
}

func TestNone(t *testing.T) {
	got := tell(t, Options{Level: None}, 0)
	if len(got) != 2 || !strings.HasPrefix(got[0], "05:03  done: 4 of 4 objectives met") {
		t.Errorf("got %q, want the verdict and the files", got)
	}
}

func TestPlain(t *testing.T) {
	got := tell(t, Options{Level: Plain}, 0)
	text := strings.Join(got, "\n")
	for _, w := range []string{
		"Benchmark of chat-64, Qwen3-8B, chat, gpu-box:8000, closed loop 64.",
		"TTFT p99 rose to 412 ms, over the limit of 300 ms.",
		"TTFT p99 fell to 280 ms, within the limit of 300 ms.",
		"Warning at 00:12: stall of 640 ms?[2J.",
		"Phase profiling (phase 2 of 2) has begun, for 60 requests.",
		"The run has ended after 5 minutes 3 seconds: 4 of 4 objectives met, 97.6 % of requests good, 12 errors (0.3 %), client OK.",
	} {
		if !strings.Contains(text, w) {
			t.Errorf("missing %q in\n%s", w, text)
		}
	}
	for _, l := range got {
		if !strings.HasSuffix(l, ".") {
			t.Errorf("%q is no sentence", l)
		}
	}
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		f := &fake{done: make(chan struct{})}
		f.Publish(viewtest.NoData())
		go func() { time.Sleep(time.Second); cancel(why) }()
		if err := Run(ctx, f, &bytes.Buffer{}, Options{}); !errors.Is(err, why) {
			t.Errorf("Run = %v, want %v", err, why)
		}
	})
}

// broken fails as a closed pipe does.
type broken struct{ n int }

func (b *broken) Write([]byte) (int, error) { b.n++; return 0, errors.New("closed pipe") }

func TestBrokenWriterDoesNotEndTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := &fake{done: make(chan struct{})}, &broken{}
		start := time.Now()
		go f.play(0)
		if err := Run(t.Context(), f, w, Options{}); err == nil || w.n != 1 {
			t.Errorf("Run = %v after %d writes, want the error after one", err, w.n)
		}
		if d := time.Since(start); d < 20*time.Second {
			t.Errorf("Run returned after %v, before the run had ended", d)
		}
	})
}

func TestSimulatedIsSaidAtEveryLevel(t *testing.T) {
	for _, l := range Levels {
		var out bytes.Buffer
		synctest.Test(t, func(t *testing.T) {
			f := &fake{done: make(chan struct{})}
			s := viewtest.Done()
			s.Run.Simulated = true
			f.Publish(s)
			close(f.done)
			if err := Run(t.Context(), f, &out, Options{Level: l}); err != nil {
				t.Error(err)
			}
		})
		if !strings.Contains(out.String(), "SIMULATED") {
			t.Errorf("level %s does not say SIMULATED:\n%s", l, out.String())
		}
	}
}

func TestUnknownLevel(t *testing.T) {
	if err := Run(t.Context(), &fake{}, &bytes.Buffer{}, Options{Level: "loud"}); err == nil {
		t.Error("Run took an unknown level")
	}
}

// TestNoticesOfABoundedList: the oldest may have gone, each is told once.
func TestNoticesOfABoundedList(t *testing.T) {
	var all []snap.Notice
	var tl teller
	told := 0
	for i := range 500 {
		all = append(all, snap.Notice{At: time.Duration(i) * time.Second, Text: "stall"})
		list := all[max(0, len(all)-200):]
		if i%3 == 0 { // not every snapshot is looked at
			fresh := tl.fresh(list)
			for _, n := range fresh {
				if n != all[told] {
					t.Fatalf("notice %v was told, want %v", n, all[told])
				}
				told++
			}
		}
	}
	if told != 499 {
		t.Errorf("%d notices told of 499", told)
	}
}
