package simserver

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serverName is the Server header of every answer.
const serverName = "tacho-simulator"

// exchange is one request and its answer.
type exchange struct {
	srv    *Server
	wire   *wire
	req    *http.Request
	body   []byte
	ctx    context.Context // ends when the client leaves or the server closes
	cancel context.CancelFunc

	table                []route // what the server offers
	headersNS, arrivalNS int64
	closing              bool // the connection is closed after this exchange

	// Set for inference requests only, by begin.
	index int
	id    string // without the endpoint's prefix
	fault *Fault
	log   Truth
}

// serve finds the route and lets it answer.
func (x *exchange) serve(table []route) {
	x.table = table
	known := false
	for _, r := range table {
		if !r.fits(x.req.URL.Path) {
			continue
		}
		if r.method == x.req.Method {
			r.serve(x)
			return
		}
		known = true
	}
	if known {
		x.reply(http.StatusMethodNotAllowed, typeJSON, []byte(`{"detail":"Method Not Allowed"}`))
		return
	}
	x.reply(http.StatusNotFound, typeJSON, []byte(`{"detail":"Not Found"}`))
}

const (
	typeJSON = "application/json"
	typeSSE  = "text/event-stream; charset=utf-8"
	typeHTML = "text/html; charset=utf-8"
)

// head returns a response head. length < 0 means a streamed body.
func (x *exchange) head(status int, ctype string, length int, extra ...string) []byte {
	b := make([]byte, 0, 256)
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(status)...)
	b = append(b, "\r\nDate: "...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	b = append(b, "\r\nServer: "+serverName...)
	if ctype != "" {
		b = append(b, "\r\nContent-Type: "...)
		b = append(b, ctype...)
	}
	if id := x.requestID(); id != "" {
		b = append(b, "\r\nX-Request-ID: "...)
		b = append(b, id...)
	}
	for _, h := range extra {
		b = append(b, "\r\n"...)
		b = append(b, h...)
	}
	switch {
	case length >= 0:
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(length), 10)
	case x.chunked():
		b = append(b, "\r\nTransfer-Encoding: chunked"...)
	default:
		x.closing = true // the end of the body is the end of the connection
	}
	if x.closing {
		b = append(b, "\r\nConnection: close"...)
	}
	return append(b, "\r\n\r\n"...)
}

func (x *exchange) chunked() bool { return x.req.ProtoAtLeast(1, 1) }

// requestID returns the client's X-Request-ID, which net/http has checked for
// line ends.
func (x *exchange) requestID() string { return x.req.Header.Get("X-Request-ID") }

// reply sends a whole answer.
func (x *exchange) reply(status int, ctype string, body []byte, extra ...string) {
	b := x.head(status, ctype, len(body), extra...)
	if x.req.Method != http.MethodHead {
		b = append(b, body...)
	}
	x.log.Status = status
	x.log.Complete = x.send(b)
}

// send writes b, waits until the socket has taken it and reports whether it
// did.
func (x *exchange) send(b []byte) bool {
	if _, err := x.wire.Write(b); err != nil {
		x.closing = true
		return false
	}
	return true
}

// refuse sends an error body as vLLM does.
func (x *exchange) refuse(status int, kind, param, format string, args ...any) {
	x.reply(status, typeJSON, errorBody(status, kind, param, fmt.Sprintf(format, args...)))
}

func errorBody(status int, kind, param, message string) []byte {
	var p any
	if param != "" {
		p = param
	}
	type inner struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Param   any    `json:"param"`
		Code    int    `json:"code"`
	}
	return appendJSON(nil, map[string]inner{"error": {message, kind, p, status}})
}

// request is the body of an inference request; it may name no model.
type request interface{ modelName() string }

// begin numbers an inference request, decodes its body into v and picks its
// fault. It reports false if the request has been answered. The caller defers
// x.end.
func (x *exchange) begin(v request) bool {
	return x.beginWith(v, func() error {
		if err := json.Unmarshal(x.body, v); err != nil {
			return fmt.Errorf("JSON decode error: %w", err)
		}
		return nil
	})
}

// beginWith is begin with a decoder of the body.
func (x *exchange) beginWith(v request, decode func() error) bool {
	x.index = int(x.srv.requests.Add(1))
	if x.id = x.requestID(); x.id == "" {
		x.id = x.srv.newID(x.index)
	}
	x.log = Truth{
		RequestID: x.requestID(), ID: x.id, Index: x.index, Path: x.req.URL.Path,
		HeadersNS: wall(x.headersNS), ArrivalNS: wall(x.arrivalNS),
		DueNS: []int64{}, WriteNS: []int64{},
	}
	if len(x.body) > maxBody {
		x.closing = true
		x.refuse(http.StatusRequestEntityTooLarge, "BadRequestError", "", "the request body is larger than %d bytes", maxBody)
		return false
	}
	if err := decode(); err != nil {
		x.refuse(http.StatusBadRequest, "Bad Request", "body", "1 validation error:\n  %v", err)
		return false
	}
	x.log.Model = v.modelName()
	if _, name, ok := strings.Cut(x.log.Model, "fault-"); ok && faultNamed(name) == nil {
		// A typing error must not look like a server without that fault.
		x.refuse(http.StatusNotFound, "NotFoundError", "model", "The simulator knows no fault `%s`.", name)
		return false
	}
	if x.fault = x.srv.pickFault(x.index, x.log.Model); x.fault != nil {
		x.log.Fault = x.fault.Name
		if x.fault.answer != nil {
			x.fault.answer(x)
			return false
		}
	}
	if c := x.srv.cfg; c.StrictModels && x.log.Model != "" && !slices.Contains(c.Models, x.log.Model) {
		x.refuse(http.StatusNotFound, "NotFoundError", "model", "The model `%s` does not exist. Valid aliases: %s.", x.log.Model, strings.Join(c.Models, ", "))
		return false
	}
	return true
}

// end hands the truth of an inference request over, after the last write.
func (x *exchange) end() {
	x.log.EndNS = wall(now())
	if x.srv.cfg.Truth != nil {
		x.srv.cfg.Truth(x.log)
	}
}

// newID returns 16 hex digits that depend on the seed and the request alone.
func (s *Server) newID(index int) string {
	return hex.EncodeToString(appendUint64(nil, mix(s.cfg.Seed, uint64(index), saltID)))
}
