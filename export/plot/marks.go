package plot

import (
	"image/color"
	"math"
	"slices"
)

// xy is a value over another.
type xy struct{ x, y float64 }

// batch is how many shapes are filled at once.
const batch = 512

// each calls draw for the shapes that differ by at least a grain of pixels from
// all before, so that the time for a picture is bounded by its size and not by
// the length of the run.
func each[T any](c *canvas, list []T, grain float64, place func(T) (x0, x1, y float64), draw func(x0, x1, y float64)) {
	seen := map[[3]int32]bool{}
	n := 0
	for _, v := range list {
		x0, x1, y := place(v)
		key := [3]int32{int32(x0 / grain), int32(x1 / grain), int32(y / grain)}
		if seen[key] {
			continue
		}
		seen[key] = true
		draw(x0, x1, y)
		if n++; n%batch == 0 {
			c.Fill()
		}
	}
	c.Fill()
}

// dots are points.
type dots struct {
	list   []xy
	color  color.Color
	radius float64
}

func (d dots) reach() (x, y float64) { return reach(d.list) }

func (d dots) draw(c *canvas, _ *fonts, a *axes) {
	c.SetColor(d.color)
	each(c, d.list, max(1, d.radius/2), func(v xy) (x0, x1, y float64) { return a.x(v.x), a.x(v.x), a.y(v.y) },
		func(x, _, y float64) { c.DrawCircle(x, y, d.radius) })
}

func reach(list []xy) (x, y float64) {
	for _, v := range list {
		x, y = max(x, v.x), max(y, v.y)
	}
	return x, y
}

// dotRadius is that of so many points.
func dotRadius(n int) float64 {
	switch {
	case n <= 500:
		return 6
	case n <= 5000:
		return 4
	}
	return 2.5
}

// bar is a horizontal line.
type bar struct{ from, to, y float64 }

// bars are horizontal lines.
type bars struct {
	list  []bar
	color color.Color
	wide  float64
	least float64 // length in pixels
}

func (b bars) reach() (x, y float64) {
	for _, v := range b.list {
		x, y = max(x, v.to), max(y, v.y)
	}
	return x, y
}

func (b bars) draw(c *canvas, _ *fonts, a *axes) {
	c.SetColor(b.color)
	each(c, b.list, 1, func(v bar) (x0, x1, y float64) { return a.x(v.from), a.x(v.to), a.y(v.y) },
		func(x0, x1, y float64) { c.DrawRectangle(x0, y-b.wide/2, max(x1-x0, b.least), b.wide) })
}

// whisker is a vertical line with ends.
type whisker struct{ x, lo, hi float64 }

// whiskers are what is spread about values.
type whiskers struct {
	list      []whisker
	color     color.Color
	wide, end float64 // end is half as long as one
}

func (w whiskers) reach() (x, y float64) {
	for _, v := range w.list {
		x, y = max(x, v.x), max(y, v.hi)
	}
	return x, y
}

func (w whiskers) draw(c *canvas, _ *fonts, a *axes) {
	for _, v := range w.list {
		x, lo, hi := a.x(v.x), a.y(v.lo), a.y(v.hi)
		c.stroke(w.color, w.wide, nil, [2]float64{x, lo}, [2]float64{x, hi})
		for _, y := range []float64{lo, hi} {
			c.stroke(w.color, w.wide, nil, [2]float64{x - w.end, y}, [2]float64{x + w.end, y})
		}
	}
}

// level is a dashed horizontal line, and a band about it, across all.
type level struct {
	y, half     float64
	color, band color.Color
}

func (l level) reach() (x, y float64) { return 0, l.y + l.half }

func (l level) draw(c *canvas, _ *fonts, a *axes) {
	c.box(l.band, a.left, a.y(l.y+l.half), a.right, a.y(l.y-l.half))
	c.stroke(l.color, 3, []float64{14, 8}, [2]float64{a.left, a.y(l.y)}, [2]float64{a.right, a.y(l.y)})
}

// line joins points.
type line struct {
	list  []xy
	color color.Color
	wide  float64
}

func (l line) reach() (x, y float64) { return reach(l.list) }

func (l line) draw(c *canvas, _ *fonts, a *axes) {
	if len(l.list) < 2 {
		return
	}
	var points [][2]float64
	for _, v := range thin(l.list) {
		points = append(points, [2]float64{a.x(v.x), a.y(v.y)})
	}
	c.stroke(l.color, l.wide, nil, points...)
}

// thin leaves of a long line the first, lowest, highest and last point of each
// column of pixels.
func thin(list []xy) []xy {
	if len(list) <= 4*Width {
		return list
	}
	from, to := list[0].x, list[len(list)-1].x
	column := func(i int) int { return int((list[i].x - from) / (to - from) * Width) }
	var out []xy
	for i := 0; i < len(list); {
		lo, hi, last := i, i, i
		for j := i; j < len(list) && column(j) == column(i); j++ {
			if list[j].y < list[lo].y {
				lo = j
			}
			if list[j].y > list[hi].y {
				hi = j
			}
			last = j
		}
		keep := []int{i, lo, hi, last}
		slices.Sort(keep)
		for _, k := range slices.Compact(keep) {
			out = append(out, list[k])
		}
		i = last + 1
	}
	return out
}

// area is a filled line on the right scale. Its y are percent; a NaN is a gap.
type area struct {
	list       []xy
	fill, edge color.Color
}

func (r area) reach() (x, y float64) { return 0, 0 }

func (r area) draw(c *canvas, _ *fonts, a *axes) {
	var points [][2]float64
	flush := func() {
		if len(points) > 1 {
			c.SetColor(r.fill)
			c.MoveTo(points[0][0], a.bottom)
			for _, p := range points {
				c.LineTo(p[0], p[1])
			}
			c.LineTo(points[len(points)-1][0], a.bottom)
			c.ClosePath()
			c.Fill()
			c.stroke(r.edge, 2.5, nil, points...)
		}
		points = nil
	}
	for _, v := range r.list {
		if math.IsNaN(v.y) {
			flush()
			continue
		}
		points = append(points, [2]float64{a.x(v.x), a.percent(v.y)})
	}
	flush()
}
