package endpoint

import (
	"math"
	"strconv"
)

// VideoGeneration is the API of OpenAI and SGLang for making videos from a
// text. An answer only names a job, which is then asked for (see Poller).
type VideoGeneration struct{}

// Spec describes the API.
func (VideoGeneration) Spec() Spec {
	return Spec{
		Type: "video-generation", Title: "Video Generation Metrics", Path: "/v1/videos",
		TokenizesInput: true, MakesVideos: true, Form: true,
	}
}

// Encode appends a request payload.
func (VideoGeneration) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, prompt, err := promptOf("video-generation", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := newBody(dst, o, t)
	b.str("prompt", prompt)
	b.str("model", modelOf(t, o))
	return b.end(), nil
}

var videoNames = []string{"usage", "inference_time_s", "peak_memory_mb", "error", "object", "message"}

// Decode reads the answer to the submission or to a poll: any object is
// content, so feed it the first answer and the last, as AIPerf does.
func (VideoGeneration) Decode(data []byte, d *Delta) error {
	m, ok := d.members(data, videoNames)
	if !ok {
		return nil
	}
	d.account(m[0])
	d.Video = Video{numberOr(m[1], math.NaN()), numberOr(m[2], math.NaN())}
	d.fail(m[3], m[4], m[5])
	d.Kind = VideoUnit
	return nil
}

// numberOr is a JSON number, or other if it is none.
func numberOr(raw []byte, other float64) float64 {
	if f, err := strconv.ParseFloat(string(raw), 64); err == nil {
		return f
	}
	return other
}
