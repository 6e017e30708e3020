package dataset

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"tacho/engine/random"
)

// AudioConfig describes clips of Gaussian noise in every turn. They are on
// when length and batch size are above 0.
type AudioConfig struct {
	// Seconds is the length of a clip, at least 0.01.
	Seconds Dist
	// Batch is the number of clips in a turn.
	Batch int
	// Format is wav, which is also the default, or mp3, which has no Depths.
	Format string
	// Depths are bits per sample to draw from: 8, 16, 24, 32; none is 16.
	Depths []int
	// SampleRates are kHz to draw from, values above 96 Hz; none is 16 kHz.
	SampleRates []float64
	// Channels is 1 or 2; 0 is 1.
	Channels int
}

// minSeconds is the shortest clip.
const minSeconds = 0.01

// maxAudioBytes bounds one clip.
const maxAudioBytes = 256 << 20

func (c *AudioConfig) on() bool { return c.Batch > 0 && !c.Seconds.None() }

func (c *AudioConfig) check() []error {
	errs := c.Seconds.check("audio length")
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bad(c.Batch < 0, "audio batch size is %d: must be at least 0", c.Batch)
	if v, ok := c.Seconds.Fixed(); ok {
		bad(v > 0 && v < minSeconds, "audio length is %v s: must be at least %v s", v, minSeconds)
	}
	bad(c.Format != "" && c.Format != "wav" && c.Format != "mp3", "unknown audio format %q: use wav or mp3", c.Format)
	bad(c.Channels < 0 || c.Channels > 2, "audio channels are %d: use 1 or 2", c.Channels)
	for _, d := range c.Depths {
		bad(!slices.Contains([]int{8, 16, 24, 32}, d), "audio depth is %d bits: use 8, 16, 24 or 32", d)
	}
	for _, r := range c.SampleRates {
		bad(!(hertz(r) >= 1000 && hertz(r) <= 384_000), "audio sample rate is %v: use kHz such as 16 or 44.1", r)
		if c.Format == "mp3" {
			if _, err := newLayer3(hertz(r), 1); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errs
}

// hertz reads a sample rate: kHz, but Hz above 96.
func hertz(r float64) int {
	if r > 96 {
		return int(r)
	}
	return int(r * 1000)
}

// audioStreams are the sources of one conversation's clips.
type audioStreams struct{ seconds, format, noise *random.Stream }

func newAudioStreams(root random.Root, i int) audioStreams {
	return audioStreams{root.At("dataset.audio.duration", i), root.At("dataset.audio.format", i), root.At("dataset.audio.data", i)}
}

// make returns one clip as "wav,<base64>" or "mp3,<base64>", and its length in seconds.
func (c *AudioConfig) make(s audioStreams) (Media, float64) {
	seconds := c.Seconds.Mean
	if v, ok := c.Seconds.Fixed(); ok {
		seconds = v
	} else if c.Seconds.StdDev > 0 {
		seconds = c.Seconds.clamp(s.seconds.TruncNormal(c.Seconds.Mean, c.Seconds.StdDev, minSeconds, math.Inf(1)))
	} else {
		seconds = c.Seconds.draw(s.seconds)
	}
	w := wave{rate: 16_000, bits: 16, channels: max(1, c.Channels)}
	if n := len(c.SampleRates); n > 0 {
		w.rate = hertz(c.SampleRates[s.format.IntN(n)])
	}
	if n := len(c.Depths); n > 0 {
		w.bits = c.Depths[s.format.IntN(n)]
	}
	if c.Format == "mp3" {
		f, err := newLayer3(w.rate, w.channels)
		if err != nil {
			panic("dataset: " + err.Error()) // check has seen it
		}
		n := max(1, int(math.Round(min(max(seconds, minSeconds)*float64(w.rate), maxAudioBytes)/float64(f.samples()))))
		return Media{Content: "mp3," + base64.StdEncoding.EncodeToString(f.noise(n, s.noise))}, float64(n*f.samples()) / float64(w.rate)
	}
	frames := min(int(max(seconds, minSeconds)*float64(w.rate)), maxAudioBytes/w.frame())
	return Media{Content: "wav," + base64.StdEncoding.EncodeToString(w.noise(frames, s.noise))}, float64(frames) / float64(w.rate)
}

// wave is uncompressed sound: PCM in a RIFF file.
type wave struct{ rate, bits, channels int }

// frame is the size of one moment in bytes.
func (w wave) frame() int { return w.channels * w.bits / 8 }

// noise is a file of n moments of Gaussian noise with deviation 0.3, cut at
// full scale. 8-bit samples are unsigned, wider ones signed, little-endian.
func (w wave) noise(n int, s *random.Stream) []byte {
	b := make([]byte, 0, wavHeader+n*w.frame())
	b = w.header(b, n*w.frame())
	full := math.Ldexp(1, w.bits-1) - 1
	for range n * w.channels {
		v := int64(max(-1, min(1, s.Normal(0, 0.3))) * full)
		switch w.bits {
		case 8:
			b = append(b, byte(v+128))
		case 16:
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		case 24:
			b = append(b, byte(v), byte(v>>8), byte(v>>16))
		default:
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	}
	return b
}

// wavHeader is the size of what stands before the samples.
const wavHeader = 44

// header appends the bytes before size bytes of samples.
func (w wave) header(b []byte, size int) []byte {
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16) // size of this chunk
	b = le.AppendUint16(b, 1)  // PCM
	b = le.AppendUint16(b, uint16(w.channels))
	b = le.AppendUint32(b, uint32(w.rate))
	b = le.AppendUint32(b, uint32(w.rate*w.frame()))
	b = le.AppendUint16(b, uint16(w.frame()))
	b = le.AppendUint16(b, uint16(w.bits))
	b = append(b, "data"...)
	return le.AppendUint32(b, uint32(size))
}
