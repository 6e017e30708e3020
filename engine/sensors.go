package engine

import (
	"math"
	"slices"
	"time"

	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/telemetry"
)

// Sensors watches the machines that serve, beside the requests. None of its
// methods waits for them. telemetry.Monitor is one.
type Sensors interface {
	// Latest is the newest picture, never nil and never changed.
	Latest() *telemetry.State
	// Notices are all so far, oldest first.
	Notices() []telemetry.Notice
	// PhaseBegins and PhaseEnds tell the phases, with the time of their start
	// and of their last answer on the axis of package record.
	PhaseBegins(p record.Phase, startNS int64)
	PhaseEnds(p record.Phase, endNS int64)
}

// drawSensors fills in the part of a snapshot that was measured beside the
// requests.
func (c *collector) drawSensors(s *snap.Snapshot) {
	s.Cost = snap.Cost{PerHour: c.r.plan.PricePerHour}
	s.RTT = math.NaN()
	if rtt := c.r.plan.RTT; rtt != nil {
		s.RTT = rtt.Mean()
	}
	energy := math.NaN()
	s.Cost.Watts = energy
	if sensors := c.r.plan.Sensors; sensors != nil {
		st := sensors.Latest()
		s.GPUs, s.GPUNote, s.Servers = st.GPUs, st.GPUNote, st.Servers
		s.Sensors, s.SensorWidth = st.Sensors, st.SensorWidth
		s.Notices = merge(s.Notices, sensors.Notices(), c.live.startNS)
		energy, s.Cost.Watts = telemetry.Draw(st.GPUs)
	}
	c.live.cost(s, energy)
}

// merge puts the notices of the sensors among those of the run, by their time.
func merge(list []snap.Notice, more []telemetry.Notice, startNS int64) []snap.Notice {
	if len(more) == 0 {
		return list
	}
	for _, n := range more {
		list = append(list, snap.Notice{At: max(0, time.Duration(n.AtNS-startNS)), Text: n.Text, Warn: n.Warn})
	}
	slices.SortStableFunc(list, func(a, b snap.Notice) int { return int(min(max(a.At-b.At, -1), 1)) })
	return list
}

// cost works out what the tokens of the phase have cost so far.
func (l *live) cost(s *snap.Snapshot, joules float64) {
	telemetry.FillCost(&s.Cost, joules, s.Phase.Elapsed.Seconds(), l.tokens, l.goodTokens, l.judged())
}

// judged reports whether there are objectives that make a request good.
func (l *live) judged() bool { return len(l.plan.Context.SLOs) > 0 }
