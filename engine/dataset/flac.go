package dataset

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/mewkiz/flac"
)

// flacMagic is what a FLAC file begins with.
const flacMagic = "fLaC"

// flacToWAV unpacks sound, as speech data sets have it and no API takes it,
// into a file of 16-bit samples.
func flacToWAV(data []byte) ([]byte, error) {
	from, err := flac.New(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the FLAC sound is damaged: %w", err)
	}
	shift := int(from.Info.BitsPerSample) - 16
	w := wave{rate: int(from.Info.SampleRate), bits: 16, channels: int(from.Info.NChannels)}
	out := w.header(nil, 0)
	for {
		f, err := from.ParseNext()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the FLAC sound is damaged: %w", err)
		}
		if len(f.Subframes) != w.channels {
			return nil, fmt.Errorf("the FLAC sound has %d channels, then %d", w.channels, len(f.Subframes))
		}
		for i := range int(f.BlockSize) {
			for _, sub := range f.Subframes {
				v := sub.Samples[i]
				if shift > 0 {
					v >>= shift
				} else {
					v <<= -shift
				}
				out = binary.LittleEndian.AppendUint16(out, uint16(v))
			}
		}
		if len(out) > maxMediaFile {
			return nil, fmt.Errorf("the sound has more than %d MiB unpacked", maxMediaFile>>20)
		}
	}
	size := len(out) - wavHeader
	if n := from.Info.NSamples; n > 0 && uint64(size/w.frame()) != n {
		return nil, fmt.Errorf("the FLAC sound has %d samples: expected %d", size/w.frame(), n)
	}
	copy(out, w.header(nil, size))
	return out, nil
}

// flacSeconds is the length of FLAC sound by its first bytes, in base64; 0 if
// they do not tell.
func flacSeconds(b64 string) float64 {
	if len(b64) < 64 {
		return 0
	}
	head, err := base64.StdEncoding.DecodeString(b64[:64])
	if err != nil || string(head[:4]) != flacMagic {
		return 0
	}
	// Behind the magic and a block's head of 4 bytes each: 10 bytes of sizes,
	// then 20 bits of rate, 3 of channels, 5 of width, 36 of samples per channel.
	v := binary.BigEndian.Uint64(head[18:])
	if v>>44 == 0 {
		return 0
	}
	return float64(v&(1<<36-1)) / float64(v>>44)
}
