package aiperf

import (
	"fmt"

	"tacho/engine/record"
)

// meta writes AIPerf's metadata object, keys in its order.
func (w *jsonWriter) meta(m *record.Meta) {
	w.open('{')
	w.int("session_num", m.Num)
	w.optStr("x_request_id", m.RequestID)
	w.optStr("x_correlation_id", m.CorrelationID)
	w.optStr("conversation_id", m.ConversationID)
	w.int("turn_index", int64(m.Turn))
	if s := m.Source; s != nil {
		w.optStr("source_trace_id", s.TraceID)
		if s.Outer != nil {
			w.int("source_outer_idx", int64(*s.Outer))
		}
		if s.Inner != nil {
			w.int("source_inner_idx", int64(*s.Inner))
		}
		w.optStr("source_kind", s.Kind)
	}
	w.optInt("credit_issued_ns", m.DueNS)
	w.int("request_start_ns", m.StartNS)
	w.optInt("request_ack_ns", m.AckNS)
	w.int("request_end_ns", m.EndNS)
	w.str("worker_id", m.Worker)
	w.str("record_processor_id", m.Processor)
	w.str("benchmark_phase", string(m.Phase.Kind))
	w.int("phase_index", int64(m.Phase.Index))
	if m.Phase.ProfilingIndex >= 0 {
		w.int("profiling_index", int64(m.Phase.ProfilingIndex))
	}
	w.optStr("phase_name", m.Phase.Name)
	w.str("phase_kind", string(m.Phase.Kind))
	w.bool("was_cancelled", m.Cancelled)
	w.optInt("cancellation_time_ns", m.CancelNS)
	w.bool("context_overflow_skip", m.ContextOverflow)
	w.int("agent_depth", int64(m.AgentDepth))
	w.optStr("parent_correlation_id", m.ParentCorrelation)
	w.optStr("root_correlation_id", m.RootCorrelation)
	w.close('}')
}

// meta reads the same object.
func (d *RecordDecoder) meta(s *scanner, m *record.Meta) error {
	return s.objectBytes(func(key []byte) (err error) {
		switch string(key) {
		case "session_num":
			m.Num, err = s.int()
		case "x_request_id":
			m.RequestID, err = s.optString()
		case "x_correlation_id":
			m.CorrelationID, err = s.optString()
		case "conversation_id":
			m.ConversationID, err = s.optString()
		case "turn_index":
			err = intInto(s, &m.Turn)
		case "source_trace_id":
			source(m).TraceID, err = s.optString()
		case "source_outer_idx":
			source(m).Outer, err = optIndex(s)
		case "source_inner_idx":
			source(m).Inner, err = optIndex(s)
		case "source_kind":
			source(m).Kind, err = d.intern(s)
		case "credit_issued_ns":
			m.DueNS, err = s.int()
		case "request_start_ns":
			m.StartNS, err = s.int()
		case "request_ack_ns":
			m.AckNS, err = s.int()
		case "request_end_ns":
			m.EndNS, err = s.int()
		case "worker_id":
			m.Worker, err = d.intern(s)
		case "record_processor_id":
			m.Processor, err = d.intern(s)
		case "benchmark_phase", "phase_kind":
			var kind string
			if kind, err = d.intern(s); kind != "" {
				m.Phase.Kind = record.PhaseKind(kind)
			}
		case "phase_index":
			err = intInto(s, &m.Phase.Index)
		case "profiling_index":
			var i *int
			if i, err = optIndex(s); i != nil {
				m.Phase.ProfilingIndex = *i
			}
		case "phase_name":
			m.Phase.Name, err = d.intern(s)
		case "was_cancelled":
			m.Cancelled, err = s.bool()
		case "cancellation_time_ns":
			m.CancelNS, err = s.int()
		case "context_overflow_skip":
			m.ContextOverflow, err = s.bool()
		case "agent_depth":
			err = intInto(s, &m.AgentDepth)
		case "parent_correlation_id":
			m.ParentCorrelation, err = s.optString()
		case "root_correlation_id":
			m.RootCorrelation, err = s.optString()
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("metadata.%s: %w", key, err)
		}
		return nil
	})
}

func source(m *record.Meta) *record.Source {
	if m.Source == nil {
		m.Source = new(record.Source)
	}
	return m.Source
}

func optIndex(s *scanner) (*int, error) {
	if s.peek() == 'n' {
		return nil, s.skip()
	}
	v, err := s.int()
	i := int(v)
	return &i, err
}

func intInto(s *scanner, p *int) error {
	v, err := s.int()
	*p = int(v)
	return err
}
