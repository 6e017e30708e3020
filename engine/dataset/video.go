package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacho/engine/random"
)

// VideoConfig describes drawn clips in every turn. They are on when width,
// height and batch size are above 0, and need an ffmpeg program.
type VideoConfig struct {
	// Width and Height are pixels, the same for all.
	Width, Height int
	// Batch is the number of clips in a turn.
	Batch int
	// Seconds is the length of a clip, FPS its frames per second.
	Seconds float64
	FPS     int
	// Picture is moving_shapes (also when empty), grid_clock or noise.
	Picture string
	// Format is webm (also when empty) or mp4; Codec is ffmpeg's name of one,
	// libvpx-vp9 when empty.
	Format, Codec string
	// AudioChannels is 0 for no sound, 1 or 2. AudioHz, AudioBits and
	// AudioCodec shape the sound; 0 and empty are 44100, 16 and the format's
	// usual codec.
	AudioChannels, AudioHz, AudioBits int
	AudioCodec                        string
}

// errNoFFmpeg says what is missing for videos.
var errNoFFmpeg = errors.New("videos need the program ffmpeg, which is not on the PATH: install it (apt install ffmpeg, brew install ffmpeg) or leave videos out")

// maxVideoBytes bounds the frames of one clip before ffmpeg packs them.
const maxVideoBytes = 2 << 30

// ffmpegPatience is how long one clip may take.
const ffmpegPatience = 5 * time.Minute

func (c *VideoConfig) on() bool { return c.Batch > 0 && c.Width > 0 && c.Height > 0 }

// normal fills in the defaults.
func (c VideoConfig) normal() VideoConfig {
	str := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	num := func(n *int, v int) {
		if *n == 0 {
			*n = v
		}
	}
	c.Picture = strings.ReplaceAll(c.Picture, "-", "_")
	str(&c.Picture, "moving_shapes")
	str(&c.Format, "webm")
	str(&c.Codec, "libvpx-vp9")
	str(&c.AudioCodec, map[string]string{"webm": "libvorbis", "mp4": "libopus"}[c.Format])
	num(&c.AudioHz, 44_100)
	num(&c.AudioBits, 16)
	num(&c.FPS, 4)
	if c.Seconds == 0 {
		c.Seconds = 5
	}
	return c
}

func (c *VideoConfig) check() []error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	n := c.normal()
	bad((c.Width > 0) != (c.Height > 0), "video width %d and height %d: give both or neither", c.Width, c.Height)
	bad(c.Width < 0 || c.Height < 0 || c.Width > maxPixels || c.Height > maxPixels, "video of %d×%d: sides must be from 1 to %d pixels", c.Width, c.Height, maxPixels)
	bad(c.Batch < 0, "video batch size is %d: must be at least 0", c.Batch)
	bad(!(n.Seconds > 0) || n.Seconds > 3600, "video duration is %v s: must be above 0 and at most an hour", c.Seconds)
	bad(n.FPS < 1 || n.FPS > 240, "video fps is %d: must be from 1 to 240", c.FPS)
	bad(!slices.Contains([]string{"moving_shapes", "grid_clock", "noise"}, n.Picture), "unknown video picture %q: use moving-shapes, grid-clock or noise", c.Picture)
	bad(n.Format != "webm" && n.Format != "mp4", "unknown video format %q: use webm or mp4", c.Format)
	bad(c.AudioChannels < 0 || c.AudioChannels > 2, "video sound channels are %d: use 0, 1 or 2", c.AudioChannels)
	bad(n.AudioHz < 8000 || n.AudioHz > 96_000, "video sound rate is %d Hz: must be from 8000 to 96000", c.AudioHz)
	bad(!slices.Contains([]int{8, 16, 24, 32}, n.AudioBits), "video sound depth is %d bits: use 8, 16, 24 or 32", c.AudioBits)
	bad(len(errs) == 0 && n.Seconds*float64(n.FPS)*float64(c.Width)*float64(c.Height)*3 > maxVideoBytes,
		"a video of %v s at %d fps and %d×%d pixels is more than 2 GiB before it is packed: make it shorter or smaller", n.Seconds, n.FPS, c.Width, c.Height)
	if len(errs) == 0 && c.on() {
		if _, err := exec.LookPath("ffmpeg"); err != nil {
			errs = append(errs, errNoFFmpeg)
		}
	}
	return errs
}

// videoStreams are the sources of one conversation's clips.
type videoStreams struct{ noise, sound *random.Stream }

func newVideoStreams(root random.Root, i int) videoStreams {
	return videoStreams{root.At("dataset.video.noise", i), root.At("dataset.video.audio", i)}
}

// make has ffmpeg pack one clip and returns it as a data URI. The result goes
// through a file: a container is only complete when its head can be rewritten
// at the end, which a pipe does not allow.
func (c *VideoConfig) make(s videoStreams) (Media, error) {
	n := c.normal()
	dir, err := os.MkdirTemp("", "video-")
	if err != nil {
		return Media{}, fmt.Errorf("make a video: %w", err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "clip."+n.Format)
	args := []string{"-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
		"-s", fmt.Sprintf("%dx%d", n.Width, n.Height), "-r", strconv.Itoa(n.FPS), "-i", "pipe:0"}
	if n.AudioChannels > 0 {
		w := wave{n.AudioHz, n.AudioBits, n.AudioChannels}
		sound := filepath.Join(dir, "sound.wav")
		if err := os.WriteFile(sound, w.noise(int(n.Seconds*float64(n.AudioHz)), s.sound), 0o600); err != nil {
			return Media{}, fmt.Errorf("make a video: %w", err)
		}
		args = append(args, "-i", sound, "-c:a", n.AudioCodec, "-shortest")
	}
	args = append(args, "-c:v", n.Codec, "-pix_fmt", "yuv420p")
	if n.Format == "mp4" {
		args = append(args, "-movflags", "faststart")
	}
	if err := runFFmpeg(append(args, "-f", n.Format, out), n.frames(s.noise)); err != nil {
		return Media{}, err
	}
	data, err := os.ReadFile(out)
	if err == nil && len(data) == 0 {
		err = errors.New("the file is empty")
	}
	if err != nil {
		return Media{}, fmt.Errorf("ffmpeg made no video of %d×%d with codec %s: %w", n.Width, n.Height, n.Codec, err)
	}
	return Media{Content: dataURI("video/"+n.Format, data)}, nil
}

func runFFmpeg(args []string, frames io.Reader) error {
	ctx, cancel := context.WithTimeout(context.Background(), ffmpegPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ffmpeg", args...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = frames, &said
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errNoFFmpeg
	case err != nil:
		return fmt.Errorf("ffmpeg %s: %w: %.300s", strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}
