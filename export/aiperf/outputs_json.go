package aiperf

import (
	"cmp"
	"fmt"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/pytext"
	"tacho/export"
)

// EncodeOutputs prints outputs.json, sorted by (session_num, turn_index).
func EncodeOutputs(outputs []export.Output) []byte {
	outputs = slices.Clone(outputs)
	slices.SortStableFunc(outputs, func(a, b export.Output) int {
		return cmp.Or(cmp.Compare(a.Num, b.Num), cmp.Compare(a.Turn, b.Turn))
	})
	w := jsonWriter{pretty: true}
	openOutputs(&w)
	for i := range outputs {
		encodeOutput(&w, &outputs[i])
	}
	closeOutputs(&w)
	return w.buf
}

func openOutputs(w *jsonWriter) {
	w.open('{')
	w.str("schema_version", "1.0")
	w.key("data")
	w.open('[')
}

func closeOutputs(w *jsonWriter) {
	w.close(']')
	w.close('}')
}

func encodeOutput(w *jsonWriter, o *export.Output) {
	w.element()
	w.open('{')
	w.int("session_num", o.Num)
	w.optStr("conversation_id", o.ConversationID)
	w.int("turn_index", int64(o.Turn))
	w.optStr("x_request_id", o.RequestID)
	w.int("request_start_ns", o.StartNS)
	w.int("request_end_ns", o.EndNS)
	w.key("metrics")
	w.open('{')
	for _, m := range o.Metrics {
		w.foreignKey(string(m.Tag))
		w.number(m.Value, m.Integer)
	}
	w.close('}')
	w.key("response_text")
	if o.Text == "" {
		w.buf = append(w.buf, "null"...)
	} else {
		w.buf = pytext.AppendString(w.buf, o.Text)
	}
	w.close('}')
}

// outputTags are the metrics of an output, in order.
var outputTags = []metric.Tag{
	metric.ISL, metric.OutputTokens, metric.OSL,
	metric.RequestLatency, metric.TTFT, metric.ITL,
}

// NewOutput is the entry of outputs.json for a row and the text that came back.
func NewOutput(reg *metric.Registry, row *metric.Row, text string) export.Output {
	o := export.Output{
		Num: row.Num, ConversationID: row.ConversationID, Turn: row.Turn, RequestID: row.RequestID,
		StartNS: row.StartNS, EndNS: row.EndNS, Text: text,
	}
	for _, tag := range outputTags {
		d, ok := reg.Lookup(tag)
		if !ok || int(d.ID) >= len(row.Vals) || !finite(row.Vals[d.ID]) {
			continue
		}
		o.Metrics = append(o.Metrics, export.OutputMetric{Tag: tag, Value: row.Vals[d.ID], Integer: d.Has(metric.Integer)})
	}
	return o
}

// DecodeOutputs reads outputs.json.
func DecodeOutputs(data []byte) ([]export.Output, error) {
	var out []export.Output
	s := scanner{data: data}
	err := s.object(func(key string) error {
		if key != "data" {
			return s.skip()
		}
		return s.array(func() error {
			o, err := decodeOutput(&s)
			out = append(out, o)
			return err
		})
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("outputs: %w", err)
	}
	return out, nil
}

func decodeOutput(s *scanner) (o export.Output, err error) {
	err = s.object(func(key string) (err error) {
		switch key {
		case "session_num":
			o.Num, err = s.int()
		case "conversation_id":
			o.ConversationID, err = s.optString()
		case "turn_index":
			err = intInto(s, &o.Turn)
		case "x_request_id":
			o.RequestID, err = s.optString()
		case "request_start_ns":
			o.StartNS, err = s.int()
		case "request_end_ns":
			o.EndNS, err = s.int()
		case "metrics":
			err = s.object(func(tag string) error {
				s.space()
				start := s.pos
				v, ok, err := s.float()
				if ok {
					o.Metrics = append(o.Metrics, export.OutputMetric{Tag: metric.Tag(tag), Value: v, Integer: isInteger(s.data[start:s.pos])})
				}
				return err
			})
		case "response_text":
			o.Text, err = s.optString()
		default:
			err = s.skip()
		}
		return err
	})
	return o, err
}
