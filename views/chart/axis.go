package chart

import (
	"math"
	"time"
)

// Axis is a value scale whose ends are round numbers. They move in steps, so
// that a chart is not redrawn whole for each new maximum.
type Axis struct {
	Lo, Hi float64
	Log    bool
	Ticks  []float64 // ascending, between Lo and Hi
}

// Mantissas of round numbers: coarse for wide log axes, fine for narrow ones.
var (
	coarse = []float64{1, 2, 5}
	fine   = []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8}
)

// NewAxis makes an axis for values between lo and hi. A log axis needs a
// positive range; without any value it is 1 to 10.
func NewAxis(lo, hi float64, log bool) Axis {
	if !finite(lo) || !finite(hi) || hi < lo {
		lo, hi = 1, 10
	}
	if !log && hi <= 0 {
		hi = 1 // of nothing but zeros
	}
	hi = math.Min(math.Max(hi, 1e-6), 1e15)
	if !log {
		return linear(hi)
	}
	lo = math.Min(math.Max(lo, 1e-6), hi)
	a := Axis{Log: true, Lo: roundDown(lo, fine), Hi: roundUp(hi, fine)}
	if a.Hi < a.Lo*1.5 { // a level line is not to fill the chart with its noise
		a.Hi = roundUp(a.Lo*1.5, fine)
	}
	steps := coarse
	if a.Hi/a.Lo < 6 {
		steps = fine
	}
	for e := math.Floor(math.Log10(a.Lo)); e <= math.Ceil(math.Log10(a.Hi)); e++ {
		for _, m := range steps {
			if v := m * math.Pow(10, e); v >= a.Lo*0.999 && v <= a.Hi*1.001 {
				a.Ticks = append(a.Ticks, v)
			}
		}
	}
	return a
}

// linear starts at 0: a rate that halves must look halved.
func linear(hi float64) Axis {
	a := Axis{Hi: roundUp(hi, fine)}
	step := roundUp(a.Hi/6, coarse)
	for i := 0; float64(i)*step <= a.Hi*1.0001; i++ {
		a.Ticks = append(a.Ticks, float64(i)*step)
	}
	return a
}

func roundUp(v float64, steps []float64) float64 {
	e := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range steps {
		if m*e >= v*0.9999 {
			return m * e
		}
	}
	return 10 * e
}

func roundDown(v float64, steps []float64) float64 {
	e := math.Pow(10, math.Floor(math.Log10(v)))
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i]*e <= v*1.0001 {
			return steps[i] * e
		}
	}
	return e / 2
}

// At places a value on the axis: 0 at Lo, 1 at Hi, clamped. v must be finite.
func (a Axis) At(v float64) float64 {
	var y float64
	switch {
	case !a.Log:
		y = (v - a.Lo) / (a.Hi - a.Lo)
	case v <= a.Lo:
		return 0
	default:
		y = math.Log(v/a.Lo) / math.Log(a.Hi/a.Lo)
	}
	return math.Min(1, math.Max(0, y))
}

// spans are the lengths a time axis can have, each at most half as long again
// as the one before, so that at least two thirds of it are in use.
var spans = []time.Duration{
	time.Second, 1500 * time.Millisecond, 2 * time.Second, 3 * time.Second, 4 * time.Second, 5 * time.Second,
	7 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second, 45 * time.Second,
	time.Minute, 90 * time.Second, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute, 5 * time.Minute, 7 * time.Minute,
	10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute,
	time.Hour, 90 * time.Minute, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour, 18 * time.Hour, 24 * time.Hour,
}

// TimeSpan is the length of the time axis for a run of the given age: the next
// round length, or the planned one if that is shorter. It grows in steps, so
// between two of them only the newest columns change.
func TimeSpan(age, planned time.Duration) time.Duration {
	span := time.Duration(0)
	for _, s := range spans {
		if s >= age {
			span = s
			break
		}
	}
	if span == 0 {
		day := 24 * time.Hour
		span = (age + day - 1) / day * day
	}
	if planned >= age && planned > 0 && planned < span {
		span = planned
	}
	return max(span, time.Millisecond)
}

// tickSteps are the distances between the labels of a time axis.
var tickSteps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour,
}

// tickStep is the shortest distance that leaves room for each label.
func tickStep(span time.Duration, width, label int) time.Duration {
	for _, s := range tickSteps {
		if int(int64(s)*int64(width)/int64(span)) >= label {
			return s
		}
	}
	return span
}
