package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/random"
)

// colours makes a folder with a red, a green and a blue picture, and a file that is none.
func colours(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range []string{"a.png", "b.JPG", "c.gif"} {
		c := []color.Color{color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}, color.RGBA{0, 0, 255, 255}}[i]
		img := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{c})
		var b bytes.Buffer
		var err error
		switch i {
		case 0:
			err = png.Encode(&b, img)
		case 1:
			err = jpeg.Encode(&b, img, nil)
		default:
			err = gif.Encode(&b, img, nil)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// colour is r, g or b, and the picture has the size asked for.
func colour(t *testing.T, m Media) string {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(payload(t, m, "data:image/png;base64")))
	if err != nil || img.Bounds() != image.Rect(0, 0, 7, 9) {
		t.Fatalf("picture of %v, %v", img.Bounds(), err)
	}
	r, g, b, _ := img.At(3, 4).RGBA()
	return string("rgb"[map[bool]int{r > 0xf000: 0, g > 0xf000: 1, b > 0xf000: 2}[true]])
}

func pictured(t *testing.T, how string, turns Dist) string {
	t.Helper()
	cfg := SyntheticConfig{Entries: 12, Turns: turns, Images: ImageConfig{Width: Dist{Mean: 7}, Height: Dist{Mean: 9}, Batch: 2, Folder: colours(t), Draw: how}}
	d := mustSynthetic(t, cfg, random.Seeded(1), nil)
	var all strings.Builder
	for i := range d.Len() {
		for _, turn := range at(t, d, i).Turns {
			for _, m := range turn.Images {
				all.WriteString(colour(t, m))
			}
		}
	}
	return all.String()
}

func TestPicturesOfAFolder(t *testing.T) {
	turns := Dist{Mean: 2, StdDev: 1}
	if got := pictured(t, DrawInOrder, turns); !strings.HasPrefix(strings.Repeat("rgb", 60), got) || len(got) < 24 {
		t.Errorf("in order: %s", got)
	}
	got := pictured(t, DrawShuffled, turns)
	orders := map[string]bool{}
	for ; len(got) >= 3; got = got[3:] {
		orders[got[:3]] = true
		for _, c := range "rgb" {
			if !strings.ContainsRune(got[:3], c) {
				t.Errorf("a round of the shuffled is %s", got[:3])
			}
		}
	}
	if len(orders) < 3 {
		t.Errorf("the rounds are alike: %v", orders)
	}
	got = pictured(t, "", Dist{})
	if len(got) != 24 || strings.Count(got, "r") < 2 || strings.Count(got, "g") < 2 || strings.Count(got, "b") < 2 {
		t.Errorf("drawn anew: %s", got)
	}
}

func TestPicturesThatCannotBeTaken(t *testing.T) {
	broken := colours(t)
	if err := os.WriteFile(filepath.Join(broken, "d.webp"), []byte("RIFF"), 0o644); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		broken:                        "d.webp: ",
		t.TempDir():                   "has no pictures",
		filepath.Join(broken, "none"): "no such file",
	} {
		_, err := NewSynthetic(SyntheticConfig{Entries: 1, Images: ImageConfig{Width: Dist{Mean: 7}, Height: Dist{Mean: 9}, Batch: 1, Folder: dir}}, random.Seeded(1), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dir, err, want)
		}
	}
	for want, c := range map[string]ImageConfig{"unknown way": {Folder: broken, Draw: "by_size"}, "noise has no pictures": {Draw: DrawInOrder}} {
		if errs := c.check(); len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("%+v: %v, want %q", c, errs, want)
		}
	}
}
