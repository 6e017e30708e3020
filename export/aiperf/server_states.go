package aiperf

import (
	"fmt"
	"math"

	"tacho/engine/record"
	"tacho/engine/telemetry"
)

// server_states.jsonl is ours: what a replay needs of the servers' pages, for
// runs that do not keep the pages themselves.

// AppendServerState prints one line of it: one page at one moment. What the page
// does not tell is left out.
func AppendServerState(dst []byte, r *telemetry.ServerRoles) []byte {
	w := jsonWriter{buf: dst}
	w.open('{')
	w.str("endpoint_url", r.URL)
	w.int("timestamp_ns", r.AtNS)
	w.int("endpoint_latency_ns", r.LatencyNS)
	w.optStr("make", r.Make)
	w.int("series", int64(r.Series))
	if r.Dropped > 0 {
		w.int("dropped", int64(r.Dropped))
	}
	if r.Phase != nil {
		w.int("phase_index", int64(r.Phase.Index))
	}
	w.key("state")
	w.open('{')
	for i, v := range r.Values {
		w.optFloat(telemetry.RoleNames[i], v)
	}
	w.close('}')
	w.close('}')
	return append(w.buf, '\n')
}

// roleIndex finds a value by its name.
var roleIndex = func() map[string]int {
	m := map[string]int{}
	for i, name := range telemetry.RoleNames {
		m[name] = i
	}
	return m
}()

// DecodeServerState reads such a line.
func DecodeServerState(line []byte) (telemetry.ServerRoles, error) {
	var r telemetry.ServerRoles
	for i := range r.Values {
		r.Values[i] = math.NaN()
	}
	s := scanner{data: line}
	count := func(to *int) error {
		n, err := s.int()
		*to = int(n)
		return err
	}
	err := s.object(func(key string) (err error) {
		switch key {
		case "endpoint_url":
			r.URL, err = s.optString()
		case "timestamp_ns":
			r.AtNS, err = s.int()
		case "endpoint_latency_ns":
			r.LatencyNS, err = s.int()
		case "make":
			r.Make, err = s.optString()
		case "series":
			err = count(&r.Series)
		case "dropped":
			err = count(&r.Dropped)
		case "phase_index":
			r.Phase = new(record.Phase)
			err = count(&r.Phase.Index)
		case "state":
			err = s.object(func(name string) error {
				i, known := roleIndex[name]
				if !known {
					return s.skip()
				}
				v, present, err := s.float()
				if err == nil && present {
					r.Values[i] = v
				}
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return r, fmt.Errorf("server state: %w", err)
	}
	return r, nil
}
