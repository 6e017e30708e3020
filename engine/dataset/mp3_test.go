package dataset

import (
	"fmt"
	"math"
	"testing"

	"tacho/engine/random"
)

// bitReader reads what a decoder of MPEG Layer III reads.
type bitReader struct {
	b  []byte
	at int
}

func (r *bitReader) take(n int) (v int) {
	for range n {
		v = v<<1 | int(r.b[r.at/8]>>(7-r.at%8)&1)
		r.at++
	}
	return v
}

// pair reads two lines by Huffman table 1 of the standard: 1 is 0 0, 01 is 1 0, 001 is 0 1, 000 is
// 1 1, and a sign follows each line that is not 0.
func (r *bitReader) pair() (x, y int) {
	switch {
	case r.take(1) == 1:
	case r.take(1) == 1:
		x = 1
	case r.take(1) == 1:
		y = 1
	default:
		x, y = 1, 1
	}
	for _, v := range []*int{&x, &y} {
		if *v != 0 && r.take(1) == 1 {
			*v = -1
		}
	}
	return x, y
}

// readLayer3 reads all frames and returns their number, sample rate and channels, and the lines.
func readLayer3(t *testing.T, b []byte) (frames, rate, channels int, lines []int) {
	t.Helper()
	for len(b) > 0 {
		h := &bitReader{b: b}
		if h.take(11) != 0x7ff {
			t.Fatalf("frame %d begins with % x", frames, b[:4])
		}
		version := h.take(2)
		if h.take(2) != 1 || h.take(1) != 1 {
			t.Fatal("it is not Layer III without a checksum")
		}
		table, granules, low := layer3Kbps, 2, 1
		if version != 3 {
			table, granules, low = layer3LowKbps, 1, 2
		}
		kbps := table[h.take(4)-1]
		rate = layer3Rates[uint64(version)][h.take(2)]
		size := 144/low*kbps*1000/rate + h.take(1)
		h.take(1)
		channels = 2
		if h.take(2) == 3 {
			channels = 1
		}
		h.take(6)
		header := map[[2]int]int{{2, 1}: 9 + 5 + 4, {2, 2}: 9 + 3 + 8, {1, 1}: 8 + 1, {1, 2}: 8 + 2}[[2]int{granules, channels}]
		if h.take(header) != 0 {
			t.Fatal("the spectrum does not begin in its frame, or shares scale factors")
		}
		type part struct{ bits, pairs int }
		var parts []part
		for range granules * channels {
			p := part{h.take(12), h.take(9)}
			h.take(8) // gain
			scale := 9
			if granules == 2 {
				scale = 4
			}
			if h.take(scale) != 0 || h.take(1) != 0 {
				t.Fatal("there are scale factors, or short blocks")
			}
			if a, b, c := h.take(5), h.take(5), h.take(5); a != 1 || b != 1 || c != 1 {
				t.Fatalf("tables %d %d %d", a, b, c)
			}
			if h.take(7 + granules - 1 + 2); p.pairs > 288 {
				t.Fatalf("%d pairs of lines", p.pairs)
			}
			parts = append(parts, p)
		}
		if h.at%8 != 0 {
			t.Fatalf("the side information has %d bits", h.at)
		}
		for _, p := range parts {
			from := h.at
			for range p.pairs {
				x, y := h.pair()
				lines = append(lines, x, y)
			}
			if h.at-from != p.bits {
				t.Fatalf("a spectrum has %d bits, its frame says %d", h.at-from, p.bits)
			}
		}
		if h.at > 8*size || len(b) < size {
			t.Fatalf("a frame of %d bytes has %d bits; %d bytes are left", size, h.at, len(b))
		}
		frames++
		b = b[size:]
	}
	return frames, rate, channels, lines
}

func TestMP3(t *testing.T) {
	for _, rates := range layer3Rates {
		for _, rate := range rates {
			for channels := 1; channels <= 2; channels++ {
				t.Run(fmt.Sprintf("%d Hz, %d channels", rate, channels), func(t *testing.T) {
					cfg := AudioConfig{Seconds: Dist{Mean: 3}, Batch: 1, Format: "mp3", SampleRates: []float64{float64(rate) / 1000}, Channels: channels}
					turn := at(t, mustSynthetic(t, SyntheticConfig{Entries: 1, Audio: cfg}, random.Seeded(1), nil), 0).Turns[0]
					b := payload(t, turn.Audios[0], "mp3")
					frames, gotRate, gotChannels, lines := readLayer3(t, b)
					samples := 1152
					if rate < 32_000 {
						samples = 576
					}
					if seconds := float64(frames*samples) / float64(rate); gotRate != rate || gotChannels != channels || seconds != turn.AudioSeconds || math.Abs(seconds-3) > 0.05 {
						t.Errorf("%d Hz, %d channels, %v s, said to be %v s", gotRate, gotChannels, seconds, turn.AudioSeconds)
					}
					// Most lines are there, half of them silent, the others as often up as down.
					n, all := map[int]int{}, frames*samples*channels
					for _, v := range lines {
						n[v]++
					}
					if len(lines) < all*95/100 || math.Abs(float64(n[0])/float64(len(lines))-0.5) > 0.02 || math.Abs(float64(n[1]-n[-1]))/float64(len(lines)) > 0.02 {
						t.Errorf("%d of %d lines, %v", len(lines), all, n)
					}
				})
			}
		}
	}
	if short := (&AudioConfig{Seconds: Dist{Mean: 0.01}, Batch: 1, Format: "mp3"}).check(); len(short) > 0 {
		t.Error(short)
	}
}
