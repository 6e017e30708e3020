package engine

import (
	"math"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/record"
)

// media is what the request held beside text, and what the answer says of a
// video. in are the inputs of the body, if it was read.
func (w *worker) media(turns []*dataset.Turn, in *endpoint.Inputs) record.Media {
	m := record.Media{}
	if w.r.plan.Context.Images {
		m.Images = w.images(turns, in)
	}
	if w.r.plan.Context.Audio {
		m.AudioSec = turns[0].AudioSeconds
	}
	if v := w.answer.Video; !math.IsNaN(v.InferenceSec) {
		m.VideoSec = v.InferenceSec
	}
	if v := w.answer.Video; !math.IsNaN(v.PeakMemoryMB) {
		m.VideoPeakMB = v.PeakMemoryMB
	}
	return m
}

// images counts those of the body: by the turns that it was made of, where
// those say it, for a body of pictures is long.
func (w *worker) images(turns []*dataset.Turn, in *endpoint.Inputs) int {
	n := 0
	for _, t := range turns {
		if t.Body != nil || t.Messages != nil {
			if in == nil {
				read, err := endpoint.ReadInputs(w.r.plan.Endpoint, w.body)
				if err != nil {
					return 0
				}
				in = &read
			}
			return in.Images
		}
		n += len(t.Images)
	}
	return n
}
