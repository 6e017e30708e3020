package plot

import (
	"bytes"
	"image/color"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// canvas is a picture being drawn. All lengths are pixels, from its upper left
// corner.
type canvas struct {
	*gg.Context
	theme *Theme
}

// The size of a picture, that of AIPerf's.
const (
	Width  = 2400
	Height = 1200
)

func newCanvas(th *Theme) *canvas {
	c := &canvas{gg.NewContext(Width, Height), th}
	c.SetColor(th.paper)
	c.Clear()
	return c
}

// png is the picture as a file.
func (c *canvas) png() ([]byte, error) {
	var out bytes.Buffer
	if err := c.EncodePNG(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// fonts are the faces that pictures are written with.
type fonts struct{ tick, text, label, title font.Face }

// newFonts makes them. They are not to be shared between goroutines.
func newFonts() (*fonts, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	var f fonts
	for _, want := range []struct {
		face *font.Face
		of   *opentype.Font
		size float64
	}{{&f.tick, regular, 21}, {&f.text, regular, 23}, {&f.label, regular, 25}, {&f.title, bold, 38}} {
		if *want.face, err = opentype.NewFace(want.of, &opentype.FaceOptions{Size: want.size, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, err
		}
	}
	return &f, nil
}

// write writes a text at a place; ax and ay say which part of it is there: 0 is
// the left or the base line, 1 the right or the top.
func (c *canvas) write(f font.Face, col color.Color, s string, x, y, ax, ay float64) {
	c.SetFontFace(f)
	c.SetColor(col)
	c.DrawStringAnchored(s, x, y, ax, ay)
}

// upright writes a text from below to above, its middle at a place.
func (c *canvas) upright(f font.Face, col color.Color, s string, x, y float64) {
	c.Push()
	c.RotateAbout(gg.Radians(-90), x, y)
	c.write(f, col, s, x, y, 0.5, 0.5)
	c.Pop()
}

// width is that of a text.
func (c *canvas) width(f font.Face, s string) float64 {
	c.SetFontFace(f)
	w, _ := c.MeasureString(s)
	return w
}

// fit cuts a text that is wider than there is room.
func (c *canvas) fit(f font.Face, s string, room float64) string {
	runes := []rune(s)
	for n := len(runes); n > 0 && c.width(f, s) > room; n-- {
		s = string(runes[:n-1]) + "…"
	}
	return s
}

// stroke draws a line through points.
func (c *canvas) stroke(col color.Color, wide float64, dashes []float64, points ...[2]float64) {
	c.SetColor(col)
	c.SetLineWidth(wide)
	c.SetDash(dashes...)
	for i, p := range points {
		if i == 0 {
			c.MoveTo(p[0], p[1])
		} else {
			c.LineTo(p[0], p[1])
		}
	}
	c.Stroke()
	c.SetDash()
}

// box fills a rectangle.
func (c *canvas) box(col color.Color, x0, y0, x1, y1 float64) {
	c.SetColor(col)
	c.DrawRectangle(x0, y0, x1-x0, y1-y0)
	c.Fill()
}
