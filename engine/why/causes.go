package why

import (
	"fmt"
	"math"
	"time"

	"tacho/engine/snap"
)

// ms writes a time in ms.
func ms(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v >= 1000:
		return fmt.Sprintf("%.3g s", v/1000)
	}
	return fmt.Sprintf("%.3g ms", v)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// counted is a number of stalls.
func counted(n int) string {
	if n == 1 {
		return "1 stall"
	}
	return fmt.Sprintf("%d stalls", n)
}

// clamped is a score in 0..1; NaN stays.
func clamped(v float64) float64 { return math.Min(1, math.Max(0, v)) }

// client is this process being late: not in the times as served, but in what is
// felt.
func (c *evidence) client() Cause {
	late := mean(c.recent, func(q *snap.Request) float64 {
		if q.Due < 0 || q.Start < 0 {
			return math.NaN()
		}
		return math.Max(0, float64(q.Start-q.Due)/1e6)
	})
	out := Cause{Name: "this client, or its cap, is late", Score: math.NaN(), Evidence: "it is not known when the requests were due",
		Test: "fewer requests at once, or another machine: c on the latency page shows both times"}
	if math.IsNaN(late) {
		return out
	}
	out.Score = clamped(late / (late + c.median))
	out.Evidence = fmt.Sprintf("requests left %s after they were due on average; the typical %s is %s", ms(late), c.name(), ms(c.median))
	if v := c.s.Client.Verdict; v == "SATURATED" {
		out.Score = math.Max(out.Score, 0.6)
		out.Evidence += "; this client is saturated: " + c.s.Client.Reason
	}
	return out
}

// connections are new ones, whose set-up a request waits for.
func (c *evidence) connections() Cause {
	connect := func(q *snap.Request) float64 { return float64(q.Connect) / 1e6 }
	took := mean(c.recent, connect)
	fresh := share(c.recent, func(q *snap.Request) bool { return q.Connect > 0 })
	return Cause{Name: "new connections", Score: clamped(took / (took + c.median)),
		Evidence: fmt.Sprintf("%s of the requests made one, %s on average over all", percent(fresh), ms(took)),
		Test:     "--connection-reuse-strategy pooled"}
}

// queue is requests that wait for a place on the server.
func (c *evidence) queue() Cause {
	out := Cause{Name: "a queue in the server", Score: math.NaN(), Evidence: "no metrics page of the server tells of its queue",
		Test: "fewer requests at once: the time must fall by what is waited"}
	waits := func(q *snap.Request) float64 {
		if p, ok := snap.Sensed(c.s.Sensors, c.s.SensorWidth, q.Start, max(q.Start, q.First)); ok && p.Waiting == p.Waiting {
			return float64(p.Waiting)
		}
		return math.NaN()
	}
	waiting := func(list []*snap.Request) float64 {
		return mean(list, func(q *snap.Request) float64 {
			switch v := waits(q); {
			case v != v:
				return v
			case v >= 0.5:
				return 1
			}
			return 0
		})
	}
	usual := waiting(c.usual)
	if math.IsNaN(usual) {
		return out
	}
	own := math.NaN() // what the server says of it
	for i := range c.s.Servers {
		if q := c.s.Servers[i].Queue; q > 0 && !(own > q) {
			own = q
		}
	}
	out.Score = usual * 0.4 // requests wait, but the typical one may not for long
	out.Evidence = fmt.Sprintf("requests were waiting in %s of the typical cases", percent(usual))
	follows := 0.0 // how well the slow ones follow the queue
	if len(c.slow) >= fewSlow {
		slow := waiting(c.slow)
		follows = clamped(slow - 0.5*usual)
		out.Score = math.Max(out.Score, follows)
		out.Evidence = fmt.Sprintf("requests were waiting in %s of the slow cases and in %s of the others", percent(slow), percent(usual))
	}
	if !math.IsNaN(own) { // the server itself says how long
		whole := mean(c.recent, c.time)
		over := mean(c.recent, func(q *snap.Request) float64 { // by which slow ones exceed the typical
			if t := c.time(q); t > SlowFactor*c.median {
				return t - c.median
			}
			return 0
		})
		out.Score = clamped(own / whole)
		if over > 0 {
			out.Score = math.Max(out.Score, math.Min(follows, clamped(own/over)))
		}
		out.Evidence += fmt.Sprintf("; the server says %s in its queue on average, of %s", ms(own), ms(whole))
	}
	return out
}

// prompts are long ones.
func (c *evidence) prompts() Cause {
	var isl, times []float64
	for _, q := range c.recent {
		if q.ISL >= 0 {
			isl, times = append(isl, float64(q.ISL)), append(times, c.time(q))
		}
	}
	r := ranked(isl, times)
	out := Cause{Name: "long prompts", Score: math.NaN(), Evidence: "the prompts hardly differ in length",
		Test: "prompts of one length: --isl-stddev 0"}
	if !math.IsNaN(r) {
		out.Score = clamped(math.Max(0, r) * r)
		out.Evidence = fmt.Sprintf("%s follows the length of the prompt with a rank correlation of %.2f", c.name(), r)
	}
	return out
}

// firstTurns are those of conversations whose beginning no cache has yet.
func (c *evidence) firstTurns() Cause {
	first := func(q *snap.Request) bool { return q.Turn == 0 }
	var begin, later []*snap.Request
	for _, q := range c.recent {
		if first(q) {
			begin = append(begin, q)
		} else {
			later = append(later, q)
		}
	}
	out := Cause{Name: "a cold prefix cache", Score: math.NaN(), Evidence: "there are no later turns to compare first ones with",
		Test: "the same run again: what is cached then must be faster"}
	if len(begin) < 5 || len(later) < 5 {
		return out
	}
	a, b := median(begin, c.time), median(later, c.time)
	out.Score = clamped(1 - b/a)
	out.Evidence = fmt.Sprintf("first turns take %s, later ones %s", ms(a), ms(b))
	return out
}

// stalls are moments at which many streams stood still at once.
func (c *evidence) stalls() Cause {
	var at []time.Duration
	for i := range c.s.Marks {
		if c.s.Marks[i].Kind == snap.MarkStall {
			at = append(at, c.s.Marks[i].At)
		}
	}
	out := Cause{Name: "stalls of the whole batch", Test: "the server's log at those moments"}
	hit := func(q *snap.Request) bool {
		until := q.End
		if c.streamed {
			until = q.First
		}
		for _, t := range at {
			if t >= q.Start-time.Second && t <= until+time.Second {
				return true
			}
		}
		return false
	}
	if len(at) == 0 {
		out.Evidence = "no stall of many streams at once was seen"
		return out
	}
	if len(c.slow) < fewSlow {
		out.Evidence = counted(len(at)) + " seen, but few requests are slow"
		return out
	}
	slow, usual := share(c.slow, hit), share(c.usual, hit)
	out.Score = clamped(slow - usual)
	out.Evidence = fmt.Sprintf("%s seen, in %s of the slow cases and in %s of the others", counted(len(at)), percent(slow), percent(usual))
	return out
}

// load is the number of requests in flight at that moment.
func (c *evidence) load() Cause {
	var flight, times []float64
	low, high := math.Inf(1), 0.0
	for i := range c.s.Series {
		p := &c.s.Series[i]
		v := p.TTFT50
		if !c.streamed {
			v = p.Latency50
		}
		if p.InFlight > 0 && v == v {
			flight, times = append(flight, p.InFlight), append(times, v)
			low, high = math.Min(low, p.InFlight), math.Max(high, p.InFlight)
		}
	}
	out := Cause{Name: "more load", Score: math.NaN(), Evidence: "the number of requests in flight hardly changes",
		Test: "a lower rate or concurrency; tacho find looks for the highest that holds a limit"}
	if high < 1.3*low {
		return out
	}
	if r := ranked(flight, times); !math.IsNaN(r) {
		out.Score = clamped(math.Max(0, r) * r)
		out.Evidence = fmt.Sprintf("%s follows the requests in flight, %.3g to %.3g, with a rank correlation of %.2f", c.name(), low, high, r)
	}
	return out
}

// network is the round trip to the server.
func (c *evidence) network() Cause {
	out := Cause{Name: "the network", Score: math.NaN(), Evidence: "the round trip is not known: --network-latency-automatic measures it",
		Test: "the same run from the server's own machine"}
	if rtt := c.s.RTT; rtt > 0 {
		out.Score = clamped(rtt / c.median)
		out.Evidence = fmt.Sprintf("a round trip takes %s of the typical %s", ms(rtt), ms(c.median))
	}
	return out
}
