package simserver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Truth is what the server did with one inference request. All times are Unix
// nanoseconds made from one wall reading at process start plus the monotonic
// clock, so another process on the host can compare them with its own.
type Truth struct {
	// RequestID is the X-Request-ID header ("" if the client sent none).
	RequestID string `json:"request_id"`
	// ID is the id in the response bodies.
	ID    string `json:"id"`
	Index int    `json:"index"` // 1-based arrival order of inference requests
	Path  string `json:"path"`
	Model string `json:"model"`
	Fault string `json:"fault,omitempty"`
	// Status is the HTTP status sent, 0 if none was.
	Status int `json:"status"`
	// HeadersNS is when the request's header had been read, ArrivalNS when the
	// last bytes of its body had arrived: the kernel's stamp where there is one,
	// else when they had been read.
	HeadersNS int64 `json:"headers_ns"`
	ArrivalNS int64 `json:"arrival_ns"`
	// DueNS and WriteNS hold, for each content event in order, the deadline
	// and the time immediately before its write call. Events written together
	// share a WriteNS. A firehose has no deadlines: DueNS equals WriteNS, and
	// only the first event of each write is logged.
	DueNS   []int64 `json:"due_ns"`
	WriteNS []int64 `json:"write_ns"`
	// EndNS is after the last write, or when the connection was cut.
	EndNS            int64 `json:"end_ns"`
	PromptTokens     int   `json:"prompt_tokens"`
	CachedTokens     int   `json:"cached_tokens"`
	CompletionTokens int   `json:"completion_tokens"` // written, not asked for
	// Complete is false if the response was cut by the client, by the server's
	// end or by a fault that breaks the transfer.
	Complete bool `json:"complete"`
}

// TruthLog writes one JSON line per request. Its Record method is meant for
// Config.Truth.
type TruthLog struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// NewTruthLog returns a log that writes to w, one Write per line.
func NewTruthLog(w io.Writer) *TruthLog { return &TruthLog{w: w} }

// Record appends t.
func (l *TruthLog) Record(t Truth) {
	line, err := json.Marshal(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		_, err = l.w.Write(append(line, '\n'))
	}
	if l.err == nil && err != nil {
		l.err = fmt.Errorf("write truth log: %w", err)
	}
}

// Err returns the first error of a Record.
func (l *TruthLog) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// ReadTruth reads a log written by TruthLog. The error names the line.
func ReadTruth(r io.Reader) ([]Truth, error) {
	var all []Truth
	br := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := br.ReadBytes('\n')
		if len(line) > 0 {
			var t Truth
			if err := json.Unmarshal(line, &t); err != nil {
				return all, fmt.Errorf("read truth log line %d: %w", n, err)
			}
			all = append(all, t)
		}
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("read truth log: %w", err)
		}
	}
}
