package aiperf

import (
	"encoding/json"
	"fmt"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

// EncodeSlicesJSON prints profile_export_aiperf_timeslices.json.
func EncodeSlicesJSON(list []stats.Slice, inputConfig json.RawMessage) []byte {
	w := jsonWriter{pretty: true}
	w.open('{')
	w.key("timeslices")
	w.open('[')
	for i := range list {
		sl := &list[i]
		w.element()
		w.open('{')
		w.int("start_ns", sl.StartNS)
		w.int("end_ns", sl.EndNS)
		if !sl.Complete {
			w.bool("is_complete", false)
		}
		w.stats(&sl.Summary)
		w.close('}')
	}
	w.close(']')
	w.raw("input_config", inputConfig)
	w.close('}')
	return w.buf
}

// DecodeSlicesJSON reads profile_export_aiperf_timeslices.json.
func DecodeSlicesJSON(data []byte, reg *metric.Registry) ([]stats.Slice, json.RawMessage, error) {
	var out []stats.Slice
	var config json.RawMessage
	s := scanner{data: data}
	err := s.object(func(key string) (err error) {
		switch key {
		case "timeslices":
			return s.array(func() error {
				sl, err := decodeSlice(&s, reg)
				out = append(out, sl)
				return err
			})
		case "input_config":
			config, err = rawValue(&s)
			return err
		}
		return s.skip()
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("slices: %w", err)
	}
	return out, config, nil
}

func decodeSlice(s *scanner, reg *metric.Registry) (stats.Slice, error) {
	sl := stats.Slice{Complete: true}
	err := s.object(func(key string) (err error) {
		switch key {
		case "start_ns":
			sl.StartNS, err = s.int()
			return err
		case "end_ns":
			sl.EndNS, err = s.int()
			return err
		case "is_complete":
			sl.Complete, err = s.bool()
			return err
		}
		if s.peek() != '{' {
			return s.skip()
		}
		st, ok, err := decodeStat(s, reg, key)
		if ok {
			sl.Stats = append(sl.Stats, st)
		}
		return err
	})
	sortStats(&sl.Summary)
	return sl, err
}
