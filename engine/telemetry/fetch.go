package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"tacho/engine/record"
)

// maxPage bounds the bytes of a page.
const maxPage = 32 << 20

var (
	errTooLong = fmt.Errorf("its page is longer than %d MiB", maxPage>>20)
	errJSON    = fmt.Errorf("%w: it is JSON", errNotPrometheus)
)

// statusError is an answer that is not 200.
type statusError struct{ status string }

func (e *statusError) Error() string { return "HTTP " + e.status }

// fetcher reads one page again and again. It belongs to one goroutine.
type fetcher struct {
	url    string // with its secrets
	client *http.Client
	buf    bytes.Buffer
}

// page is what a fetch gave. The body is valid until the next one. Times are
// nanoseconds of package record's axis.
type page struct {
	body                   []byte
	openMetrics            bool
	sentNS, firstNS, endNS int64
}

// accept asks for the classic text format: what speaks both then sends it.
const accept = "text/plain;version=0.0.4;q=1,*/*;q=0.1"

func (f *fetcher) get(ctx context.Context) (p page, err error) {
	defer func() {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // it names the URL, which may hold a secret
		}
	}()
	var first atomic.Int64 // the hook may run late, after a failure
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { first.Store(record.Now()) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url, nil)
	if err != nil {
		return p, err
	}
	req.Header.Set("Accept", accept)
	p.sentNS = record.Now()
	resp, err := f.client.Do(req)
	if err != nil {
		return p, err
	}
	defer resp.Body.Close()
	if p.firstNS = first.Load(); p.firstNS == 0 {
		p.firstNS = record.Now() // a transport that does not trace
	}
	if resp.StatusCode != http.StatusOK {
		return p, &statusError{resp.Status}
	}
	kind := strings.ToLower(resp.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "application/json") {
		return p, errJSON
	}
	p.openMetrics = strings.HasPrefix(kind, "application/openmetrics-text")
	f.buf.Reset()
	n, err := f.buf.ReadFrom(io.LimitReader(resp.Body, maxPage+1))
	p.endNS = record.Now()
	switch {
	case err != nil:
		return p, err
	case n > maxPage:
		return p, errTooLong
	}
	p.body = f.buf.Bytes()
	return p, nil
}

// trouble says in a few words what is wrong with a source.
func trouble(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &dns):
		return "its name does not resolve"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "no answer in time"
	case errors.Is(err, errNotPrometheus):
		return record.OneLine(err.Error(), 120)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection was cut"
	}
	return record.OneLine(err.Error(), 120)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// newClient makes the HTTP client of all pages. No proxy: the pages are those of
// machines under test.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: 30 * time.Second,
	}}
}
