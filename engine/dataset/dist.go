package dataset

import (
	"fmt"
	"math"

	"tacho/engine/random"
)

// Dist is a distribution of lengths, counts or pauses. Which one it is follows
// from the fields that are set:
//
//   - Points: those values alone, by weight (empirical)
//   - Peaks: one of several distributions, by weight (mixture)
//   - Median, with Mean: log-normal
//   - Mean and StdDev: normal, cut off at 0 by redrawing; StdDev 0 is the
//     fixed value Mean
//
// The zero Dist is "none". AIPerf 0.13 reads only mean and deviation of these
// shapes when it makes prompts; here they are really drawn.
type Dist struct {
	Mean, StdDev float64
	Median       float64
	Peaks        []Peak
	Points       []Point
	// Min and Max bound what is drawn: values beyond them become them. 0 is
	// no bound.
	Min, Max float64
}

// Peak is one part of a mixture. Weights are relative.
type Peak struct {
	Dist
	Weight float64
}

// Point is one value of an empirical distribution. Weights are relative.
type Point struct{ Value, Weight float64 }

// None reports whether d is the zero Dist or a fixed 0.
func (d *Dist) None() bool {
	return d.Mean == 0 && d.Median == 0 && len(d.Peaks) == 0 && len(d.Points) == 0
}

// Fixed reports whether d is one value, and which.
func (d *Dist) Fixed() (float64, bool) {
	if d.Median != 0 || len(d.Peaks) > 0 || len(d.Points) > 0 || d.StdDev > 0 {
		return 0, false
	}
	return d.clamp(d.Mean), true
}

func (d *Dist) clamp(v float64) float64 {
	if d.Max > 0 && v > d.Max {
		return d.Max
	}
	return max(v, d.Min)
}

// draw returns one value, at least 0.
func (d *Dist) draw(s *random.Stream) float64 {
	v := d.Mean
	switch {
	case len(d.Points) > 0:
		weights := make([]float64, len(d.Points))
		for i := range d.Points {
			weights[i] = d.Points[i].Weight
		}
		v = d.Points[s.Pick(weights)].Value
	case len(d.Peaks) > 0:
		weights := make([]float64, len(d.Peaks))
		for i := range d.Peaks {
			weights[i] = d.Peaks[i].Weight
		}
		v = d.Peaks[s.Pick(weights)].draw(s)
	case d.Median > 0:
		v = s.LogNormal(d.Mean, d.Median)
	case d.StdDev > 0:
		v = s.TruncNormal(d.Mean, d.StdDev, 0, math.Inf(1))
	}
	return d.clamp(v)
}

// whole returns one value as a whole number of at least 1: rounded up, except
// that a fixed value is rounded half to even, as in AIPerf.
func (d *Dist) whole(s *random.Stream) int {
	if v, ok := d.Fixed(); ok {
		return max(1, int(math.RoundToEven(v)))
	}
	return max(1, int(math.Ceil(d.draw(s))))
}

// lowered is d for lengths of which the server adds n itself: the mean of a
// plain normal falls by n, as in AIPerf; of other shapes n is to be taken off
// what was drawn, which rest tells.
func (d Dist) lowered(n int) (low Dist, rest int) {
	if n == 0 || d.Median != 0 || len(d.Peaks) > 0 || len(d.Points) > 0 || d.Min > 0 || d.Max > 0 {
		return d, n
	}
	d.Mean = max(0, d.Mean-float64(n))
	return d, 0
}

// maxPromptTokens is the longest prompt that is made.
const maxPromptTokens = 10_000_000

// checkTokens is check for the length of a text, which is held in memory.
func (d *Dist) checkTokens(name string) []error {
	errs := d.check(name)
	most := max(d.Mean, d.Max)
	for _, p := range d.Points {
		most = max(most, p.Value)
	}
	for i := range d.Peaks {
		most = max(most, d.Peaks[i].Mean, d.Peaks[i].Max)
	}
	if most > maxPromptTokens {
		errs = append(errs, fmt.Errorf("%s reaches %v tokens: at most %d are made", name, most, maxPromptTokens))
	}
	return errs
}

// maxDraw is the largest mean, bound or value a distribution may have.
const maxDraw = math.MaxInt32

// check reports everything that is wrong with d, naming it.
func (d *Dist) check(name string) []error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	inRange := func(v float64) bool { return v >= 0 && v <= maxDraw }
	bad(!inRange(d.Mean), "mean %s is %v: must be from 0 to 2^31", name, d.Mean)
	bad(!inRange(d.StdDev), "%s stddev is %v: must be from 0 to 2^31", name, d.StdDev)
	bad(!inRange(d.Min), "min of %s is %v: must be from 0 to 2^31", name, d.Min)
	bad(!inRange(d.Max), "max of %s is %v: must be from 0 to 2^31", name, d.Max)
	bad(d.Max > 0 && d.Min > d.Max, "%s: min %v is above max %v", name, d.Min, d.Max)
	bad(!inRange(d.Median) || d.Median > d.Mean, "median of %s is %v: must be above 0 and at most the mean, %v", name, d.Median, d.Mean)
	bad(d.Median > 0 && d.StdDev > 0, "%s has both a median and a stddev: give one of them", name)
	bad(len(d.Peaks) > 0 && len(d.Points) > 0, "%s has both peaks and points: give one of them", name)
	bad((len(d.Peaks) > 0 || len(d.Points) > 0) && (d.Mean != 0 || d.StdDev != 0 || d.Median != 0),
		"%s has a mean, stddev or median beside its peaks or points", name)
	total := 0.0
	for i, p := range d.Points {
		bad(!inRange(p.Value), "value %d of %s is %v: must be from 0 to 2^31", i+1, name, p.Value)
		bad(!(p.Weight > 0) || p.Weight > maxDraw, "weight %d of %s is %v: must be above 0", i+1, name, p.Weight)
	}
	for i := range d.Peaks {
		p := &d.Peaks[i]
		bad(!inRange(p.Weight), "weight of peak %d of %s is %v: must be at least 0", i+1, name, p.Weight)
		total += p.Weight
		errs = append(errs, p.check(fmt.Sprintf("peak %d of %s", i+1, name))...)
	}
	bad(len(d.Peaks) > 0 && !(total > 0), "%s: all peaks have weight 0", name)
	return errs
}
