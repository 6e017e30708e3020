package engine

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/record"
	"tacho/engine/transport"
)

// traceOf is the full account of an exchange with target. sent are the headers
// of the request without those that the client adds itself.
func traceOf(resp *transport.Response, target string, sent []dataset.Header, bodyBytes int) *record.Trace {
	t := &resp.Trace
	out := &record.Trace{
		HTTP: httpOf(t), Status: resp.Status, Reason: resp.Reason,
		HeadersSentNS: wall(t.WroteFirstNS), HeadersReceivedNS: wall(t.AckNS),
		MissedNS: wall(t.DNSStartNS), DNSStartNS: wall(t.DNSStartNS), DNSEndNS: wall(t.DNSDoneNS),
		ConnectStartNS: wall(t.ConnectStartNS), ConnectEndNS: wall(max(t.ConnectDoneNS, t.TLSDoneNS)),
		Local: t.Local, Remote: t.Remote,
	}
	if t.GotConnNS == 0 {
		out.ConnectEndNS = 0 // it failed
	}
	if blocked := queuedNS(t); blocked > 0 {
		out.PoolStartNS, out.PoolEndNS = wall(t.GetConnNS), wall(t.GetConnNS+blocked)
	}
	if t.Reused {
		out.ReusedNS = wall(t.GotConnNS)
	}
	host := hostOf(target, sent)
	if name, _, err := net.SplitHostPort(host); t.ConnectStartNS != 0 && t.DNSStartNS == 0 && err == nil && net.ParseIP(name) == nil {
		out.CachedNS = wall(t.ConnectStartNS)
	}
	if resp.Err != nil && resp.Status == 0 {
		out.ErrorNS = wall(t.EndNS)
	}
	if t.WroteFirstNS != 0 {
		out.RequestHeaders = append(out.RequestHeaders, record.Header{Name: "Host", Value: host})
		for _, h := range sent {
			if http.CanonicalHeaderKey(h.Name) != "Host" {
				out.RequestHeaders = append(out.RequestHeaders, record.Header(h))
			}
		}
		out.RequestHeaders = append(out.RequestHeaders, record.Header{Name: "Content-Length", Value: strconv.Itoa(bodyBytes)})
	}
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		if v := resp.Header[name]; len(v) > 0 {
			out.ResponseHeaders = append(out.ResponseHeaders, record.Header{Name: name, Value: v[0]})
		}
	}
	if v := resp.TransferEncoding; len(v) > 0 {
		out.ResponseHeaders = append(out.ResponseHeaders, record.Header{Name: "Transfer-Encoding", Value: strings.Join(v, ", ")})
	}
	return out
}

// hostOf is the value of the Host header.
func hostOf(target string, sent []dataset.Header) string {
	for _, h := range sent {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			return h.Value
		}
	}
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Host
}
