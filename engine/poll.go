package engine

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"tacho/engine/endpoint"
	"tacho/engine/transport"
)

// Polling is how jobs are asked for, where an API makes them (endpoint.Poller).
type Polling struct {
	// Every is the pause between two polls; For is how long a job may take
	// after its submission, 0 without limit.
	Every, For time.Duration
	// Download fetches what was made; the request then ends with its last byte.
	Download bool
}

// errJobTimeout is why the wait for a job ended.
var errJobTimeout = errors.New("the job did not end in time")

// ask sends the request; for an API that makes jobs, also the polls.
func (w *worker) ask(ctx context.Context, req *transport.Request) *transport.Response {
	job, ok := w.r.plan.Endpoint.(endpoint.Poller)
	if !ok {
		return w.r.plan.Client.Do(ctx, req, w)
	}
	var answer []byte
	resp := w.r.plan.Client.Do(ctx, req, transport.HandlerFuncs{OnEvent: w.Event, OnBody: func(b *transport.Body) error {
		answer = bytes.Clone(b.Data)
		return w.Body(b)
	}})
	if resp.Err != nil || resp.Status/100 != 2 {
		return resp
	}
	at, fault := job.Submitted(req.URL, answer)
	if w.fault = fault; fault == nil {
		w.await(ctx, job, at, req.Header, resp)
	}
	return resp
}

// await asks for a job until it has ended. What happens is told as the end of
// the exchange that submitted it.
func (w *worker) await(ctx context.Context, job endpoint.Poller, at string, header http.Header, resp *transport.Response) {
	opts := &w.r.plan.Polling
	if opts.For > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, opts.For, errJobTimeout)
		defer stop()
	}
	header = maps.Clone(header)
	if w.r.plan.Form != nil {
		header.Del("Content-Type") // of the form
	}
	for {
		var done bool
		var last []byte
		got := w.get(ctx, at, header, resp, func(b *transport.Body) error {
			if done, w.fault = job.Polled(b.Data); !done || w.fault != nil {
				return nil
			}
			last = bytes.Clone(b.Data)
			if opts.Download {
				return nil // the request goes on
			}
			return w.Body(b)
		})
		switch {
		case !got || w.fault != nil:
			return
		case done && opts.Download:
			w.download(ctx, resolve(at, job.ContentURL(at, last)), header, resp, last)
			return
		case done:
			return
		}
		pause := time.NewTimer(opts.Every)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop() // the next poll says how it ends
		}
	}
}

// download fetches the content of a job. Its arrival is that of the job's last
// answer.
func (w *worker) download(ctx context.Context, at string, header http.Header, resp *transport.Response, last []byte) {
	w.get(ctx, at, header, resp, func(b *transport.Body) error {
		return w.Body(&transport.Body{Data: last, AtNS: b.AtNS, UserNS: b.UserNS, Kernel: b.Kernel})
	})
}

// get asks at for a body and moves the end of resp to its end. It reports
// whether a body came.
func (w *worker) get(ctx context.Context, at string, header http.Header, resp *transport.Response, body func(*transport.Body) error) bool {
	got := w.r.plan.Client.Do(ctx, &transport.Request{Method: http.MethodGet, URL: at, Header: header}, transport.HandlerFuncs{OnBody: body})
	if got.Err != nil && context.Cause(ctx) == errJobTimeout {
		w.fault = endpoint.JobTimeout(w.r.plan.Polling.For.Seconds())
	}
	t := &resp.Trace
	t.EndNS = got.Trace.EndNS
	t.LastBodyNS = max(t.LastBodyNS, got.Trace.LastBodyNS, got.Trace.AckNS)
	t.ReadLateNS = max(t.ReadLateNS, got.Trace.ReadLateNS)
	t.Kernel = t.Kernel && got.Trace.Kernel
	resp.Status, resp.Reason, resp.ErrorBody = got.Status, got.Reason, got.ErrorBody
	resp.Kind, resp.Err = got.Kind, got.Err
	return got.Err == nil
}

// resolve makes a URL that an answer names a complete one.
func resolve(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}
