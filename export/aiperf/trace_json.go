package aiperf

import (
	"fmt"
	"net"
	"strconv"

	"tacho/engine/pytext"
	"tacho/engine/record"
	"tacho/engine/secret"
)

// trace writes AIPerf's trace_data object, keys in its order. Its lists of
// chunks are always empty, as they are in AIPerf's files.
func (w *jsonWriter) trace(t *record.Trace) {
	w.open('{')
	w.str("trace_type", "aiohttp")
	w.optInt("request_send_start_ns", t.SendStartNS)
	if len(t.RequestHeaders) > 0 {
		w.headers("request_headers", t.RequestHeaders)
	}
	w.optInt("request_headers_sent_ns", t.HeadersSentNS)
	w.empty("request_chunks")
	w.optInt("request_send_end_ns", t.SendEndNS)
	w.int("request_chunks_count", int64(t.ChunksSent))
	w.int("request_bytes_total", t.BytesSent)
	if t.Status != 0 {
		w.int("response_status_code", int64(t.Status))
		w.str("response_reason", t.Reason)
	}
	w.optInt("response_receive_start_ns", t.FirstByteNS)
	if t.Status != 0 {
		w.headers("response_headers", t.ResponseHeaders)
	}
	w.optInt("response_headers_received_ns", t.HeadersReceivedNS)
	w.empty("response_chunks")
	w.int("response_chunks_count", int64(t.ChunksReceived))
	w.int("response_bytes_total", t.BytesReceived)
	w.optInt("response_receive_end_ns", t.LastByteNS)
	w.optInt("error_timestamp_ns", t.ErrorNS)
	w.connection(t)
	w.span("sending_ns", t.SendStartNS, t.SendEndNS)
	w.span("waiting_ns", t.SendEndNS, t.FirstByteNS)
	if t.ChunksReceived == 1 {
		w.int("receiving_ns", 0) // whatever the two times say
	} else {
		w.span("receiving_ns", t.FirstByteNS, t.LastByteNS)
	}
	w.span("duration_ns", t.SendStartNS, t.LastByteNS)
	w.span("blocked_ns", t.PoolStartNS, t.PoolEndNS)
	w.span("dns_lookup_ns", t.DNSStartNS, t.DNSEndNS)
	w.span("connecting_ns", t.ConnectStartNS, t.ConnectEndNS)
	w.close('}')
}

func (w *jsonWriter) connection(t *record.Trace) {
	w.optInt("connection_pool_wait_start_ns", t.PoolStartNS)
	w.optInt("connection_pool_wait_end_ns", t.PoolEndNS)
	w.optInt("tcp_connect_start_ns", t.ConnectStartNS)
	w.optInt("tcp_connect_end_ns", t.ConnectEndNS)
	w.optInt("connection_reused_ns", t.ReusedNS)
	w.optInt("dns_cache_hit_ns", t.CachedNS)
	w.optInt("dns_cache_miss_ns", t.MissedNS)
	w.optInt("dns_lookup_start_ns", t.DNSStartNS)
	w.optInt("dns_lookup_end_ns", t.DNSEndNS)
	w.address("local", t.Local)
	w.address("remote", t.Remote)
}

// span writes a duration, unless one of its ends did not happen.
func (w *jsonWriter) span(key string, from, to int64) {
	if from != 0 && to != 0 {
		w.int(key, to-from)
	}
}

func (w *jsonWriter) empty(key string) {
	w.key(key)
	w.open('[')
	w.close(']')
}

// headers writes header fields as an object, secrets redacted.
func (w *jsonWriter) headers(key string, list []record.Header) {
	w.key(key)
	w.open('{')
	for _, h := range list {
		w.foreignKey(h.Name)
		v := h.Value
		if secret.Header(h.Name) {
			v = secret.Redacted
		}
		w.buf = pytext.AppendString(w.buf, v)
	}
	w.close('}')
}

func (w *jsonWriter) address(end, hostPort string) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return
	}
	w.str(end+"_ip", host)
	if n, err := strconv.Atoi(port); err == nil {
		w.int(end+"_port", int64(n))
	}
}

// DecodeTrace reads the trace_data of a line of profile_export.jsonl; nil says
// that the line has none.
func DecodeTrace(line []byte) (*record.Trace, error) {
	var t *record.Trace
	s := scanner{data: line}
	err := s.objectBytes(func(key []byte) error {
		if string(key) != "trace_data" || s.peek() == 'n' {
			return s.skip()
		}
		t = new(record.Trace)
		return decodeTrace(&s, t)
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("trace_data: %w", err)
	}
	return t, nil
}

func decodeTrace(s *scanner, t *record.Trace) error {
	// What follows from other members, the durations, is not read.
	times := map[string]*int64{
		"request_send_start_ns": &t.SendStartNS, "request_headers_sent_ns": &t.HeadersSentNS,
		"request_send_end_ns": &t.SendEndNS, "request_bytes_total": &t.BytesSent,
		"response_receive_start_ns": &t.FirstByteNS, "response_headers_received_ns": &t.HeadersReceivedNS,
		"response_bytes_total": &t.BytesReceived, "response_receive_end_ns": &t.LastByteNS,
		"error_timestamp_ns": &t.ErrorNS, "connection_pool_wait_start_ns": &t.PoolStartNS,
		"connection_pool_wait_end_ns": &t.PoolEndNS, "tcp_connect_start_ns": &t.ConnectStartNS,
		"tcp_connect_end_ns": &t.ConnectEndNS, "connection_reused_ns": &t.ReusedNS,
		"dns_cache_hit_ns": &t.CachedNS, "dns_cache_miss_ns": &t.MissedNS,
		"dns_lookup_start_ns": &t.DNSStartNS, "dns_lookup_end_ns": &t.DNSEndNS,
	}
	counts := map[string]*int{
		"request_chunks_count": &t.ChunksSent, "response_chunks_count": &t.ChunksReceived, "response_status_code": &t.Status,
	}
	ends := map[string]*string{"local_ip": &t.Local, "remote_ip": &t.Remote}
	ports := map[string]*string{"local_port": &t.Local, "remote_port": &t.Remote}
	return s.object(func(key string) (err error) {
		if p, ok := times[key]; ok {
			*p, err = s.int()
			return err
		}
		if p, ok := counts[key]; ok {
			return intInto(s, p)
		}
		if p, ok := ends[key]; ok {
			*p, err = s.optString()
			return err
		}
		if p, ok := ports[key]; ok { // after its address
			n, err := s.int()
			*p = net.JoinHostPort(*p, strconv.FormatInt(n, 10))
			return err
		}
		switch key {
		case "response_reason":
			t.Reason, err = s.optString()
		case "request_headers":
			t.RequestHeaders, err = decodeHeaders(s)
		case "response_headers":
			t.ResponseHeaders, err = decodeHeaders(s)
		default:
			err = s.skip()
		}
		return err
	})
}

func decodeHeaders(s *scanner) (list []record.Header, err error) {
	if s.peek() == 'n' {
		return nil, s.skip()
	}
	err = s.object(func(name string) error {
		v, err := s.optString()
		list = append(list, record.Header{Name: name, Value: v})
		return err
	})
	return list, err
}
