package dataset

import (
	"fmt"
	"slices"

	"tacho/engine/random"
)

// Noise as MPEG Layer III needs no encoder. A frame holds the quantized spectrum of its sound, so
// one with random signs at every line, and half of the lines zero, is noise; no sound has to be
// analysed, and what a psychoacoustic model would find to save in it is nothing. It takes as many
// bits as LAME spends on such noise, about two a sample.

// layer3 is a stream of frames of one kind.
type layer3 struct {
	rate, channels int
	version        uint64 // as the header has it: 3 MPEG-1, 2 MPEG-2, 0 MPEG-2.5
	rateAt         uint64 // place in the version's table of sample rates
	kbps           int
	kbpsAt         uint64
}

// layer3Rates are the sample rates by version and place.
var layer3Rates = map[uint64][3]int{3: {44_100, 48_000, 32_000}, 2: {22_050, 24_000, 16_000}, 0: {11_025, 12_000, 8_000}}

// Bit rates by place, which the header counts from 1.
var (
	layer3Kbps    = []int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320} // MPEG-1
	layer3LowKbps = []int{8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
)

// newLayer3 chooses the bit rate, the lowest that has room for two bits a sample and the headers.
func newLayer3(rate, channels int) (layer3, error) {
	for version, rates := range layer3Rates {
		i := slices.Index(rates[:], rate)
		if i < 0 {
			continue
		}
		f := layer3{rate: rate, channels: channels, version: version, rateAt: uint64(i)}
		table := layer3LowKbps
		if version == 3 {
			table = layer3Kbps
		}
		for j, kbps := range table {
			f.kbps, f.kbpsAt = kbps, uint64(j+1)
			if room := f.room(f.size(0)); room >= layer3Bits {
				break
			}
		}
		return f, nil
	}
	return layer3{}, fmt.Errorf("audio sample rate is %d Hz: mp3 has 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100 and 48000", rate)
}

const (
	layer3Lines = 576 // of a granule: so many samples too
	layer3Bits  = 945 // of a granule's spectrum, on average 936
	layer3Gain  = 189 // of a deviation of 0.3 of full scale
)

// granules in a frame.
func (f *layer3) granules() int {
	if f.version == 3 {
		return 2
	}
	return 1
}

// samples of a frame, of each channel.
func (f *layer3) samples() int { return f.granules() * layer3Lines }

// size of frame i in bytes; some are padded by one so that the bit rate holds.
func (f *layer3) size(i int) int {
	at := func(i int) int { return i * f.samples() / 8 * f.kbps * 1000 / f.rate }
	return at(i+1) - at(i)
}

// side is the size of what describes the spectrum.
func (f *layer3) side() int {
	switch {
	case f.version == 3 && f.channels == 2:
		return 32
	case f.version == 3 || f.channels == 2:
		return 17
	}
	return 9
}

// room is how many bits a granule of one channel can take in a frame of a size.
func (f *layer3) room(size int) int {
	return min(4095, (size-4-f.side())*8/(f.granules()*f.channels))
}

// noise is a file of n frames.
func (f *layer3) noise(n int, s *random.Stream) []byte {
	var all bitWriter
	for i := range n {
		size := f.size(i)
		f.frame(&all, size, i, s)
	}
	return all.bytes
}

// frame appends one frame: header, side information, spectrum, and what is left of its size.
func (f *layer3) frame(w *bitWriter, size, i int, s *random.Stream) {
	end := len(w.bytes) + size
	var padded uint64
	if size > f.samples()/8*f.kbps*1000/f.rate {
		padded = 1
	}
	mono := uint64(0)
	if f.channels == 1 {
		mono = 3
	}
	w.add(0x7ff, 11)
	w.add(f.version, 2)
	w.add(1, 2) // Layer III
	w.add(1, 1) // no checksum
	w.add(f.kbpsAt, 4)
	w.add(f.rateAt, 2)
	w.add(padded, 1)
	w.add(0, 1)
	w.add(mono, 2)
	w.add(0, 2)
	w.add(1, 2) // not copyrighted, an original
	w.add(0, 2)

	spectra := make([]spectrum, f.granules()*f.channels)
	for k := range spectra {
		spectra[k].draw(f.room(size), s)
	}
	private := map[bool][2]int{true: {5, 3}, false: {1, 2}}[f.version == 3][f.channels-1]
	scale := 4
	if f.version == 3 {
		w.add(0, 9) // the spectrum begins right behind
		w.add(0, private+4*f.channels)
	} else {
		w.add(0, 8)
		w.add(0, private)
		scale = 9
	}
	for k := range spectra {
		w.add(uint64(spectra[k].bits), 12)
		w.add(uint64(spectra[k].pairs), 9)
		w.add(layer3Gain, 8)
		w.add(0, scale) // no scale factors
		w.add(0, 1)     // a long block
		w.add(1<<10|1<<5|1, 15)
		w.add(0, 4+3)
		if f.version == 3 {
			w.add(0, 1)
		}
		w.add(0, 2)
	}
	for k := range spectra {
		for _, c := range spectra[k].codes {
			w.add(uint64(c.code), int(c.size))
		}
	}
	w.fill(end)
}

// spectrum is a granule of one channel.
type spectrum struct {
	bits, pairs int
	codes       []layer3Code
}

type layer3Code struct{ code, size uint8 }

// pairCode has the codes of Huffman table 1 by the magnitudes of two lines, 0 or 1 each.
var pairCode = [4]layer3Code{{1, 1}, {1, 3}, {1, 2}, {0, 3}}

// draw fills the spectrum with pairs of lines until room ends; the lines above are silent.
func (g *spectrum) draw(room int, s *random.Stream) {
	g.codes = make([]layer3Code, 0, layer3Lines/2)
	for range layer3Lines / 2 {
		r := s.Uint64()
		c := pairCode[r&3]
		for line := range 2 { // each that is not silent has a sign
			if r>>line&1 == 1 {
				c = layer3Code{c.code<<1 | uint8(r>>(2+line)&1), c.size + 1}
			}
		}
		if g.bits+int(c.size) > room {
			break
		}
		g.codes = append(g.codes, c)
		g.bits += int(c.size)
		g.pairs++
	}
}

// bitWriter appends bits, the highest of a number first.
type bitWriter struct {
	bytes []byte
	rest  uint64
	n     int // bits in rest, below 8 between two calls
}

func (w *bitWriter) add(v uint64, n int) {
	w.rest = w.rest<<n | v
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.bytes = append(w.bytes, byte(w.rest>>(w.n-8)))
	}
}

// fill appends zeros until there are so many bytes.
func (w *bitWriter) fill(size int) {
	if w.n > 0 {
		w.add(0, 8-w.n)
	}
	for len(w.bytes) < size {
		w.bytes = append(w.bytes, 0)
	}
}
