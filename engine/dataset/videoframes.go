package dataset

import (
	"io"
	"math"

	"tacho/engine/random"
)

// frames yields the raw RGB frames of a clip, one after another.
func (c *VideoConfig) frames(s *random.Stream) io.Reader {
	total := max(1, int(c.Seconds*float64(c.FPS)))
	next := 0
	var frame, rest []byte
	return readerFunc(func(p []byte) (int, error) {
		if len(rest) == 0 {
			if next == total {
				return 0, io.EOF
			}
			frame = c.draw(frame, next, total, s)
			rest, next = frame, next+1
		}
		n := copy(p, rest)
		rest = rest[n:]
		return n, nil
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// draw paints frame k of total into buf.
func (c *VideoConfig) draw(buf []byte, k, total int, s *random.Stream) []byte {
	size := c.Width * c.Height * 3
	if len(buf) != size {
		buf = make([]byte, size)
	}
	if c.Picture == "noise" {
		s.Fill(buf)
		return buf
	}
	clear(buf)
	t := float64(k) / float64(total)
	w, h := float64(c.Width), float64(c.Height)
	if c.Picture == "grid_clock" {
		c.lines(buf)
		c.hand(buf, 2*math.Pi*t, 0.9)
		c.hand(buf, 2*math.Pi*t/12, 0.6)
		return buf
	}
	c.dot(buf, w*2*t, h/2, 15, [3]byte{255, 0, 0})
	c.dot(buf, w/2, h*2*t, 12, [3]byte{0, 255, 0})
	c.dot(buf, w*(1-1.5*t), h*(1-1.5*t), 10, [3]byte{0, 0, 255})
	return buf
}

// set paints one pixel; the picture wraps around.
func (c *VideoConfig) set(buf []byte, x, y int, rgb [3]byte) {
	x, y = (x%c.Width+c.Width)%c.Width, (y%c.Height+c.Height)%c.Height
	copy(buf[(y*c.Width+x)*3:], rgb[:])
}

func (c *VideoConfig) dot(buf []byte, x, y, r float64, rgb [3]byte) {
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			if dx*dx+dy*dy <= r*r {
				c.set(buf, int(x+dx), int(y+dy), rgb)
			}
		}
	}
}

func (c *VideoConfig) lines(buf []byte) {
	const step = 32
	for y := range c.Height {
		for x := range c.Width {
			if x%step == 0 || y%step == 0 {
				c.set(buf, x, y, [3]byte{64, 64, 64})
			}
		}
	}
}

// hand draws a hand of a clock from the middle, angle 0 upwards.
func (c *VideoConfig) hand(buf []byte, angle, length float64) {
	r := float64(min(c.Width, c.Height)) / 4 * length
	for d := 0.0; d < r; d++ {
		c.dot(buf, float64(c.Width)/2+d*math.Sin(angle), float64(c.Height)/2-d*math.Cos(angle), 1, [3]byte{255, 255, 0})
	}
}
