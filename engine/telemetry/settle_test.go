package telemetry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
)

// TestSettling: when a page is seen to have counted all that its server served.
func TestSettling(t *testing.T) {
	const page = `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running %d
# TYPE vllm:request_success_total counter
vllm:request_success_total %d
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total %d
`
	const ms, end = int64(time.Millisecond), int64(time.Hour)
	for _, c := range []struct {
		what string
		// running and finished of scrapes 100 ms apart; the fourth is the first
		// after the end of the phase.
		running, finished [7]int
		every             int64
		want              int // which one settles, -1 none
	}{
		{"stands still at once", [7]int{0, 2, 1}, [7]int{5, 6, 8, 9, 9, 9, 9}, 100, 4},
		{"counts late", [7]int{0, 2, 1}, [7]int{5, 6, 7, 7, 8, 9, 9}, 100, 6},
		{"something runs on", [7]int{0, 1, 1, 1, 1, 1, 1}, [7]int{5, 6, 8, 9, 9, 9, 9}, 100, -1},
		{"has not begun to count", [7]int{}, [7]int{5, 5, 5, 5, 5, 9, 9}, 100, 6},
		{"read in haste", [7]int{0, 2, 1}, [7]int{5, 6, 8, 9, 9, 9, 9}, 30, 6},
	} {
		var s settling
		reader := pageReader{limit: maxSeries}
		got := -1
		for i := range 7 {
			p, _, err := reader.read(fmt.Appendf(nil, page, c.running[i], c.finished[i], i), false)
			if err != nil {
				t.Fatal(err)
			}
			sc := &Scrape{AtNS: end + int64(i-3)*c.every*ms, Shape: p.shape, Values: p.values}
			if i > 0 {
				sc.Phase = &mainPhase
			}
			from := int64(0)
			if i > 3 { // the wait begins after the reading at the edge
				from = end
			}
			if calm := s.look(sc, from); calm != nil && got < 0 {
				if got = i; calm.finished != 4 {
					t.Errorf("%s: %v finished", c.what, calm.finished)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: settles at scrape %d, want %d", c.what, got, c.want)
		}
	}
}

// TestTailEndsWhenServersSettle: the wait for the last counts ends once a server
// stands still, and not before it has counted what was answered.
func TestTailEndsWhenServersSettle(t *testing.T) {
	src := newTestSource(t, func(n int) string {
		return strings.ReplaceAll(vllmText(min(n, 5)), `running{engine="0"} 3`, `running{engine="0"} 0`)
	})
	c := watchConfig()
	c.Every, c.Servers, c.Tail, c.Settle = time.Hour, []string{src.URL + "/metrics"}, time.Hour, true
	m := watch(t, c)
	m.PhaseBegins(mainPhase, record.Now())
	eventually(t, "the reading at the begin", func() bool { return src.n.Load() >= 2 && slices.ContainsFunc(m.watchers, servesAnswered) })
	m.PhaseEnds(mainPhase, record.Now())
	r := done(t, m)
	if got := src.n.Load(); got < 6 {
		t.Errorf("%d readings, and the page moved up to the fifth", got)
	}
	if r.Servers == nil {
		t.Error("nothing was read")
	}

	c.Tail = 300 * time.Millisecond
	m = watch(t, c)
	eventually(t, "the first reading", func() bool { return slices.ContainsFunc(m.watchers, servesAnswered) })
	end := record.Now()
	m.PhaseEnds(mainPhase, end)
	m.Served(1 << 40)
	done(t, m)
	if record.Now()-end < int64(c.Tail) {
		t.Error("the wait ended though the server had not counted all")
	}
}
