package aiperf

import (
	"fmt"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// AppendRaw adds one exchange to profile_export_raw.jsonl as one line; without
// raw it adds nothing. Secret headers are redacted.
func AppendRaw(dst []byte, row *metric.Row, raw *record.Raw) []byte {
	if raw == nil {
		return dst
	}
	w := jsonWriter{buf: dst}
	w.open('{')
	w.key("metadata")
	w.meta(&row.Meta)
	w.int("start_perf_ns", raw.StartNS)
	w.headers("request_headers", raw.Headers)
	w.optInt("status", int64(raw.Status))
	w.key("responses")
	w.open('[')
	w.responses(raw)
	w.close(']')
	if row.Err != nil {
		w.key("error")
		w.failure(row.Err)
	}
	w.raw("payload", raw.Payload)
	w.close('}')
	return append(w.buf, '\n')
}

func (w *jsonWriter) responses(raw *record.Raw) {
	for i := range raw.Events {
		e := &raw.Events[i]
		w.element()
		w.open('{')
		w.int("perf_ns", e.AtNS)
		w.key("packets")
		w.open('[')
		for _, p := range e.Packets {
			w.element()
			w.open('{')
			w.str("name", p.Name)
			w.str("value", p.Value)
			w.close('}')
		}
		w.close(']')
		w.close('}')
	}
	w.body(raw.First, raw.FirstNS, raw.ContentType)
	w.body(raw.Body, raw.BodyNS, raw.ContentType)
}

func (w *jsonWriter) body(text string, atNS int64, contentType string) {
	if atNS == 0 && text == "" {
		return
	}
	w.element()
	w.open('{')
	w.int("perf_ns", atNS)
	w.str("text", text)
	w.optStr("content_type", contentType)
	w.close('}')
}

// DecodeRaw reads one line of profile_export_raw.jsonl: the row holds who, when
// and the error, no metrics.
func (d *RecordDecoder) DecodeRaw(line []byte, row *metric.Row, raw *record.Raw) error {
	*row, *raw = metric.Row{Vals: fillNaN(row.Vals[:0], d.reg.Len())}, record.Raw{}
	row.Phase.ProfilingIndex = -1
	s := scanner{data: line}
	hasMeta := false
	err := s.object(func(key string) (err error) {
		switch key {
		case "metadata":
			hasMeta = true
			return d.meta(&s, &row.Meta)
		case "start_perf_ns":
			raw.StartNS, err = s.int()
		case "request_headers":
			err = s.object(func(name string) error {
				v, err := s.optString()
				raw.Headers = append(raw.Headers, record.Header{Name: name, Value: v})
				return err
			})
		case "status":
			err = intInto(&s, &raw.Status)
		case "responses":
			err = s.array(func() error { return d.response(&s, raw) })
		case "error":
			if s.peek() == 'n' {
				return s.skip()
			}
			row.Err = new(record.Failure)
			err = d.failure(&s, row.Err)
		case "payload":
			var v []byte
			v, err = s.value()
			raw.Payload = slices.Clone(v)
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && !hasMeta {
		err = fmt.Errorf("not a raw record: no metadata")
	}
	if err == nil && row.Err != nil {
		row.Err.Kind = kindOf(row.Err, &row.Meta)
	}
	return err
}

func (d *RecordDecoder) response(s *scanner, raw *record.Raw) error {
	var e record.Event
	var body, contentType string
	isBody := false
	err := s.object(func(key string) (err error) {
		switch key {
		case "perf_ns":
			e.AtNS, err = s.int()
		case "packets":
			err = s.array(func() error {
				var p record.Packet
				err := s.object(func(key string) (err error) {
					switch key {
					case "name":
						p.Name, err = d.intern(s)
					case "value":
						p.Value, err = s.optString()
					default:
						err = s.skip()
					}
					return err
				})
				e.Packets = append(e.Packets, p)
				return err
			})
		case "text":
			isBody = true
			body, err = s.optString()
		case "content_type":
			contentType, err = d.intern(s)
		default:
			err = s.skip()
		}
		return err
	})
	if isBody {
		raw.First, raw.FirstNS = raw.Body, raw.BodyNS
		raw.Body, raw.BodyNS, raw.ContentType = body, e.AtNS, contentType
	} else {
		raw.Events = append(raw.Events, e)
	}
	return err
}
