package profiles

import (
	"errors"
	"strings"
)

// mediaFields make pictures, sounds and videos.
func mediaFields() []*Field {
	var fields []*Field
	add := func(f *Field) { fields = append(fields, f) }

	num := func(group, flag, unit, help string, at func(*Dataset) *Opt[float64], checks ...func(*float64) error) {
		add(number(Field{Flag: flag, Group: group, Tier: 'B', Kinds: onlySynthetic, Unit: unit, Default: "0.0", Help: help},
			func(p *Profile) *Opt[float64] { return at(p.Dataset()) }, append(checks, finite, atLeast(0.0))...))
	}
	batch := func(group, what, help string, tier byte, at func(*Dataset) *Opt[int]) {
		add(whole(Field{Flag: what + "-batch-size", Aliases: []string{"batch-size-" + what}, Group: group, Tier: tier, Kinds: onlySynthetic, Default: "1", Help: help},
			func(p *Profile) *Opt[int] { return at(p.Dataset()) }, atLeast(0)))
	}

	num(groupImage, "image-width-mean", "px", "Mean width of a picture; with a height, pictures are sent", func(d *Dataset) *Opt[float64] { return &d.Images.Width.Mean })
	num(groupImage, "image-width-stddev", "px", "Standard deviation of the width", func(d *Dataset) *Opt[float64] { return &d.Images.Width.Stddev })
	num(groupImage, "image-height-mean", "px", "Mean height of a picture", func(d *Dataset) *Opt[float64] { return &d.Images.Height.Mean })
	num(groupImage, "image-height-stddev", "px", "Standard deviation of the height", func(d *Dataset) *Opt[float64] { return &d.Images.Height.Stddev })
	batch(groupImage, "image", "Pictures per request", 'B', func(d *Dataset) *Opt[int] { return &d.Images.BatchSize })
	add(choice(Field{Flag: "image-format", Group: groupImage, Tier: 'B', Kinds: onlySynthetic, Default: "png", Choices: []string{"png", "jpeg", "random"},
		Help: "Encoding of pictures; as in AIPerf they are jpeg unless this is given"},
		func(p *Profile) *Opt[string] { return &p.Dataset().Images.Format }))
	add(imageSource())
	add(choiceAs(Field{Flag: "image-source-sampling", Group: groupImage, Tier: 'C', Kinds: onlySynthetic, Default: "random-with-replacement",
		Choices: []string{"random-with-replacement", "shuffle-cycle", "sequential-cycle"}, Help: "How pictures are drawn from a folder"},
		func(p *Profile) *Opt[string] { return &p.Dataset().Images.SourceSampling }, asTyped))

	num(groupAudio, "audio-length-mean", "s", "Mean length of a sound; with it, sounds are sent", func(d *Dataset) *Opt[float64] { return &d.Audio.Length.Mean })
	num(groupAudio, "audio-length-stddev", "s", "Standard deviation of that length", func(d *Dataset) *Opt[float64] { return &d.Audio.Length.Stddev })
	batch(groupAudio, "audio", "Sounds per request", 'B', func(d *Dataset) *Opt[int] { return &d.Audio.BatchSize })
	add(choice(Field{Flag: "audio-format", Group: groupAudio, Tier: 'B', Kinds: onlySynthetic, Default: "wav", Choices: []string{"wav", "mp3"}, Help: "Format of sounds"},
		func(p *Profile) *Opt[string] { return &p.Dataset().Audio.Format }))
	add(many(Field{Flag: "audio-depths", Group: groupAudio, Tier: 'C', Kinds: onlySynthetic, Type: typeInt, List: Comma, Default: "16", Unit: "bits", Help: "Sample depths to draw from: 8, 16, 24, 32"},
		func(p *Profile) *Opt[[]int] { return &p.Dataset().Audio.Depths }, readEach(readInt)))
	add(many(Field{Flag: "audio-sample-rates", Group: groupAudio, Tier: 'C', Kinds: onlySynthetic, Type: typeFloat, List: Comma, Default: "16.0", Unit: "kHz", Help: "Sample rates to draw from; values above 96 are Hz"},
		func(p *Profile) *Opt[[]float64] { return &p.Dataset().Audio.SampleRates }, readEach(readFloat)))
	add(whole(Field{Flag: "audio-num-channels", Group: groupAudio, Tier: 'C', Kinds: onlySynthetic, Default: "1", Help: "Channels of a sound, 1 or 2"},
		func(p *Profile) *Opt[int] { return &p.Dataset().Audio.Channels }, atLeast(1), atMost(2)))
	return append(fields, videoFields()...)
}

// imageSource is a word or a folder.
func imageSource() *Field {
	f := Field{Flag: "image-source", Group: groupImage, Tier: 'C', Kinds: onlySynthetic, Type: "word or folder", Default: ImageNoise, Choices: []string{ImageNoise}, Away: []string{"assets"},
		Help: "Where pictures come from: noise, or a folder of pictures, which are resized"}
	return scalar(f, func(p *Profile) *Opt[string] { return &p.Dataset().Images.Source }, func(s string) (string, error) {
		switch s = strings.TrimSpace(s); {
		case s == "":
			return "", errors.New("must be noise or a folder")
		case strings.EqualFold(s, "assets"):
			return "", errors.New("is not supported: those are AIPerf's own pictures; give a folder of pictures")
		case strings.EqualFold(s, ImageNoise):
			return ImageNoise, nil
		}
		return s, nil
	})
}

// videoFields make videos, which takes an ffmpeg.
func videoFields() []*Field {
	count := func(flag, def, unit, help string, at func(*Video) *Opt[int], checks ...func(*int) error) *Field {
		return whole(Field{Flag: flag, Group: groupVideo, Tier: 'C', Kinds: onlySynthetic, Default: def, Unit: unit, Help: help}, func(p *Profile) *Opt[int] { return at(&p.Dataset().Video) }, checks...)
	}
	word := func(flag, def, help string, choices []string, at func(*Video) *Opt[string]) *Field {
		return choice(Field{Flag: flag, Group: groupVideo, Tier: 'C', Kinds: onlySynthetic, Default: def, Help: help, Choices: choices}, func(p *Profile) *Opt[string] { return at(&p.Dataset().Video) })
	}
	size := count("video-batch-size", "1", "", "Videos per request", func(v *Video) *Opt[int] { return &v.BatchSize }, atLeast(0))
	size.Aliases = []string{"batch-size-video"}
	return []*Field{
		size,
		number(Field{Flag: "video-duration", Group: groupVideo, Tier: 'C', Kinds: onlySynthetic, Default: "5.0", Unit: "s", Help: "Length of a video"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Video.Duration }, finite, atLeast(0.0)),
		count("video-fps", "4", "", "Frames per second", func(v *Video) *Opt[int] { return &v.FPS }, atLeast(1)),
		count("video-width", "", "px", "Width of a video; with a height, videos are sent, which takes the program ffmpeg", func(v *Video) *Opt[int] { return &v.Width }, atLeast(1)),
		count("video-height", "", "px", "Height of a video", func(v *Video) *Opt[int] { return &v.Height }, atLeast(1)),
		word("video-synth-type", "moving-shapes", "What is to be seen", []string{"moving-shapes", "grid-clock", "noise"}, func(v *Video) *Opt[string] { return &v.Synth }),
		word("video-format", "webm", "Container of a video", []string{"mp4", "webm"}, func(v *Video) *Opt[string] { return &v.Format }),
		text(Field{Flag: "video-codec", Group: groupVideo, Tier: 'C', Kinds: onlySynthetic, Default: "libvpx-vp9", Help: "Codec, by ffmpeg's name"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Video.Codec }),
		number(Field{Flag: "video-audio-sample-rate", Group: groupVideo, Tier: 'C', Kinds: onlySynthetic, Default: "44100", Unit: "Hz", Help: "Sample rate of the sound; up to 96 it is kHz"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Video.Sound.SampleRate }, finite, atLeast(8.0), atMost(96000.0)),
		count("video-audio-num-channels", "0", "", "Channels of the sound; 0 is none", func(v *Video) *Opt[int] { return &v.Sound.Channels }, atLeast(0), atMost(2)),
		word("video-audio-codec", "", "Codec of the sound; chosen by the container if not given", []string{"aac", "libvorbis", "libopus"}, func(v *Video) *Opt[string] { return &v.Sound.Codec }),
		scalar(Field{Flag: "video-audio-depth", Group: groupVideo, Tier: 'C', Kinds: onlySynthetic, Type: typeChoice, Default: "16", Unit: "bits", Choices: []string{"8", "16", "24", "32"}, Help: "Sample depth of the sound"},
			func(p *Profile) *Opt[int] { return &p.Dataset().Video.Sound.Depth }, readInt, func(v *int) error {
				if *v != 8 && *v != 16 && *v != 24 && *v != 32 {
					return errors.New("must be one of 8, 16, 24, 32")
				}
				return nil
			}),
	}
}

// readEach reads a comma list, or several values.
func readEach[T any](one func(string) (T, error)) func([]string) ([]T, error) {
	return func(args []string) ([]T, error) {
		var out []T
		for _, a := range args {
			for part := range strings.SplitSeq(a, ",") {
				v, err := one(strings.TrimSpace(part))
				if err != nil {
					return nil, err
				}
				out = append(out, v)
			}
		}
		return out, nil
	}
}

// settleMedia gives one piece per request to media that an option shapes when
// nothing says how many, as AIPerf does.
func settleMedia(p *Profile, o *Origins) {
	d := p.Dataset()
	for _, m := range []struct {
		batch *Opt[int]
		flags []string
	}{
		{&d.Images.BatchSize, []string{"image-width-mean", "image-width-stddev", "image-height-mean", "image-height-stddev"}},
		{&d.Audio.BatchSize, []string{"audio-length-mean", "audio-length-stddev"}},
		{&d.Video.BatchSize, []string{"video-width", "video-height", "video-duration", "video-fps", "video-synth-type"}},
	} {
		for _, f := range m.flags {
			if o.flag(f) && !m.batch.Set {
				m.batch.Put(1)
			}
		}
	}
}

// media tells of settings that make none.
func (c *checker) media() {
	d := c.p.Dataset()
	if d.Type.V != DataSynthetic {
		return
	}
	sized := func(x *Dist) bool { return x.Mean.V > 0 || x.Form.V.mixed() }
	for _, m := range []struct {
		name, need         string
		batch              int
		shaped, big, small bool
	}{
		{"images", "a width, a height and a batch size", limitOf(d.Images.BatchSize), d.Images.Width.Mean.Set || d.Images.Height.Mean.Set || d.Images.Format.Set, sized(&d.Images.Width), sized(&d.Images.Height)},
		{"audio", "a length and a batch size", limitOf(d.Audio.BatchSize), d.Audio.Length.Mean.Set || d.Audio.Format.Set, sized(&d.Audio.Length), true},
		{"video", "a width, a height and a batch size", limitOf(d.Video.BatchSize), d.Video.Width.Set || d.Video.Height.Set || d.Video.Format.Set, d.Video.Width.Set, d.Video.Height.Set},
	} {
		if (m.shaped || m.batch > 0) && !(m.batch > 0 && m.big && m.small) {
			c.o.notice("no %s is sent: that takes %s", m.name, m.need)
		}
	}
	if s := d.Images.SourceSampling; d.Images.Source.V == ImageNoise && s.V != "random-with-replacement" {
		c.conflict("image-source-sampling", "requires --image-source with a folder: noise has no pictures to draw in some order", "image-source")
	}
	if d.Audio.Format.V == "mp3" && d.Audio.Depths.Set {
		c.o.notice("%s has no effect: mp3 has no sample depth", c.o.where("audio-depths"))
	}
}

// limitOf is a value that was set, else 0.
func limitOf(o Opt[int]) int {
	if !o.Set {
		return 0
	}
	return o.V
}
