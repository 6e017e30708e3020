package replay

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"tacho/engine/metric"
)

// Config is what of a run's input_config decides how its rows are read. Fields
// that the file does not have keep their zero values.
type Config struct {
	Models       []string
	URLs         []string
	EndpointType string
	Streaming    bool
	// SliceNS is the width of a time slice, 0 without slices.
	SliceNS       int64
	ServerTokens  bool
	PerChunkUsage bool
	FixedSchedule bool
	ShowTrace     bool
	SLOs          []metric.SLO
	// Concurrency and Rate are those of the profiling phase, 0 when not set.
	Concurrency int
	Rate        float64
}

// inputConfig is the part of the JSON that is read. Numbers are floats: AIPerf
// writes either form.
type inputConfig struct {
	Models struct {
		Items []struct{ Name string }
	}
	Endpoint struct {
		URLs          []string
		Type          string
		Streaming     bool
		ServerTokens  bool `json:"use_server_token_count"`
		PerChunkUsage bool `json:"per_chunk_usage"`
	}
	Phases []struct {
		Kind, Type  string
		Concurrency json.RawMessage
		Rate        json.RawMessage
	}
	Artifacts struct {
		SliceDuration float64 `json:"slice_duration"`
		ShowTrace     bool    `json:"show_trace_timing"`
	}
	SLOs map[string]float64
}

// parseConfig is lenient: a file of another version must still open, so what
// cannot be read is left at its zero value.
func parseConfig(raw json.RawMessage) Config {
	var in inputConfig
	// Unmarshal goes on after a field of the wrong type; its error only names
	// the first.
	_ = json.Unmarshal(raw, &in)
	c := Config{
		URLs: in.Endpoint.URLs, EndpointType: in.Endpoint.Type, Streaming: in.Endpoint.Streaming,
		SliceNS:      int64(math.Round(in.Artifacts.SliceDuration * 1e9)),
		ServerTokens: in.Endpoint.ServerTokens, PerChunkUsage: in.Endpoint.PerChunkUsage, ShowTrace: in.Artifacts.ShowTrace,
	}
	for _, m := range in.Models.Items {
		c.Models = append(c.Models, m.Name)
	}
	for _, p := range in.Phases {
		if p.Kind == "warmup" {
			continue
		}
		c.FixedSchedule = c.FixedSchedule || p.Type == "fixed_schedule"
		if c.Concurrency == 0 && c.Rate == 0 {
			_ = json.Unmarshal(p.Concurrency, &c.Concurrency)
			_ = json.Unmarshal(p.Rate, &c.Rate)
		}
	}
	for tag, limit := range in.SLOs {
		c.SLOs = append(c.SLOs, metric.SLO{Tag: metric.Tag(tag), Limit: limit})
	}
	slices.SortFunc(c.SLOs, func(a, b metric.SLO) int { return cmp.Compare(a.Tag, b.Tag) })
	return c
}

// tokenless are the APIs whose answers are not tokens, uncounted those whose
// input is not counted either.
var (
	tokenless = []string{
		"audio_transcription", "cohere_rankings", "chat_embeddings", "embeddings", "hf_tei_rankings", "image_generation",
		"image_edit", "video_generation", "image_retrieval", "nim_embeddings", "nim_rankings",
	}
	uncounted = []string{"audio_transcription", "image_retrieval"}
)

// configure reads the configuration from the summary, or from our manifest when
// there is none, and derives what it means for the metrics.
func (d *Dir) configure() {
	switch {
	case d.Run != nil:
		d.Config = parseConfig(d.Run.InputConfig)
	case d.Manifest != nil:
		d.Config = parseConfig(d.Manifest.Profile)
	}
	c := d.Config
	d.Context = &metric.Context{
		Streaming:     c.Streaming,
		OutputTokens:  !slices.Contains(tokenless, c.EndpointType),
		InputTokens:   !slices.Contains(uncounted, c.EndpointType),
		ServerTokens:  c.ServerTokens,
		PerChunkUsage: c.PerChunkUsage,
		FixedSchedule: c.FixedSchedule,
		// What the requests held shows in their records.
		Images: true, Audio: true, MakesVideo: true,
		SLOs: c.SLOs,
	}
}
