package app

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"tacho/engine"
	"tacho/engine/secret"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// network is the round trip to the server of a run. The zero value is none.
type network struct {
	probe *telemetry.RTT // nil: given, or none
	file  *aiperf.RTTFile
}

// fixedRTT is a round trip that the user knows, in ms.
type fixedRTT float64

func (f fixedRTT) Mean() float64   { return float64(f) }
func (f fixedRTT) Finish() float64 { return float64(f) }

// defaultPing is the time between two handshakes.
const defaultPing = time.Second

// startNetwork begins to measure the round trip, or takes the given one; nil when
// neither was asked for.
func (s *session) startNetwork(ctx context.Context) (engine.RTT, error) {
	n := &s.profile.NetworkLatency
	switch {
	case !n.Enabled.V:
		return nil, nil
	case n.MeanMS.Set:
		return fixedRTT(n.MeanMS.V), nil
	}
	every, err := envSeconds(s.env.Getenv, "AIPERF_NETWORK_LATENCY_DEFAULT_PROBE_INTERVAL", 0.001, 300, defaultPing)
	if err != nil {
		return nil, err
	}
	if n.PingInterval.Set {
		every = seconds(n.PingInterval.V)
	}
	var targets []telemetry.RTTTarget
	for _, address := range s.profile.Endpoint.URLs.V {
		if t, ok := rttTarget(address); ok && !slices.ContainsFunc(targets, func(o telemetry.RTTTarget) bool { return o.Host == t.Host && o.Port == t.Port }) {
			targets = append(targets, t)
		}
	}
	s.network.file = aiperf.NewRTTFile(s.files.dir, s.files.names.Of(export.NetworkLatency))
	s.network.probe = telemetry.StartRTT(ctx, targets, every, s.network.file.Write)
	return s.network.probe, nil
}

// rttTarget is where the handshakes of an address go.
func rttTarget(address string) (t telemetry.RTTTarget, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return t, false
	}
	t = telemetry.RTTTarget{URL: secret.RedactURL(address), Host: u.Hostname(), Port: 80}
	if u.Scheme == "https" {
		t.Port = 443
	}
	if p, err := strconv.Atoi(u.Port()); err == nil {
		t.Port = p
	}
	return t, true
}

// close ends the measuring.
func (n *network) close() {
	if n.probe != nil {
		n.probe.Finish()
	}
}

// reportNetwork adds what was measured to a run's manifest, and returns how the
// file of handshakes is doing.
func (s *session) reportNetwork(run *export.Run) ([]export.SinkStatus, error) {
	if s.network.probe == nil {
		return nil, nil
	}
	text := fmt.Sprintf("the round trip to the server takes %.3f ms (%d TCP handshakes); network_adjusted metrics leave it out", s.network.probe.Mean(), s.network.probe.Count())
	if math.IsNaN(s.network.probe.Mean()) {
		text = "no TCP handshake with the server succeeded: there are no network_adjusted metrics"
	}
	s.notices = append(s.notices, text)
	run.Manifest.Notices = append(run.Manifest.Notices, text)
	err := s.network.file.Close()
	return s.network.file.Status(), err
}
