package dataset

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

// payload decodes what stands behind the comma of a data URI or clip.
func payload(t testing.TB, m Media, head string) []byte {
	t.Helper()
	got, data, _ := strings.Cut(m.Content, ",")
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil || got != head {
		t.Fatalf("media begins with %.40q, want %q (%v)", m.Content, head, err)
	}
	return b
}

func TestImages(t *testing.T) {
	for _, format := range []string{"", "png", "jpeg"} {
		cfg := SyntheticConfig{Entries: 6, Images: ImageConfig{Width: Dist{Mean: 40, StdDev: 8}, Height: Dist{Mean: 20}, Batch: 2, Format: format}}
		d := mustSynthetic(t, cfg, random.Seeded(1), nil)
		widths := map[int]bool{}
		for i := range d.Len() {
			turn := at(t, d, i).Turns[0]
			if len(turn.Texts) != 0 || len(turn.Images) != 2 {
				t.Fatalf("turn has %d texts and %d images", len(turn.Texts), len(turn.Images))
			}
			for _, m := range turn.Images {
				name := max(format, "jpeg")
				if format == "" {
					name = "png"
				}
				img, kind, err := image.Decode(bytes.NewReader(payload(t, m, "data:image/"+name+";base64")))
				if err != nil || kind != name || img.Bounds().Dy() != 20 {
					t.Fatalf("%s: decoded %s %v, %v", format, kind, img, err)
				}
				widths[img.Bounds().Dx()] = true
			}
		}
		if len(widths) < 5 {
			t.Errorf("widths %v do not vary", widths)
		}
	}
	d := mustSynthetic(t, SyntheticConfig{Entries: 40, ISL: Dist{Mean: 3}, Images: ImageConfig{Width: Dist{Mean: 4}, Height: Dist{Mean: 4}, Batch: 1, Format: "random"}}, random.Seeded(1), nil)
	kinds := map[string]int{}
	for i := range d.Len() {
		head, _, _ := strings.Cut(at(t, d, i).Turns[0].Images[0].Content, ";")
		kinds[head]++
	}
	if kinds["data:image/png"] < 10 || kinds["data:image/jpeg"] < 10 {
		t.Errorf("random formats: %v", kinds)
	}
}

func TestAudio(t *testing.T) {
	for _, c := range []struct {
		cfg                  AudioConfig
		rate, bits, channels int
	}{
		{AudioConfig{Seconds: Dist{Mean: 0.5}, Batch: 1}, 16_000, 16, 1},
		{AudioConfig{Seconds: Dist{Mean: 0.5}, Batch: 1, Depths: []int{8}, SampleRates: []float64{8}, Channels: 2}, 8000, 8, 2},
		{AudioConfig{Seconds: Dist{Mean: 0.5}, Batch: 1, Depths: []int{24}, SampleRates: []float64{44.1}}, 44_100, 24, 1},
		{AudioConfig{Seconds: Dist{Mean: 0.5}, Batch: 1, Depths: []int{32}, SampleRates: []float64{48_000}}, 48_000, 32, 1},
	} {
		d := mustSynthetic(t, SyntheticConfig{Entries: 1, Audio: c.cfg}, random.Seeded(1), nil)
		turn := at(t, d, 0).Turns[0]
		b := payload(t, turn.Audios[0], "wav")
		le := binary.LittleEndian
		rate, bits, channels := int(le.Uint32(b[24:])), int(le.Uint16(b[34:])), int(le.Uint16(b[22:]))
		size := int(le.Uint32(b[40:]))
		if string(b[:4]) != "RIFF" || int(le.Uint32(b[4:])) != len(b)-8 || size != len(b)-44 || rate != c.rate || bits != c.bits || channels != c.channels {
			t.Fatalf("%+v: header % x of %d bytes", c.cfg, b[:44], len(b))
		}
		frames := size / (bits / 8 * channels)
		if math.Abs(float64(frames)/float64(rate)-0.5) > 0.001 || math.Abs(turn.AudioSeconds-0.5) > 0.001 {
			t.Errorf("%+v: %d frames at %d, said to be %v s; want half a second", c.cfg, frames, rate, turn.AudioSeconds)
		}
		_, sd, _ := sampled(frames*channels, sampleReader(b[44:], bits))
		if math.Abs(sd-0.3) > 0.02 {
			t.Errorf("%d bits: deviation %.3f of full scale, want about 0.3", bits, sd)
		}
	}
	d := mustSynthetic(t, SyntheticConfig{Entries: 50, Audio: AudioConfig{Seconds: Dist{Mean: 0.02, StdDev: 0.05}, Batch: 2}}, random.Seeded(1), nil)
	for i := range d.Len() {
		if turn := at(t, d, i).Turns[0]; turn.AudioSeconds < minSeconds-1e-4 || len(turn.Audios) != 2 {
			t.Errorf("clip of %v s", turn.AudioSeconds)
		}
	}
}

// sampleReader yields the samples of PCM data as shares of full scale.
func sampleReader(b []byte, bits int) func() float64 {
	return func() float64 {
		n := bits / 8
		var v int64
		for k := range n {
			v |= int64(b[k]) << (8 * k)
		}
		b = b[n:]
		if bits == 8 {
			v -= 128
		} else {
			v = v << (64 - bits) >> (64 - bits)
		}
		return float64(v) / math.Ldexp(1, bits-1)
	}
}

// fakeFFmpeg puts a program in place of ffmpeg that copies its input, and its
// arguments, to the file it is asked for.
func fakeFFmpeg(t *testing.T, script string) {
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/bin:/usr/bin")
}

func TestVideo(t *testing.T) {
	fakeFFmpeg(t, `for last; do :; done; { echo "$@"; cat; } > "$last"`)
	for _, picture := range []string{"", "grid-clock", "noise"} {
		cfg := SyntheticConfig{Entries: 1, Video: VideoConfig{Width: 40, Height: 30, Batch: 1, Seconds: 2, FPS: 3, Picture: picture, Format: "mp4", AudioChannels: 1}}
		d := mustSynthetic(t, cfg, random.Seeded(1), nil)
		b := payload(t, at(t, d, 0).Turns[0].Videos[0], "data:video/mp4;base64")
		args, frames, _ := bytes.Cut(b, []byte("\n"))
		for _, want := range []string{"-s 40x30", "-r 3", "-c:v libvpx-vp9", "-c:a libopus -shortest", "-movflags faststart", "-f mp4"} {
			if !bytes.Contains(args, []byte(want)) {
				t.Errorf("ffmpeg was called with %s, without %s", args, want)
			}
		}
		if len(frames) != 6*40*30*3 {
			t.Fatalf("%q: %d bytes of frames, want 6 frames of 40x30", picture, len(frames))
		}
		if bytes.Equal(frames[:3600], frames[3600:7200]) || bytes.Equal(frames[:3600], make([]byte, 3600)) {
			t.Errorf("%q: nothing moves, or all is black", picture)
		}
	}
	fakeFFmpeg(t, `echo "no such codec" >&2; exit 1`)
	d := mustSynthetic(t, SyntheticConfig{Entries: 1, Video: VideoConfig{Width: 4, Height: 4, Batch: 1}}, random.Seeded(1), nil)
	if _, err := d.At(0); err == nil || !strings.Contains(err.Error(), "no such codec") {
		t.Errorf("a failing ffmpeg gave %v", err)
	}
	if err := Prepare(t.Context(), d, 1, 1, nil); err == nil || !strings.Contains(err.Error(), "no such codec") {
		t.Errorf("Prepare with a failing ffmpeg gave %v", err)
	}
	fakeFFmpeg(t, `exit 0`)
	if _, err := d.At(0); err == nil || !strings.Contains(err.Error(), "made no video") {
		t.Errorf("an ffmpeg that writes nothing gave %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := d.At(0); err == nil || !strings.Contains(err.Error(), "install it") {
		t.Errorf("an ffmpeg that went away gave %v", err)
	}
	if _, err := NewSynthetic(d.cfg, d.root, nil); err == nil || !strings.Contains(err.Error(), "ffmpeg, which is not on the PATH") {
		t.Errorf("no ffmpeg gave %v", err)
	}
}

func TestRankings(t *testing.T) {
	tok := token.Builtin()
	d := mustSynthetic(t, SyntheticConfig{Entries: 100, OSL: Dist{Mean: 5}, Turns: Dist{Mean: 4}, Rankings: &RankingsConfig{
		Passages: Dist{Mean: 4, StdDev: 1}, PassageTokens: Dist{Mean: 30}, QueryTokens: Dist{Mean: 8}}}, random.Seeded(1), tok)
	passages := 0
	for i := range d.Len() {
		c := at(t, d, i)
		if len(c.Turns) != 1 || c.Turns[0].MaxTokens != 5 {
			t.Fatalf("conversation %d: %d turns, max tokens %d", i, len(c.Turns), c.Turns[0].MaxTokens)
		}
		texts := c.Turns[0].Texts
		if texts[0].Name != "query" || tok.Count(texts[0].Content) != 8 {
			t.Errorf("query %+v", texts[0])
		}
		for _, p := range texts[1:] {
			if p.Name != "passages" || tok.Count(p.Content) != 30 {
				t.Errorf("passage %+v", p)
			}
		}
		passages += len(texts) - 1
	}
	if passages < 420 || passages > 480 { // 4 rounded up is 4.5
		t.Errorf("%d passages in 100 turns of 4 on average", passages)
	}
}

// Media repeat with the seed, and what is above the budget is made anew.
func TestMediaRepeat(t *testing.T) {
	cfg := SyntheticConfig{Entries: 4, ISL: Dist{Mean: 5}, Images: ImageConfig{Width: Dist{Mean: 8, StdDev: 3}, Height: Dist{Mean: 8, StdDev: 3}, Batch: 1, Format: "random"},
		Audio: AudioConfig{Seconds: Dist{Mean: 0.05, StdDev: 0.02}, Batch: 1, Depths: []int{8, 16}, SampleRates: []float64{8, 16}}, Turns: Dist{Mean: 2}}
	a, b := mustSynthetic(t, cfg, random.Seeded(1), nil), mustSynthetic(t, cfg, random.Seeded(1), nil)
	b.kept.Store(keepBytes + 1)
	for i := range a.Len() {
		x, y := at(t, a, i), at(t, b, a.Len()-1-i)
		if x != at(t, a, i) || y == at(t, b, a.Len()-1-i) {
			t.Error("the first set keeps what it made, the second does not")
		}
		if !reflect.DeepEqual(x, at(t, b, i)) {
			t.Errorf("conversation %d differs", i)
		}
	}
	if a.kept.Load() == 0 {
		t.Error("media are not counted")
	}
}
