package aiperf

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"tacho/export"
)

// EncodeInputs writes inputs.json piece by piece, for a data set of any size:
// the request bodies of each conversation, laid out but otherwise as they are
// sent.
func EncodeInputs(out io.Writer, conversations iter.Seq[export.Conversation]) error {
	b := bufio.NewWriterSize(out, 64<<10)
	w := jsonWriter{pretty: true}
	w.open('{')
	w.key("data")
	w.open('[')
	for c := range conversations {
		w.element()
		w.open('{')
		w.str("session_id", c.SessionID)
		w.key("payloads")
		w.open('[')
		for _, p := range c.Payloads {
			w.element()
			w.rawValue(p)
		}
		w.close(']')
		w.close('}')
		if _, err := b.Write(w.buf); err != nil {
			return fmt.Errorf("inputs: %w", err)
		}
		w.buf = w.buf[:0]
	}
	w.close(']')
	w.close('}')
	if _, err := b.Write(w.buf); err != nil {
		return fmt.Errorf("inputs: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("inputs: %w", err)
	}
	return nil
}

// DecodeInputs reads inputs.json.
func DecodeInputs(data []byte) ([]export.Conversation, error) {
	var out []export.Conversation
	s := scanner{data: data}
	err := s.object(func(key string) error {
		if key != "data" {
			return s.skip()
		}
		return s.array(func() error {
			var c export.Conversation
			err := s.object(func(key string) (err error) {
				switch key {
				case "session_id":
					c.SessionID, err = s.optString()
				case "payloads":
					err = s.array(func() error {
						p, err := rawOrNull(&s)
						c.Payloads = append(c.Payloads, p)
						return err
					})
				default:
					err = s.skip()
				}
				return err
			})
			out = append(out, c)
			return err
		})
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("inputs: %w", err)
	}
	return out, nil
}
