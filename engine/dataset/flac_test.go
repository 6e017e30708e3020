package dataset

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/random"
)

// triangle is sample i of the sounds in testdata, which libsndfile packed.
func triangle(i int) int16 {
	v := (i*211)%40000 - 20000
	if v < 0 {
		v = -v
	}
	return int16(v - 10000)
}

func TestFLACIsSentAsWAV(t *testing.T) {
	for _, c := range []struct {
		file     string
		rate     uint32
		channels int
	}{{"testdata/mono16.flac", 16000, 1}, {"testdata/stereo24.flac", 44100, 2}} {
		data, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		wav, err := flacToWAV(data)
		if err != nil {
			t.Fatal(err)
		}
		le := binary.LittleEndian
		if len(wav) != 44+1600*2*c.channels || le.Uint32(wav[24:]) != c.rate || int(le.Uint16(wav[22:])) != c.channels || int(le.Uint32(wav[40:])) != len(wav)-44 {
			t.Fatalf("%s: %d bytes, header %x", c.file, len(wav), wav[:44])
		}
		for i := range 1600 * c.channels {
			want := triangle(i / c.channels)
			if i%2 == 1 && c.channels == 2 {
				want = -want
			}
			if got := int16(le.Uint16(wav[44+2*i:])); got != want {
				t.Fatalf("%s: sample %d is %d, want %d", c.file, i, got, want)
			}
		}
		want := 1600 / float64(c.rate)
		packed, unpacked := base64.StdEncoding.EncodeToString(data), base64.StdEncoding.EncodeToString(wav)
		if a, b := soundSeconds("flac,"+packed), soundSeconds("wav,"+unpacked); a != want || b != want {
			t.Errorf("%s: %v s packed, %v s unpacked, want %v", c.file, a, b, want)
		}
		for at := range data {
			bad := bytes.Clone(data)
			bad[at] ^= 0x55
			flacToWAV(bad) // an error, or what the file says: no panic
		}
		for n := 8; n < len(data); n += 97 {
			if _, err := flacToWAV(data[:n]); err == nil {
				t.Errorf("%s cut to %d bytes is whole", c.file, n)
			}
		}
	}
}

// Speech data sets hold clips as files; too long ones are left out.
func TestSpeechOfParquet(t *testing.T) {
	type audio struct {
		Bytes []byte `parquet:"bytes"`
		Path  string `parquet:"path"`
	}
	type line struct {
		Audio audio  `parquet:"audio"`
		Text  string `parquet:"text"`
	}
	clip, err := os.ReadFile("testdata/mono16.flac")
	if err != nil {
		t.Fatal(err)
	}
	long := append([]byte(nil), clip...)
	binary.BigEndian.PutUint64(long[18:], binary.BigEndian.Uint64(long[18:])+31*16000) // says that it has more samples
	path := filepath.Join(t.TempDir(), "x.parquet")
	overwrite(t, path, string(writeParquet(t, []line{{audio{long, "a.flac"}, "no"}, {audio{clip, "b.flac"}, "not sent"}, {audio{wave{rate: 8000, bits: 16, channels: 1}.noise(800, random.Seeded(1).At("x", 0)), "c.wav"}, "x"}}, 2)))
	d, err := Open(t.Context(), Config{Public: PublicConfig{Name: "librispeech", Path: path}}, random.Seeded(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(d)
	if d.Len() != 2 {
		t.Fatalf("%d clips", d.Len())
	}
	for i := range 2 {
		turn := at(t, d, i).Turns[0]
		if len(turn.Audios) != 1 || !strings.HasPrefix(turn.Audios[0].Content, "wav,UklGR") || turn.AudioSeconds != 0.1 || len(turn.Texts) != 1 {
			t.Errorf("clip %d: %.40v, %v s", i, turn.Audios, turn.AudioSeconds)
		}
	}
}
