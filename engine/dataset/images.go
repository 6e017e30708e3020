package dataset

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"tacho/engine/random"
)

// ImageConfig describes pictures of random noise in every turn. They are on
// when width, height and batch size are above 0.
type ImageConfig struct {
	// Width and Height are pixels.
	Width, Height Dist
	// Batch is the number of pictures in a turn.
	Batch int
	// Format is png, jpeg, or random for one of them each time; empty is png.
	Format string
}

// maxPixels bounds a picture's side, so that a slip of the keyboard does not
// ask for gigabytes.
const maxPixels = 16_384

func (c *ImageConfig) on() bool { return c.Batch > 0 && !c.Width.None() && !c.Height.None() }

func (c *ImageConfig) check() []error {
	errs := append(c.Width.check("image width"), c.Height.check("image height")...)
	if c.Batch < 0 {
		errs = append(errs, fmt.Errorf("image batch size is %d: must be at least 0", c.Batch))
	}
	for _, d := range []struct {
		name string
		*Dist
	}{{"width", &c.Width}, {"height", &c.Height}} {
		if d.Mean > maxPixels || d.Max > maxPixels {
			errs = append(errs, fmt.Errorf("image %s is %v: must be at most %d pixels", d.name, max(d.Mean, d.Max), maxPixels))
		}
	}
	switch c.Format {
	case "", "png", "jpeg", "random":
	default:
		errs = append(errs, fmt.Errorf("unknown image format %q: use png, jpeg or random", c.Format))
	}
	return errs
}

// imageStreams are the sources of one conversation's pictures.
type imageStreams struct{ size, format, noise *random.Stream }

func newImageStreams(root random.Root, i int) imageStreams {
	return imageStreams{root.At("dataset.image.dimensions", i), root.At("dataset.image.format", i), root.At("dataset.image.noise", i)}
}

// make returns one picture as a data URI.
func (c *ImageConfig) make(s imageStreams) Media {
	format := c.Format
	switch format {
	case "":
		format = "png"
	case "random":
		format = []string{"png", "jpeg"}[s.format.IntN(2)]
	}
	w := min(c.Width.whole(s.size), maxPixels)
	h := min(c.Height.whole(s.size), maxPixels)
	return Media{Content: dataURI("image/"+format, encodeNoise(w, h, format, s.noise))}
}

// encodeNoise draws w×h pixels of random colour. Noise does not compress, so
// the PNG is stored as it is: as large as at any level, and made in no time.
func encodeNoise(w, h int, format string, s *random.Stream) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	s.Fill(img.Pix)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 0xff
	}
	var b bytes.Buffer
	var err error
	if format == "jpeg" {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	} else {
		err = (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, img)
	}
	if err != nil {
		panic("dataset: encode a picture into memory: " + err.Error()) // of a valid size it cannot fail
	}
	return b.Bytes()
}

func dataURI(mime string, data []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)
}
