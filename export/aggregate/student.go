package aggregate

import "math"

// tQuantile is the quantile of Student's t distribution for a probability above
// one half: the x for which a share p lies below.
func tQuantile(p float64, df int) float64 {
	n := float64(df)
	switch {
	case df <= 0 || math.IsNaN(p) || p < 0.5:
		return math.NaN()
	case p == 0.5:
		return 0
	case p >= 1:
		return math.Inf(1)
	case df == 1:
		return math.Tan(math.Pi * (p - 0.5))
	case df == 2:
		a := 2*p - 1
		return a * math.Sqrt(2/(1-a*a))
	}
	// P(T > t) = I(n/(n+t²); n/2, 1/2) / 2 falls with t.
	tail := func(t float64) float64 { return betaShare(n/(n+t*t), n/2, 0.5) / 2 }
	lo, hi := 0.0, 1.0
	for tail(hi) > 1-p {
		lo, hi = hi, hi*2
	}
	for range 200 {
		mid := lo + (hi-lo)/2
		if mid == lo || mid == hi {
			break
		}
		if tail(mid) > 1-p {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + (hi-lo)/2
}

// betaShare is the regularized incomplete beta function I(x; a, b), by its
// continued fraction (Lentz's method).
func betaShare(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2): // the fraction converges fast below
		return 1 - betaShare(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	f, c, d := 1.0, 1.0, 0.0
	for i := range 500 {
		m := float64(i / 2)
		var num float64
		switch {
		case i == 0:
			num = 1
		case i%2 == 0:
			num = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		default:
			num = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 + num*d
		if math.Abs(d) < tiny {
			d = tiny
		}
		d = 1 / d
		c = 1 + num/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		f *= c * d
		if math.Abs(1-c*d) < 1e-16 {
			break
		}
	}
	return front * (f - 1)
}
