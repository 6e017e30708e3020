package telemetry

import (
	"context"
	"math"
	"net"
	"testing"
	"time"
)

func TestRTT(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	port := ln.Addr().(*net.TCPAddr).Port
	var got []RTTSample
	r := StartRTT(t.Context(), []RTTTarget{{URL: "http://box", Host: "127.0.0.1", Port: port}}, time.Hour, func(s RTTSample) { got = append(got, s) })
	mean := r.Finish()
	if !(mean > 0) || mean > 1000 || r.Count() < rttLeast || r.Finish() != mean {
		t.Errorf("mean %v ms of %d handshakes", mean, r.Count())
	}
	sum := 0.0
	for _, s := range got {
		if s.Err != nil || s.RTTNS <= 0 || s.AtNS == 0 || s.Host != "127.0.0.1" || s.Port != port {
			t.Errorf("%+v", s)
		}
		sum += float64(s.RTTNS)
	}
	if want := sum / float64(len(got)) / 1e6; math.Abs(mean-want) > 1e-9 {
		t.Errorf("mean %v, the samples' is %v", mean, want)
	}
}

// TestRTTOfNobody: a server that is not there gives failures and no mean.
func TestRTTOfNobody(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	ln.Close()
	failures := 0
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := StartRTT(ctx, []RTTTarget{{Host: "127.0.0.1", Port: port}}, time.Hour, func(s RTTSample) {
		if s.Err == nil || s.Err.Type != "ConnectionRefusedError" {
			t.Errorf("%+v", s.Err)
		}
		failures++
	})
	if m := r.Finish(); !math.IsNaN(m) || failures == 0 {
		t.Errorf("mean %v, %d failures", m, failures)
	}
}
