package simserver

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// faults is the table behind Faults.
var faults = slices.Concat(
	[]Fault{
		{Name: "accept-reset", Stage: StageConnection, Doc: "the connection is accepted and reset at once", conn: func(_ *Server, w *wire) { w.reset() }},
		{Name: "accept-close", Stage: StageConnection, Doc: "the connection is accepted and closed at once", conn: func(_ *Server, w *wire) { w.hangUp() }},
		{Name: "tls-alert", Stage: StageConnection, Doc: "the TLS handshake ends with a fatal alert", conn: tlsAlert},
		{Name: "reset", Stage: StageResponse, Doc: "the request is read, then the connection is reset", answer: func(x *exchange) { x.cut(true) }},
		{Name: "close", Stage: StageResponse, Doc: "the request is read, then the connection is closed without an answer", answer: func(x *exchange) { x.cut(false) }},
		{Name: "hang", Stage: StageResponse, Doc: "the request is read and never answered", answer: func(x *exchange) { x.sleep(x.srv.cfg.Limits.Hang); x.cut(false) }},
		{Name: "slow-headers", Stage: StageStream, Harmless: true, Doc: "the response head trickles in (a whole answer: comes late)", slowHead: true},
	},
	statusFaults(),
	[]Fault{
		{Name: "empty-200", Stage: StageResponse, Doc: "200, an event stream's content type and an empty body", answer: replyWith(http.StatusOK, typeSSE, "")},
		{Name: "json-error-200", Stage: StageResponse, Doc: "200 with a JSON error object as the body", answer: replyWith(http.StatusOK, typeJSON, `{"error":{"message":"simulated error in a 200 answer","type":"server_error","param":null,"code":400}}`)},
		{Name: "html-200", Stage: StageResponse, Doc: "200 with an HTML page, as a captive proxy answers", answer: replyWith(http.StatusOK, typeHTML, "<!doctype html><title>Simulated sign-in</title><p>Please sign in.\n")},

		{Name: "cut", Stage: StageStream, Doc: "the connection closes (FIN) in mid-answer, chunked framing broken off", stream: cutStream(kindCut), whole: cutWhole(kindCut)},
		{Name: "cut-reset", Stage: StageStream, Doc: "the connection is reset (RST) in mid-answer", stream: cutStream(kindReset), whole: cutWhole(kindReset)},
		{Name: "cut-event", Stage: StageStream, Doc: "the connection closes in the middle of an event", stream: cutEvent, whole: cutWhole(kindCut)},
		{Name: "hang-mid", Stage: StageStream, Doc: "the answer stops in the middle and the connection stays open", stream: hangMid, whole: hangWhole},
		{Name: "stall", Stage: StageStream, Harmless: true, Doc: "the answer pauses in the middle and goes on", stream: stallMid},
		{Name: "bad-json", Stage: StageStream, Doc: "one data line holds broken JSON, the stream goes on", stream: after(piece{kind: kindSSE, text: "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"del\n\n"}), whole: badJSON},
		{Name: "bad-chunk", Stage: StageStream, Doc: "a chunk size that is not a number", stream: badChunk, whole: cutWhole(kindCut)},
		{Name: "error-first", Stage: StageStream, Doc: "the stream is one data line with an error object", stream: errorFirst},
		{Name: "error-mid", Stage: StageStream, Doc: "after some content, a data line with an error object ends the stream", stream: errorMid},
		{Name: "error-event", Stage: StageStream, Doc: "after some content, an \"event: error\" block with a comment ends the stream", stream: errorEvent},
		{Name: "role-only", Stage: StageStream, Doc: "role chunk, finish and [DONE], but no content", stream: noContent(kindRole, kindFinish)},
		{Name: "usage-only", Stage: StageStream, Doc: "only a usage chunk and [DONE]", stream: noContent(kindUsage)},
		{Name: "zero-tokens", Stage: StageStream, Doc: "an answer of zero tokens, finished properly", stream: zeroTokens},
		{Name: "no-usage", Stage: StageStream, Harmless: true, Doc: "no usage although asked for", stream: func(_ *exchange, s *stream) {
			s.pieces = slices.DeleteFunc(s.pieces, func(p piece) bool { return p.kind == kindUsage })
		}},
		{Name: "no-object", Stage: StageStream, Doc: "answers without the object field", noObject: true},
		{Name: "no-done", Stage: StageStream, Harmless: true, Doc: "the stream ends without [DONE]", stream: noDone},
		{Name: "ping", Stage: StageStream, Harmless: true, Doc: "comment lines (\": ping\") between the events", stream: ping},
		{Name: "crlf", Stage: StageStream, Harmless: true, Doc: "CRLF line ends in the event stream", stream: func(_ *exchange, s *stream) { s.crlf = true }},
		{Name: "multi-line", Stage: StageStream, Harmless: true, Doc: "each event's JSON over several data lines", stream: func(_ *exchange, s *stream) { s.multi = true }},
		{Name: "batched", Stage: StageStream, Harmless: true, Doc: "four events to a write", stream: batched},
		{Name: "split-event", Stage: StageStream, Harmless: true, Doc: "each event in three writes with a pause between", stream: splitEvents},
		{Name: "huge-event", Stage: StageStream, Harmless: true, Doc: "one event with a very long text", stream: hugeEvent},
	},
)

// statusFaults makes an HTTP error with a JSON and with an HTML body for each
// status.
func statusFaults() []Fault {
	kinds := []struct {
		status int
		kind   string
	}{
		{400, "BadRequestError"}, {401, "AuthenticationError"}, {404, "NotFoundError"},
		{429, "RateLimitError"}, {500, "InternalServerError"}, {503, "ServiceUnavailableError"},
	}
	var fs []Fault
	for _, k := range kinds {
		text := http.StatusText(k.status)
		var extra []string
		if k.status == http.StatusTooManyRequests || k.status == http.StatusServiceUnavailable {
			extra = []string{"Retry-After: 1"}
		}
		fs = append(fs,
			Fault{
				Name: fmt.Sprintf("http-%d", k.status), Stage: StageResponse, Doc: fmt.Sprintf("HTTP %d with a JSON error", k.status),
				answer: replyWith(k.status, typeJSON, string(errorBody(k.status, k.kind, "", "simulated "+strings.ToLower(text))), extra...),
			},
			Fault{
				Name: fmt.Sprintf("http-%d-html", k.status), Stage: StageResponse, Doc: fmt.Sprintf("HTTP %d with an HTML page, as a proxy sends", k.status),
				answer: replyWith(k.status, typeHTML, fmt.Sprintf("<html>\n<head><title>%d %s</title></head>\n<body><center><h1>%d %s</h1></center><hr>simulated proxy</body>\n</html>\n", k.status, text, k.status, text), extra...),
			})
	}
	return fs
}

func replyWith(status int, ctype, body string, extra ...string) func(*exchange) {
	return func(x *exchange) {
		x.srv.stats.failed() // first, so that who has the answer sees it counted
		x.reply(status, ctype, []byte(body), extra...)
	}
}

// tlsAlert sends a fatal handshake_failure. It first reads a little, so that
// the client's hello does not turn the close into a reset.
func tlsAlert(_ *Server, w *wire) {
	_ = w.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	var hello [4096]byte
	_, _ = io.ReadAtLeast(w, hello[:], 1)
	_, _ = w.Write([]byte{0x15, 3, 3, 0, 2, 2, 40})
	w.hangUp()
}

// cut ends the connection without an answer.
func (x *exchange) cut(rst bool) {
	x.srv.stats.failed()
	x.closing = true
	if rst {
		x.wire.reset()
		return
	}
	_ = x.wire.Close()
}

// sleep waits for d or until the client or the server is gone.
func (x *exchange) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-x.ctx.Done():
	}
}

// drip sends b in three parts with pauses between.
func (x *exchange) drip(b []byte) {
	for i := range 3 {
		if i > 0 {
			x.sleep(x.srv.cfg.Limits.SlowHead)
		}
		x.send(b[i*len(b)/3 : (i+1)*len(b)/3])
	}
}
