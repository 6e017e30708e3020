package app

import (
	"os"
	"path/filepath"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/profiles"
)

// media adds the pictures, sounds and videos of a profile. Without a batch size
// there are none.
func media(cfg *dataset.SyntheticConfig, d *profiles.Dataset) {
	cfg.Images = dataset.ImageConfig{
		Width: distOf(&d.Images.Width), Height: distOf(&d.Images.Height), Batch: limitOf(d.Images.BatchSize),
		Format: "jpeg", // what AIPerf makes, whatever its help says
	}
	if d.Images.Format.Set {
		cfg.Images.Format = d.Images.Format.V
	}
	if source := d.Images.Source.V; source != profiles.ImageNoise {
		cfg.Images.Folder, cfg.Images.Draw = homePath(source), d.Images.SourceSampling.V
	}
	a := &d.Audio
	cfg.Audio = dataset.AudioConfig{
		Seconds: distOf(&a.Length), Batch: limitOf(a.BatchSize), Format: a.Format.V,
		Depths: a.Depths.V, SampleRates: a.SampleRates.V, Channels: a.Channels.V,
	}
	v := &d.Video
	if !v.BatchSize.Set {
		return
	}
	cfg.Video = dataset.VideoConfig{
		Width: v.Width.V, Height: v.Height.V, Batch: v.BatchSize.V, Seconds: v.Duration.V, FPS: v.FPS.V,
		Picture: v.Synth.V, Format: v.Format.V, Codec: v.Codec.V,
		AudioChannels: v.Sound.Channels.V, AudioHz: hertz(v.Sound.SampleRate.V), AudioBits: v.Sound.Depth.V,
		AudioCodec: v.Sound.Codec.V,
	}
}

// homePath puts the home folder in for a leading ~, as a shell does.
func homePath(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// hertz reads a sample rate: kHz, but Hz above 96.
func hertz(r float64) int {
	if r <= 96 {
		r *= 1000
	}
	return int(r)
}

// textless reports whether an API neither reads nor writes text.
func textless(spec endpoint.Spec) bool { return !spec.TokenizesInput && !spec.ProducesTokens }
