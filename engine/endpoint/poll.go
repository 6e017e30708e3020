package endpoint

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"tacho/engine/pytext"
)

// PollInterval is the pause between two polls of a job; AIPerf's default.
const PollInterval = 100 * time.Millisecond

// Poller is an Endpoint whose answer to a request only names a job, which is
// then asked for until it has ended. The request is the submission and all the
// polls: its latency ends with the last poll's answer, and its units are the
// first answer and the last.
type Poller interface {
	Endpoint
	// Submitted reads the answer to a submission sent to url and returns the
	// URL at which to ask for the job.
	Submitted(url string, answer []byte) (poll string, fault *Fault)
	// Polled reads the answer to a poll and says whether the job has ended.
	Polled(answer []byte) (done bool, fault *Fault)
	// ContentURL is where the content of an ended job lies, by its poll's URL
	// and last answer.
	ContentURL(poll string, answer []byte) string
}

var jobNames = []string{"id", "status", "error", "url"}

// Places in jobNames.
const (
	jobID = iota
	jobStatus
	jobError
	jobURL
)

// Submitted reads the job's id.
func (VideoGeneration) Submitted(url string, answer []byte) (poll string, fault *Fault) {
	var m members
	var d Delta
	if !m.read(answer, jobNames) {
		return "", jobFault("the answer to the submission is not a JSON object", "Invalid JSON in video submit response (status 200): "+snippet(answer))
	}
	id := bytes.Trim(m[jobID], `"`)
	if text, ok := d.text(m[jobID]); ok {
		id = text
	}
	if !truthy(m[jobID]) {
		return "", jobFault("the answer to the submission names no job", "No job ID returned: "+pyRepr(answer))
	}
	path, query, ok := strings.Cut(url, "?")
	poll = strings.TrimRight(path, "/") + "/" + string(id)
	if ok {
		poll += "?" + query
	}
	return poll, nil
}

// Polled reads the job's status.
func (VideoGeneration) Polled(answer []byte) (done bool, fault *Fault) {
	var m members
	var d Delta
	if !m.read(answer, jobNames) {
		return false, jobFault("the answer to a poll is not a JSON object", "Invalid JSON in video poll response (status 200): "+snippet(answer))
	}
	switch string(d.words(m[jobStatus])) {
	case "completed":
		return true, nil
	case "failed":
		text := "Unknown error"
		if isObject(m[jobError]) {
			var in members
			if in.read(m[jobError], errorNames) && in[0] != nil {
				text = string(d.words(in[0]))
			}
		} else if m[jobError] != nil {
			text = pyStr(m[jobError])
		}
		return true, jobFault("the job failed: "+text, "Video generation failed: "+text)
	}
	return false, nil
}

// ContentURL is the URL that the answer names, else /content of the poll's.
func (VideoGeneration) ContentURL(poll string, answer []byte) string {
	var m members
	var d Delta
	if m.read(answer, jobNames) {
		if url := d.words(m[jobURL]); url != nil {
			return string(url)
		}
	}
	path, query, ok := strings.Cut(poll, "?")
	path += "/content"
	if ok {
		path += "?" + query
	}
	return path
}

// JobTimeout is the failure of a job that has not ended in time; seconds is the
// request timeout as AIPerf prints it.
func JobTimeout(seconds float64) *Fault {
	return &Fault{
		Code: http.StatusGatewayTimeout, Type: "TimeoutError", Cause: "the job did not end in time",
		Message: "Video generation timed out after " + string(pytext.AppendFloatRepr(nil, seconds)) + "s",
	}
}

func jobFault(cause, message string) *Fault {
	return &Fault{Code: http.StatusInternalServerError, Type: "VideoGenerationError", Message: message, Cause: cause}
}

// snippet is the beginning of an answer.
func snippet(answer []byte) string {
	if len(answer) == 0 {
		return "<empty>"
	}
	r := []rune(string(answer[:min(len(answer), 800)]))
	return string(r[:min(len(r), 200)])
}
