package engine

import (
	"math"
	"slices"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/record"
)

// media is what the request held beside text, and what the answer says of a
// video. in are the inputs of the body, if it was read.
func (w *worker) media(turns []*dataset.Turn, in *endpoint.Inputs) record.Media {
	m := record.Media{}
	if w.r.plan.Context.Images && slices.ContainsFunc(turns, mayHoldImages) {
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

// mayHoldImages reports whether the body of a request with the turn can hold some.
func mayHoldImages(t *dataset.Turn) bool {
	return len(t.Images) > 0 || t.Body != nil || t.Messages != nil
}

// images counts those that the body holds as parts, which are what AIPerf counts.
// It does so by the turns, where they say it: a body of pictures is long.
func (w *worker) images(turns []*dataset.Turn, in *endpoint.Inputs) int {
	n := 0
	for _, t := range turns {
		if !w.r.imageParts || t.Body != nil || t.Messages != nil {
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

// imageParts reports whether every image of a turn becomes a part of the body.
func imageParts(plan *Plan) bool {
	image := dataset.Media{Content: "data:image/png;base64,iVBORw0KGgo="}
	in, err := probe(plan, &dataset.Turn{Texts: []dataset.Text{{Content: "text"}}, Images: []dataset.Media{image, image}})
	return err == nil && in.Images == 2
}

// probe reads the inputs of a request with one turn.
func probe(plan *Plan, t *dataset.Turn) (endpoint.Inputs, error) {
	body, err := plan.Endpoint.Encode(nil, &plan.Encode, &endpoint.Request{Turns: []*dataset.Turn{t}})
	if err != nil {
		return endpoint.Inputs{}, err
	}
	return endpoint.ReadInputs(plan.Endpoint, body)
}
