package plot

import "math"

// note is a word beside a point.
type note struct {
	xy
	text string
}

// notes are words beside points, each where it covers neither a point, a line
// nor another word, if there is such a place.
type notes struct {
	list  []note
	lines []line
}

func (n notes) reach() (x, y float64) { return 0, 0 }

// rect is a rectangle.
type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) meets(o rect) bool {
	return r.x0 < o.x1 && o.x0 < r.x1 && r.y0 < o.y1 && o.y0 < r.y1
}

// places are where a word may stand, in order of preference: how far from the
// point, in pixels, and which part of the word is there.
var places = [...]struct{ dx, dy, ax, ay float64 }{
	{0, -16, 0.5, 0}, {18, 0, 0, 0.4}, {0, 16, 0.5, 0.8}, {-18, 0, 1, 0.4}, {14, -14, 0, 0}, {-14, 14, 1, 0.8}, {-14, -14, 1, 0}, {14, 14, 0, 0.8},
}

func (n notes) draw(c *canvas, f *fonts, a *axes) {
	const around, high = 10, 24
	var taken []rect
	for _, v := range n.list {
		x, y := a.x(v.x), a.y(v.y)
		taken = append(taken, rect{x - around, y - around, x + around, y + around})
	}
	for _, l := range n.lines {
		taken = append(taken, l.along(a)...)
	}
	for _, v := range n.list {
		x, y, w := a.x(v.x), a.y(v.y), c.width(f.text, v.text)
		var best int
		var box rect
		for k, least := 0, -1; k < len(places); k++ {
			p := places[k]
			r := rect{x0: x + p.dx - p.ax*w, y1: y + p.dy + p.ay*high}
			r.x1, r.y0 = r.x0+w, r.y1-high
			hits := 0
			for _, t := range taken {
				if r.meets(t) {
					hits++
				}
			}
			if r.x0 < a.left || r.x1 > Width || r.y0 < a.top || r.y1 > a.bottom {
				hits += len(taken)
			}
			if least < 0 || hits < least {
				best, box, least = k, r, hits
			}
		}
		p := places[best]
		c.write(f.text, c.theme.text, v.text, x+p.dx, y+p.dy, p.ax, p.ay)
		taken = append(taken, box)
	}
}

// along are small rectangles that a line goes through, close to each other.
func (l line) along(a *axes) (out []rect) {
	const apart, around = 12, 3
	for i := 1; i < len(l.list); i++ {
		x0, y0, x1, y1 := a.x(l.list[i-1].x), a.y(l.list[i-1].y), a.x(l.list[i].x), a.y(l.list[i].y)
		n := max(1, math.Hypot(x1-x0, y1-y0)/apart)
		for k := 0.0; k <= n; k++ {
			x, y := x0+(x1-x0)*k/n, y0+(y1-y0)*k/n
			out = append(out, rect{x - around, y - around, x + around, y + around})
		}
	}
	return out
}
