package schedule

import (
	"errors"
	"fmt"
	"math"
)

// RatePoint is the arrivals per second at a time since the start of a phase.
type RatePoint struct{ AtSec, PerSec float64 }

// Curve is a rate that is linear between points and holds the last one's value
// after it. Before the first point it holds that one's.
type Curve struct {
	points []RatePoint
	area   []float64 // arrivals expected up to each point
}

// NewCurve checks the points: times ascend from 0 on, rates are finite and at
// least 0, and the last is above 0, so that arrivals go on.
func NewCurve(points []RatePoint) (*Curve, error) {
	if len(points) == 0 {
		return nil, errors.New("rate series: there are no points")
	}
	for i, p := range points {
		switch {
		case !(p.AtSec >= 0) || math.IsInf(p.AtSec, 1):
			return nil, fmt.Errorf("rate series: point %d is at %v s: must be at least 0 and finite", i+1, p.AtSec)
		case i > 0 && p.AtSec <= points[i-1].AtSec:
			return nil, fmt.Errorf("rate series: point %d is at %v s, not after the one before", i+1, p.AtSec)
		case !(p.PerSec >= 0) || math.IsInf(p.PerSec, 1):
			return nil, fmt.Errorf("rate series: point %d has rate %v: must be at least 0 and finite", i+1, p.PerSec)
		}
	}
	if points[len(points)-1].PerSec == 0 {
		return nil, errors.New("rate series: the last rate is 0: nothing would be sent after it; --benchmark-duration ends a run")
	}
	c := &Curve{}
	if points[0].AtSec > 0 {
		c.points = append(c.points, RatePoint{0, points[0].PerSec})
	}
	c.points = append(c.points, points...)
	c.area = make([]float64, len(c.points))
	for i := 1; i < len(c.points); i++ {
		a, b := c.points[i-1], c.points[i]
		c.area[i] = c.area[i-1] + (a.PerSec+b.PerSec)/2*(b.AtSec-a.AtSec)
	}
	return c, nil
}

// Ramp is the curve from 0 at the start to a rate at a time, which then holds.
func Ramp(perSec, overSec float64) (*Curve, error) {
	return NewCurve([]RatePoint{{0, 0}, {overSec, perSec}})
}

// At returns when that many arrivals are expected, in seconds: the inverse of
// the area under the curve.
func (c *Curve) At(arrivals float64) float64 {
	last := len(c.points) - 1
	for i := 1; i <= last; i++ {
		if arrivals > c.area[i] {
			continue
		}
		a, b := c.points[i-1], c.points[i]
		left, slope := arrivals-c.area[i-1], (b.PerSec-a.PerSec)/(b.AtSec-a.AtSec)
		// left = a.PerSec*t + slope*t²/2, solved in the form that does not
		// cancel for small slopes.
		root := math.Sqrt(max(a.PerSec*a.PerSec+2*slope*left, 0))
		if den := a.PerSec + root; den > 0 {
			return a.AtSec + min(2*left/den, b.AtSec-a.AtSec)
		}
		return b.AtSec
	}
	return c.points[last].AtSec + (arrivals-c.area[last])/c.points[last].PerSec
}

// Rate is the arrivals per second at a time.
func (c *Curve) Rate(sec float64) float64 {
	for i := 1; i < len(c.points); i++ {
		if a, b := c.points[i-1], c.points[i]; sec < b.AtSec {
			return a.PerSec + (b.PerSec-a.PerSec)*(max(sec, a.AtSec)-a.AtSec)/(b.AtSec-a.AtSec)
		}
	}
	return c.points[len(c.points)-1].PerSec
}
