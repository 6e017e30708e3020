package engine

import (
	"bytes"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/record"
	"tacho/engine/schedule/pacer"
	"tacho/engine/transport"
)

// worker sends one request at a time and owns its buffers, so that a token
// costs no allocation and no lock.
type worker struct {
	r    *run
	name string

	body    []byte // the payload
	form    []byte // the payload as a form
	delta   endpoint.Delta
	answer  endpoint.Answer
	header  []dataset.Header
	chunks  []int64 // content stamps of the request under way
	output  int64   // stamp of its first content that is not reasoning
	fault   *endpoint.Fault
	raw     *record.Raw // nil unless a raw export was asked for
	text    []byte      // of the answer, when the answers are to be kept
	tokens  *tokenCount
	prefill *prefill // held until the first content; nil when not
	waits   *pacer.Pacer
}

// firstToken gives the prefill slot back, once.
func (w *worker) firstToken() {
	w.prefill.release()
	w.prefill = nil
}

// headers builds the request's headers, spelled and ordered as they are sent in
// w.header, and the map that net/http takes.
func (w *worker) headers(requestID, correlationID string, turn *dataset.Turn) http.Header {
	w.header = w.r.plan.Headers.Append(w.header[:0], requestID, correlationID, turn.Headers)
	m := make(http.Header, len(w.header)+1)
	if f := w.r.plan.Form; f != nil {
		m.Set("Content-Type", f.ContentType())
	}
	for _, h := range w.header {
		m[h.Name] = append(m[h.Name], h.Value)
	}
	return m
}

// tokenCount is what the collector reads of a worker at its ticks, on a cache
// line of its own: the count of content chunks, to which the worker alone adds.
type tokenCount struct {
	n     atomic.Int64
	began atomic.Int64 // start of the request until its row is on its way; 0 between
	first atomic.Bool  // its first content is here
	_     [44]byte
}

func (r *run) newWorker() *worker {
	w := &worker{r: r, tokens: new(tokenCount)}
	w.delta.Relaxed = true
	w.name = workerName(r.collect.join(w.tokens))
	return w
}

// exactWaits bounds the workers that wait for their own due times exactly: each
// such wait holds a file of the system open. The others wait with Go's timers.
const exactWaits = 128

// pacer waits for due times of this worker's sessions.
func (w *worker) pacer() *pacer.Pacer {
	if w.waits == nil {
		w.waits = pacer.New(pacer.Options{Coarse: w.r.exact.Add(1) > exactWaits})
	}
	return w.waits
}

// close frees what the worker holds.
func (w *worker) close() {
	if w.waits != nil {
		w.waits.Close()
		w.r.exact.Add(-1)
	}
}

// do sends the slot's request, hands the record on, and returns when its
// exchange ended, on the axis of package record.
func (w *worker) do(ph *phase, s slot) (endNS int64) {
	if !ph.prefill.acquire(ph.sending) {
		ph.unsent.Add(1)
		return record.Now()
	}
	w.prefill = ph.prefill
	defer w.firstToken()
	picked := record.Now()
	w.tokens.first.Store(false)
	w.tokens.began.Store(picked)
	defer w.tokens.began.Store(0)
	plan, sess := w.r.plan, s.sess
	to, cancel := w.r.deal(ph)
	requestID, correlationID := newID(), sess.correlationID
	err := sess.err
	rec := &record.Record{
		Meta: record.Meta{
			Num: s.num, RequestID: requestID, CorrelationID: correlationID, RootCorrelation: correlationID,
			Turn: sess.turn, Worker: w.name, Processor: processorName, Phase: ph.plan.Phase,
			DueNS: record.Wall(s.dueNS),
		},
		ISL: -1, Output: -1, Reasoning: -1, Usage: record.NoUsage,
	}
	w.reset()
	var turn *dataset.Turn
	var turns []*dataset.Turn
	last := true
	if err == nil {
		conv := sess.conv
		turn = &conv.Turns[sess.turn]
		last = sess.turn == sess.turns-1
		w.answer.Capture = !last
		rec.ConversationID, rec.Model, rec.RequestedOSL = conv.ID, plan.Encode.Model, turn.MaxTokens
		if turn.Model != "" {
			rec.Model = turn.Model
		}
		turns = append(turns, turn)
		if !conv.SelfContained {
			turns = append(slices.Clip(sess.history), turn)
		}
		w.body, err = plan.Endpoint.Encode(w.body[:0], &plan.Encode, &endpoint.Request{
			System: conv.System, UserContext: conv.UserContext, Turns: turns, Previous: sess.previous,
		})
	}
	wire := w.body
	if err == nil && plan.Form != nil {
		w.form, err = plan.Form.Append(w.form[:0], w.body)
		wire = w.form
	}
	if err != nil {
		// The data set itself is broken here: say so on the request's record.
		now := record.Now()
		rec.StartNS, rec.EndNS = record.Wall(now), record.Wall(now)
		rec.Err = raise(record.ErrOther, worded("ClientError", err.Error()))
		w.r.counts.add(finished{rec: rec})
		ph.ended(now)
		if sess.err == nil {
			sess.sent(nil)
		}
		if last {
			ph.lastSent(1)
		}
		return now
	}

	header := w.headers(requestID, correlationID, turn)
	if plan.Raw {
		w.raw = &record.Raw{Payload: bytes.Clone(w.body), Headers: make([]record.Header, len(w.header))}
		for i, h := range w.header {
			w.raw.Headers[i] = record.Header(h)
		}
	}
	ph.sent.Add(1)
	ph.inFlight.Add(1)
	if last {
		ph.lastSent(1)
	}
	resp := w.ask(ph.flight, &transport.Request{
		URL: to, Header: header, Body: wire, Stream: plan.Encode.Stream, ConnKey: correlationID, LastOfKey: last,
		CancelSent: cancel, CancelAfter: ph.plan.CancelAfter,
	})
	ph.inFlight.Add(-1)

	end := exchangeEnd(resp)
	ph.ended(end)
	if resp.Kind == record.ErrCancelled && !resp.Planned {
		// Cut at the end of the run: such requests leave no record, as in AIPerf.
		ph.cutOff.Add(1)
		return end
	}
	w.fill(rec, resp, to, picked, end, ph.plan.CancelAfter)
	w.hand(rec, resp, to, turns, sess.conv)
	var message []byte
	if rec.Err == nil && !last {
		message = w.answer.AppendMessage(nil)
	}
	if w.r.stored && rec.Err == nil {
		sess.previous = w.answer.ResponseID()
	}
	sess.sent(message)
	return end
}

// exchangeEnd is the arrival of the last byte of the answer, or the failure.
func exchangeEnd(resp *transport.Response) int64 {
	t := &resp.Trace
	if resp.Err == nil {
		return max(t.LastBodyNS, t.AckNS)
	}
	return t.EndNS
}

// fill turns the exchange with a URL into the record; gaveUp is the delay of a
// planned cancellation.
func (w *worker) fill(rec *record.Record, resp *transport.Response, to string, picked, end int64, gaveUp time.Duration) {
	t := &resp.Trace
	start := t.DepartNS()
	rec.StartNS, rec.EndNS = record.Wall(start), record.Wall(end)
	rec.Status = resp.Status
	if resp.Status/100 == 2 {
		rec.AckNS = record.Wall(t.AckNS)
	}
	rec.Client = record.Client{
		PickedNS: record.Wall(picked), ConnectNS: t.SetupNS(), ReadLateNS: t.ReadLateNS, Kernel: t.Kernel,
	}
	if t.WroteFirstNS != 0 {
		rec.Client.WireNS = record.Wall(t.WroteFirstNS)
	}
	if _, jobs := w.r.plan.Endpoint.(endpoint.Poller); jobs {
		rec.AckNS = 0 // of many exchanges; AIPerf has none and no account of them
	} else {
		rec.HTTP = httpOf(t)
	}
	rec.Usage = record.Usage(w.answer.Usage)
	if !w.answer.HasUsage {
		rec.Usage = record.NoUsage
	}
	rec.FirstChunkTokens = w.answer.FirstChunkTokens
	if len(w.chunks) > 0 {
		rec.ChunkNS = make([]int64, len(w.chunks))
		for i, ns := range w.chunks {
			rec.ChunkNS[i] = record.Wall(ns)
		}
	}
	if w.output != 0 {
		rec.FirstOutputNS = record.Wall(w.output)
	}
	switch {
	case resp.Status != 0 && resp.Status/100 != 2:
		rec.Err = httpFailure(resp.Status, resp.Reason, string(resp.ErrorBody))
		rec.EndNS = rec.StartNS // AIPerf takes no end time of such an answer
	case resp.Planned:
		rec.Err = cancelFailure(gaveUp)
		rec.Cancelled, rec.CancelNS = true, record.Wall(t.EndNS)
	case w.fault != nil:
		kind := record.ErrStreamError
		if w.fault.Code == http.StatusGatewayTimeout { // of a job
			kind = record.ErrTimeout
		}
		rec.Err = contentFailure(kind, w.fault)
	case resp.Err != nil:
		rec.Err = transportFailure(resp, to)
	case !w.answer.Valid():
		kind := record.ErrNoContent
		if w.answer.Failed > 0 {
			kind = record.ErrStreamError
		}
		rec.Err = contentFailure(kind, w.answer.Fault())
	}
	if rec.Err != nil {
		w.hideSecrets(rec.Err)
	}
	if w.answer.Loose > 0 || w.answer.Failed > 0 || resp.LeftOpen || resp.Redirect != "" {
		w.r.collect.odd(w.answer.Loose > 0, resp.LeftOpen, w.r.plan.Headers.Hide(w.answer.FirstError), resp.Redirect)
	}
}

// hand passes the record on to be counted. Texts are copied: the buffers serve
// the next request at once.
func (w *worker) hand(rec *record.Record, resp *transport.Response, to string, turns []*dataset.Turn, conv *dataset.Conversation) {
	f := finished{rec: rec, raw: w.raw, inputTokens: -1, count: true}
	if w.raw != nil {
		w.raw.StartNS = record.Mono(rec.StartNS)
		w.raw.Status = resp.Status
		w.raw.ContentType = mediaType(resp.ContentType)
	}
	if plan := w.r.plan; plan.Texts || plan.Trace {
		if f.raw == nil {
			f.raw = &record.Raw{}
		}
		if rec.Err == nil {
			f.raw.Text = string(w.text)
		}
		if plan.Trace {
			f.raw.Trace = traceOf(resp, to, w.header, int(resp.Trace.BytesSent))
		}
	}
	ctx := w.r.plan.Context
	if w.r.plan.Counter == nil || !ctx.InputTokens {
		if ctx.ServerTokens {
			serverTokens(rec)
		}
		rec.Media = w.media(turns, nil)
		f.count = false
		w.r.counts.add(f)
		return
	}
	var read *endpoint.Inputs
	alone := len(turns) == 1 && conv.System == "" && conv.UserContext == ""
	if n, ok := w.r.knownInput(turns[len(turns)-1]); ok && alone {
		f.inputTokens = n
	} else if in, err := endpoint.ReadInputs(w.r.plan.Endpoint, w.body); err == nil {
		read = &in
		f.input, f.inputIDs, f.noInput = in.Text, in.IDs, in.Texts == 0 && in.IDs == 0
		if more := w.r.plan.InputText; more != nil {
			if text, ok := more(w.body); ok {
				f.input, f.noInput = text, false
			}
		}
	}
	rec.Media = w.media(turns, read)
	if rec.Err == nil {
		f.output = string(w.answer.Text())
		f.reasoning = string(w.answer.Reasoning())
	}
	w.r.counts.add(f)
}

// serverTokens takes the counts from the server's usage object: output is the
// completion less the reasoning, at least 0.
func serverTokens(rec *record.Record) {
	u := &rec.Usage
	rec.ISL, rec.Reasoning = u.Prompt, u.Reasoning
	if u.Completion >= 0 {
		rec.Output = max(u.Completion-max(u.Reasoning, 0), 0)
	}
}

// keepText is the largest buffer of an answer's text that serves the next one.
const keepText = 1 << 20

func (w *worker) reset() {
	w.answer.Reset()
	w.chunks = w.chunks[:0]
	if w.text = w.text[:0]; cap(w.text) > keepText {
		w.text = nil
	}
	w.output, w.fault, w.raw = 0, nil, nil
}

// Event takes one event of a stream; it is called by the client in this
// worker's goroutine, once per event, and allocates nothing unless a raw export
// was asked for.
func (w *worker) Event(e *transport.Event) error {
	if string(e.Name) == "error" { // not in the raw export, as in AIPerf
		w.fault = endpoint.EventFault(string(e.Comment), len(e.Comment) > 0, string(e.Raw))
		return &transport.KindError{Kind: record.ErrStreamError, Err: errStreamFault}
	}
	if w.raw != nil {
		w.keep(e)
	}
	if len(e.Data) == 0 {
		w.answer.Blank++
		return nil
	}
	if err := w.unit(e.Data, e.AtNS); err != nil {
		return err
	}
	e.Content, e.Last = w.delta.Content(), w.delta.Done
	return nil
}

// Body takes an answer that came in one piece.
func (w *worker) Body(b *transport.Body) error {
	if w.raw != nil {
		w.raw.First, w.raw.FirstNS = w.raw.Body, w.raw.BodyNS
		w.raw.Body, w.raw.BodyNS = string(b.Data), b.AtNS
	}
	if len(b.Data) == 0 {
		return nil
	}
	return w.unit(b.Data, b.AtNS)
}

// unit decodes one unit of the answer and stamps it if it carries content.
func (w *worker) unit(data []byte, atNS int64) error {
	if err := w.r.plan.Endpoint.Decode(data, &w.delta); err != nil {
		return &transport.KindError{Kind: record.ErrBadStream, Err: err}
	}
	w.answer.Add(&w.delta)
	if w.delta.Content() {
		if len(w.chunks) == 0 {
			w.tokens.first.Store(true)
			w.firstToken()
		}
		w.chunks = append(w.chunks, atNS)
		if w.r.plan.Texts {
			w.text = w.delta.AppendText(w.text)
		}
		w.tokens.n.Add(1)
		if w.output == 0 && w.delta.Output() {
			w.output = atNS
		}
	}
	return nil
}

// keep copies an event for the raw export.
func (w *worker) keep(e *transport.Event) {
	if p := packets(string(e.Raw)); len(p) > 0 {
		w.raw.Events = append(w.raw.Events, record.Event{AtNS: e.AtNS, Packets: p})
	}
}
