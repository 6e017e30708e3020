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

// ImageConfig describes pictures in every turn, of random noise or from a
// folder. They are on when width, height and batch size are above 0.
type ImageConfig struct {
	// Width and Height are pixels.
	Width, Height Dist
	// Batch is the number of pictures in a turn.
	Batch int
	// Format is png, jpeg, or random for one of them each time; empty is png.
	Format string
	// Folder is where pictures are taken from and resized; empty makes noise.
	// Draw is how: DrawAgain and its like, empty is DrawAgain.
	Folder string `json:",omitempty"`
	Draw   string `json:",omitempty"`
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
	if err := c.checkSource(); err != nil {
		errs = append(errs, err)
	}
	switch c.Format {
	case "", "png", "jpeg", "random":
	default:
		errs = append(errs, fmt.Errorf("unknown image format %q: use png, jpeg or random", c.Format))
	}
	return errs
}

// imageStreams are the sources of one conversation's pictures.
type imageStreams struct{ size, format, noise, source *random.Stream }

func newImageStreams(root random.Root, i int) imageStreams {
	return imageStreams{root.At("dataset.image.dimensions", i), root.At("dataset.image.format", i), root.At("dataset.image.noise", i), root.At("dataset.image.choice", i)}
}

// make returns picture k of the run as a data URI; from is nil for noise.
func (c *ImageConfig) make(s imageStreams, from *pictureFolder, k int) (Media, error) {
	format := c.Format
	switch format {
	case "":
		format = "png"
	case "random":
		format = []string{"png", "jpeg"}[s.format.IntN(2)]
	}
	w := min(c.Width.whole(s.size), maxPixels)
	h := min(c.Height.whole(s.size), maxPixels)
	if from == nil {
		// Noise does not compress, so the PNG is stored as it is: as large as at any level, and made in
		// no time.
		return Media{Content: dataURI("image/"+format, encodePicture(noise(w, h, s.noise), format, png.NoCompression))}, nil
	}
	img, err := from.resized(from.pick(k, s.source), w, h)
	if err != nil {
		return Media{}, err
	}
	return Media{Content: dataURI("image/"+format, encodePicture(img, format, png.DefaultCompression))}, nil
}

// noise is w×h pixels of random colour.
func noise(w, h int, s *random.Stream) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	s.Fill(img.Pix)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 0xff
	}
	return img
}

func encodePicture(img image.Image, format string, level png.CompressionLevel) []byte {
	var b bytes.Buffer
	var err error
	if format == "jpeg" {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	} else {
		err = (&png.Encoder{CompressionLevel: level}).Encode(&b, img)
	}
	if err != nil {
		panic("dataset: encode a picture into memory: " + err.Error()) // of a valid size it cannot fail
	}
	return b.Bytes()
}

func dataURI(mime string, data []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)
}
